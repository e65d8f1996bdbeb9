"""Keycloak's own pages, as somebody at a browser goes through them."""

import base64
import re
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page, expect

from deploy.local.keycloak import PASSWORD
from tests.support.browser import Visitor


def asked_to_sign_in(page: Page) -> None:
    """The provider's page, in the language of ours."""
    expect(page.locator("#password")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "th")


def sign_in(visitor: Visitor, name: str, path: str, password: str = PASSWORD) -> Page:
    """Open a page of the staff, and be that person to the provider."""
    page = visitor.page
    page.goto(path)
    asked_to_sign_in(page)
    page.locator("#username").fill(name)
    give_password(page, password)
    page.wait_for_url(lambda url: url.startswith(visitor.origin))
    return page


def give_password(page: Page, password: str = PASSWORD) -> None:
    """To who is known already, too."""
    page.locator("#password").fill(password)
    page.locator("#kc-login").click()


def give_code(page: Page, secret: str, later: float = 0) -> None:
    """From the person's telephone."""
    page.locator("#otp").fill(code(secret, later))
    page.locator("#kc-login").click()


def set_up_second_factor(page: Page) -> str:
    """What the person's telephone does the first time: reads the secret, and answers with a code."""
    page.locator("#mode-manual").click()
    expect(page.locator("html")).to_have_attribute("lang", "th")
    secret = re.sub(r"\s", "", page.locator("#kc-totp-secret-key").inner_text())
    page.locator("#totp").fill(code(secret))
    page.locator("#saveTOTPBtn").click()
    return secret


def code(secret: str, later: float = 0) -> str:
    """The code of this half minute, or of one that comes: each is good once."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return TOTP(key, 6, SHA1(), 30, enforce_key_length=False).generate(int(time.time() + later)).decode()

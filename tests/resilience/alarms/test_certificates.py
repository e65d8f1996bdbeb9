"""What ends on a day that is known: certificates, and the key that letters are sealed with."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local.authority import Authority
from tests.support.alarms import Watch
from tests.support.ringing import restarted
from tests.support.seals import key_of
from tests.support.stack import Stack

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(420)]
SOON = timedelta(days=10)


async def test_a_certificate_that_ends_soon_and_is_renewed(town: Stack, watch: Watch, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca.pem", tmp_path / "ca.key")
    authority.found()
    trusted = tmp_path / "trusted.pem"
    trusted.write_text(authority.issue("provider", lasts=SOON))
    town.configure("permits", OIDC_CA_FILE=str(trusted))
    await restarted(town, "permits")
    await watch.rings("OnestopCertificateEnds", "permits", "OIDC_CA_FILE", "ticket")
    trusted.write_text(authority.certificate.read_text())
    await asyncio.sleep(5)
    assert "OnestopCertificateEnds" in await watch.ringing(), "the process has read the old one"
    await restarted(town, "permits")
    await watch.falls_silent("OnestopCertificateEnds")
    town.configure("permits", OIDC_CA_FILE="")
    await restarted(town, "permits")


async def test_a_seal_that_ends_soon_and_is_renewed(town: Stack, watch: Watch, tmp_path: Path) -> None:
    """The file is opened for each letter, so nothing is started again for a new one."""
    key = tmp_path / "seal.p12"
    key.write_bytes(key_of(lasts=SOON))
    town.configure("permits", SEAL_KEY_FILE=str(key))
    await restarted(town, "permits")
    await watch.rings("OnestopCertificateEnds", "permits", "SEAL_KEY_FILE", "ticket")
    key.write_bytes(key_of())
    await watch.falls_silent("OnestopCertificateEnds")

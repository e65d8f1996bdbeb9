"""Who may what: roles and teams, tokens that are not ours, other sites, and leaving."""

import base64
import json
import time
from collections.abc import Callable
from secrets import token_hex
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import expect

from deploy.local.token import token
from tests.support.api_calls import report, work_order
from tests.support.browser import DESK, Visitor
from tests.support.stack import Stack
from tests.support.unknown_people import add_person
from tests.support.waiting import until

STAFF_PAGES = ("/crew", "/desk", "/dashboard", "/permits/desk")
STAFF_APIS = (
    "/api/v1/work-orders", "/api/v1/teams/works-water/stream", "/api/v1/dashboard",
    "/api/v1/routing/dry-run?text=x&category=noise", "/api/v1/applications", "/api/v1/deliveries",
)  # fmt: skip
NORTH = {"latitude": 18.7471, "longitude": 98.9638}  # where no other test reports lights
Claims = dict[str, Any]


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}", "Accept-Language": "en"}


@pytest.mark.parametrize("path", STAFF_APIS)
def test_without_a_token_the_staffs_apis_answer_401(api: httpx.Client, path: str) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_without_a_session_the_staffs_pages_lead_to_the_sign_in(api: httpx.Client, path: str) -> None:
    answer = api.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/auth/login?return_to={path.replace('/', '%2F')}"


def test_a_crew_sees_and_touches_only_its_own_teams_work(stack: Stack, api: httpx.Client) -> None:
    own, other = bearer(stack.token("crew-water")), bearer(stack.token("crew-lights"))
    order = work_order(api, own, report(api)["reference"])
    assert api.get(f"/api/v1/work-orders/{order}", headers=own).status_code == 200
    for answer in (
        api.get(f"/api/v1/work-orders/{order}", headers=other),
        api.post(f"/api/v1/work-orders/{order}/acknowledge", headers=other),
        api.get("/api/v1/work-orders", params={"team": "works-water"}, headers=other),
        api.get("/api/v1/teams/works-water/stream", headers=other),
    ):
        assert answer.status_code in (403, 404), answer.text
    work_order(api, other, report(api, category="street-light", location=NORTH)["reference"])
    listed = api.get("/api/v1/work-orders", headers=other).raise_for_status().json()["items"]
    assert {one["team"] for one in listed} == {"works-lights"}
    assert api.get(f"/api/v1/work-orders/{order}", headers=own).json()["state"] == "assigned"


@pytest.mark.parametrize(
    ("sub", "refused"),
    [
        ("crew-water", ("/api/v1/applications", "/api/v1/dashboard", "/api/v1/routing/dry-run?text=x&category=noise")),
        ("examiner", ("/api/v1/work-orders", "/api/v1/dashboard")),
        ("signatory", ("/api/v1/work-orders", "/api/v1/routing/dry-run?text=x&category=noise")),
    ],
)
def test_a_role_opens_only_its_own_part(stack: Stack, api: httpx.Client, sub: str, refused: tuple[str, ...]) -> None:
    who = bearer(stack.token(sub))
    for path in refused:
        answer = api.get(path, headers=who)
        assert (answer.status_code, answer.json()["code"]) == (403, "role"), path


def test_people_without_a_role_or_of_another_town_get_in_nowhere(stack: Stack, api: httpx.Client) -> None:
    nobody = bearer(stack.token(add_person(stack)))
    stranger = bearer(stack.token(add_person(stack, "supervisor", town="elsewhere")))
    for path in STAFF_APIS:
        assert api.get(path, headers=nobody).json()["code"] == "role", path
        assert api.get(path, headers=stranger).json()["code"] == "wrong-town", path


def test_tokens_that_are_not_for_us_are_refused(stack: Stack, api: httpx.Client) -> None:
    good = stack.token("officer")
    assert api.get("/api/v1/deliveries", headers=bearer(good)).status_code == 200
    claims: Claims = jwt.decode(good, options={"verify_signature": False})
    header = jwt.get_unverified_header(good)
    kid = {name: value for name, value in header.items() if name == "kid"}
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signature = good.rpartition(".")[2]
    wrong = {
        "another audience": token(
            "officer", issuer=stack.env["OIDC_ISSUER"], client=("payroll", "secret"),
            redirect_uri=f"{stack.origin}/auth/callback",
        ),
        "another key": jwt.encode(claims, key, "RS256", headers=kid),
        "expired": jwt.encode({**claims, "exp": int(time.time()) - 600}, key, "RS256", headers=kid),
        "no algorithm": jwt.encode(claims, "", "none"),
        "raised roles": f"{part(header)}.{part({**claims, 'roles': ['admin']})}.{signature}",
        "symmetric": jwt.encode(claims, "onestop-local-secret-onestop-local", "HS256", headers=kid),
        "garbage": "abc.def.ghi",
    }  # fmt: skip
    for what, value in wrong.items():
        answer = api.get("/api/v1/deliveries", headers=bearer(value))
        assert (answer.status_code, answer.json()["code"]) == (401, "token"), what


def part(content: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.mark.browser
def test_another_site_cannot_act_with_an_officers_session(stack: Stack, visitor: Callable[..., Visitor]) -> None:
    officer = visitor(**DESK)
    officer.sign_in("officer", "/desk")
    session = {one["name"]: one["value"] for one in officer.context.cookies() if one["name"] == "onestop"}
    assert session
    with httpx.Client(base_url=stack.origin, cookies=session, timeout=30) as stolen:
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "same-site"},
            {},  # a session without any word of where it comes from
        ):
            answer = stolen.post("/auth/logout", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "cross-site"), headers
        assert stolen.get("/desk", headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.browser
def test_an_officer_signs_in_where_they_wanted_to_go_and_leaves_for_good(visitor: Callable[..., Visitor]) -> None:
    officer = visitor(**DESK)
    page = officer.sign_in("officer", "/desk?state=new")
    assert page.url.endswith("/desk?state=new")
    cookie = next(one for one in officer.context.cookies() if one["name"] == "onestop")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    page.get_by_role("button", name="ออกจากระบบ").click()
    # The town's session is over before the provider is asked to end its own.
    until(lambda: not [one for one in officer.context.cookies() if one["name"] == "onestop"], "the end of the session")
    page.wait_for_url(lambda url: "/desk" not in url)  # it goes on to the provider meanwhile
    page.goto("/desk")
    expect(page.get_by_placeholder("sub", exact=True)).to_be_visible()


@pytest.mark.browser
def test_a_crew_that_opens_the_permit_desk_is_told_why_not(visitor: Callable[..., Visitor]) -> None:
    crew = visitor(**DESK)
    page = crew.sign_in("crew-water", "/crew")
    answer = page.goto("/permits/desk")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", name="บัญชีของท่านไม่มีสิทธิ์ใช้ส่วนนี้")).to_be_visible()
    expect(page.get_by_role("navigation", name="เมนูเจ้าหน้าที่").get_by_role("link")).to_have_text(["งานของทีม", "ข้อความ"])


def test_a_report_opens_its_private_side_only_by_its_own_secret(api: httpx.Client) -> None:
    mark = token_hex(5)
    body = {"category": "noise", "text": "เสียงดัง โทร 081-555-0199", "location": {"address": f"บ้าน {mark}"}}
    one, other = (api.post("/api/v1/reports", json=body).raise_for_status().json() for _ in range(2))
    path = f"/api/v1/reports/{one['reference']}"
    assert "081-555-0199" in api.get(path, params={"secret": one["secret"]}).text
    for query in ({}, {"secret": other["secret"]}, {"secret": one["secret"][:-1]}, {"secret": ""}):
        assert "081-555-0199" not in api.get(path, params=query).text
        assert api.post(f"{path}/withdraw", params=query, json={}).status_code == 403

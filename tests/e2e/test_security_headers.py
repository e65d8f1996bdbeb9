"""The same protection on every answer of every service: pages, APIs, files, errors and redirects."""

import httpx
import pytest

ANSWERS = (
    "/", "/report", "/api/v1/reports", "/api/v1/open-data/reports.csv", "/feeds/reports.atom", "/sw.js",
    "/static/shared/brand.css", "/nowhere", "/api/v1/nowhere", "/crew", "/api/v1/work-orders", "/auth/login",
    "/permits", "/permits/new/house-new", "/register", "/verify", "/api/v1/register", "/permits/new/castle",
    "/inbox", "/api/v1/deliveries", "/preferences/none",
)  # fmt: skip


@pytest.mark.parametrize("path", ANSWERS)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_every_answer_carries_the_security_headers(api: httpx.Client, path: str, accept: str) -> None:
    headers = api.get(path, headers={"Accept": accept}).headers
    rules = {rule.partition(" ")[0]: rule.partition(" ")[2] for rule in headers["content-security-policy"].split("; ")}
    assert rules["default-src"] == "'none'"
    assert (rules["script-src"], rules["style-src"]) == ("'self'", "'self'")
    assert (rules["frame-ancestors"], rules["base-uri"]) == ("'none'", "'none'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=(self)" in headers["permissions-policy"]
    assert "cache-control" in headers
    assert "server" not in headers


def test_pages_of_people_are_never_kept_by_caches(api: httpx.Client) -> None:
    for path in ("/", "/track", "/permits", "/inbox", "/auth/login"):
        assert api.get(path, headers={"Accept": "text/html"}).headers["cache-control"] == "no-store", path
    # The empty form is nobody's, and the browser that shows it again on the way back sends the same report.
    assert api.get("/report", headers={"Accept": "text/html"}).headers["cache-control"] == "private, no-cache"


def test_files_with_their_hash_are_kept_for_a_year(api: httpx.Client) -> None:
    page = api.get("/report", headers={"Accept": "text/html"}).text
    files = {part.partition('"')[0] for part in page.split('"/static/')[1:] if "~" in part.partition('"')[0]}
    assert len(files) > 5
    for file in files:
        answer = api.get(f"/static/{file.partition('#')[0]}")
        assert answer.status_code == 200, file
        assert "immutable" in answer.headers["cache-control"], file

"""What writes, and what is drawn anew for each reader, is limited per client: to 429 before anything is done."""

from typing import Any

import pytest

from shared.web.limits import Limits
from tests.support.permits_running import BODY, Permits

CHANGE = {name: BODY[name] for name in ("form", "location", "applicant")}
ACTS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "change by API": ("applicants", "PUT", "/api/v1/applications/{}", {"json": CHANGE}),
    "submit by API": ("applicants", "POST", "/api/v1/applications/{}/submit", {}),
    "withdraw by API": ("applicants", "POST", "/api/v1/applications/{}/withdraw", {"json": {}}),
    "change by page": ("applicants", "POST", "/permits/{}/edit", {"data": {"name": "x"}}),
    "submit by page": ("applicants", "POST", "/permits/{}/submit", {}),
    "withdraw by page": ("applicants", "POST", "/permits/{}/withdraw", {"data": {}}),
    "read by API": ("application-pages", "GET", "/api/v1/applications/{}", {}),
    "all lines by API": ("application-pages", "GET", "/api/v1/applications/{}/timeline", {}),
    "read by page": ("application-pages", "GET", "/permits/{}", {}),
    "check by page": ("application-pages", "GET", "/permits/{}/check", {}),
    "the form again": ("application-pages", "GET", "/permits/{}/edit", {}),
    "the invoice": ("application-pages", "GET", "/permits/{}/pay", {}),
    "after handing in": ("application-pages", "GET", "/permits/{}/received", {}),
    "accept by API": ("desk", "POST", "/api/v1/applications/{}/accept", {}),
    "accept by page": ("desk", "POST", "/permits/desk/{}/accept", {}),
}


@pytest.mark.parametrize("act", ACTS)
async def test_the_office_and_its_applicants_write_and_read_within_limits(service: Permits, act: str) -> None:
    name, method, path, body = ACTS[act]
    made = await service.open()
    limits: Any = service.app.state.parts[Limits]
    limits.off, limits.overrides = False, {name: 0.001}
    for _ in range(1000):
        if limits.wait(name, 0.001, 1, "127.0.0.1") > 0:
            break

    answer = await service.http.request(
        method, path.format(made["reference"]), params={"secret": made["secret"]}, **body
    )

    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)

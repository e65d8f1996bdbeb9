"""A cursor is an address that anybody may type: one that is not ours is refused in words, never a failure of ours."""

import base64
import json

import pytest

from tests.support.permits_running import Permits

WRONG = [
    ["x", "y"], ["2026-11-23T02:00:00", "y"], ["0001-01-01T00:00:00+07:00", "y"], ["9999-12-31T23:59:59-23:59", "y"],
    ["2026-11-23T02:00:00+00:00", "\ud800"], ["2026-11-23T02:00:00+00:00", 1], ["y"], [None, None], [],
]  # fmt: skip


@pytest.mark.parametrize("path", ["/api/v1/register", "/register", "/api/v1/applications", "/permits/desk"])
async def test_a_cursor_that_is_not_ours_is_refused(service: Permits, path: str) -> None:
    for parts in WRONG:
        cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()
        answer = await service.http.get(path, params={"after": cursor}, headers=service.staff("officer"))
        assert (parts, answer.status_code) == (parts, 400)

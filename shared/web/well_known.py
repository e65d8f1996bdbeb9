"""Addresses that have the same name on every site (RFC 8615): where to report a weakness of this one."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from shared.settings import ServiceSettings
from shared.town import Town
from shared.web.headers import every_site
from shared.web.parts import part_of
from shared.web.problem import Problem

router = APIRouter(prefix="/.well-known", include_in_schema=False)
GOOD_DAYS = 90  # RFC 9116 asks for less than a year; the town's profile is read at every start


@router.get("/security.txt")
async def security(request: Request) -> Response:
    """RFC 9116, from the town's profile; 404 where the profile names no address."""
    await every_site(request)
    town, home = part_of(request, Town), part_of(request, ServiceSettings).public_url
    address = town.contact.security or town.contact.email
    if address is None:
        raise Problem(404, "http-404")
    until = (datetime.now(UTC) + timedelta(days=GOOD_DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{address}",
        f"Expires: {until.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        f"Preferred-Languages: {', '.join(town.languages)}",
        f"Canonical: {home}/.well-known/security.txt",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=86400"})

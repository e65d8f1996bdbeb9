"""A webhook as a way to an agency's program: one signed request for each notice, with all that a mail would hold.

Signed as https://www.standardwebhooks.com says, with the agency's own secret. A repeat has the same `webhook-id`, so
that its receiver can tell it from another message. Nothing that is answered is believed but its status.
"""

import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpcore

from services.notify.agencies import ToAgency
from services.notify.channels.guarded import Guarded, PrivateAddress
from services.notify.channels.signing import signature
from services.notify.domain.delivery import Later, Outcome, Refused, Sent
from services.notify.domain.notice import Notice
from services.notify.domain.recipient import Recipient
from services.notify.domain.shown import as_shown, for_programs
from services.notify.links import is_of_permit
from services.notify.wording import Wording
from shared.kernel import now
from shared.kernel.errors import say_error
from shared.release import read_own
from shared.telemetry import get_log
from shared.town import Town

log = get_log(__name__)

ROOM = 16  # messages of one process under way; the pools of the timers hold the rest apart by destination
AT_ONCE = 4  # to one agency, by all replicas
WAIT_MOST = timedelta(hours=1)  # whatever the other side asks for
_OWN = frozenset(("sensitive", "level", "report_id"))  # in public copies too, and nothing to an agency
_LATER = frozenset((408, 409, 423, 425, 429))  # and every 5xx: it may take it another time


@dataclass(frozen=True)
class Told:
    """One message as the other side receives it."""

    url: str
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


class Webhook:
    """The programs of the town's agencies."""

    def __init__(
        self,
        town: Town,
        wording: Wording,
        to_agency: ToAgency,
        secrets: Mapping[str, str],
        guard: Guarded,
        timeout_seconds: float,
    ) -> None:
        self._town, self._wording, self._to_agency = town, wording, to_agency
        self._secrets, self._timeout = secrets, timeout_seconds
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            network_backend=guard,
            max_connections=4 * ROOM,
            keepalive_expiry=30,
        )

    @property
    def room(self) -> int:
        """How many may be under way at once without waiting for a pool."""
        return ROOM

    async def send(self, notice_id: str, notice: Notice, person: Recipient | None) -> Outcome:  # noqa: ARG002 - as every channel
        """Post the notice to the agency's program, signed. `Later` while it does not answer."""
        secret = self._secrets.get(notice.agency or "")
        if not secret:
            return Refused("no-secret")
        told = self._write(notice_id, notice, secret, now())
        if told is None:
            return Refused("no-contact")
        try:
            return await self._post(told)
        except PrivateAddress:
            return Refused("private-address")
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            log.warning("a webhook is away", extra={"agency": notice.agency, "why": say_error(error)})
            return Later("webhook-away")

    async def close(self) -> None:
        """Close the connections to agencies, at the stop of the process."""
        await self._pool.aclose()

    async def _post(self, told: Told) -> Outcome:
        seconds = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        extensions = {"timeout": seconds}
        async with self._pool.stream(
            "POST", told.url, headers=list(told.headers), content=told.body, extensions=extensions
        ) as answer:
            return _outcome(answer.status, dict(answer.headers))

    def _write(self, notice_id: str, notice: Notice, secret: str, at: datetime) -> Told | None:
        agency = self._town.agencies.get(notice.agency or "")
        if agency is None or agency.webhook is None:
            return None
        body = json.dumps(self.payload(notice, agency.language), ensure_ascii=False).encode()
        stamp = str(int(at.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"onestop/{read_own().version}",
            "webhook-id": notice_id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(secret, notice_id, stamp, body),
        }
        return Told(agency.webhook.url, [(name.encode(), value.encode()) for name, value in headers.items()], body)

    def payload(self, notice: Notice, language: str) -> dict[str, Any]:
        """What is told: the event's fields as the agency may know them, and the links and words that a mail holds."""
        shown = as_shown(notice)
        worded = self._wording.say(notice, "webhook", language)
        data = {name: value for name, value in for_programs(notice).items() if name not in _OWN}
        return {
            "type": notice.about,
            "timestamp": notice.happened_at.isoformat(),
            "data": {
                **data,
                "reference": notice.reference,
                **self._name_case(notice, data, language),
                "map_url": self._to_agency.map_link(shown) or None,
                "photo_urls": self._to_agency.photos(shown),
                "answer_url": self._to_agency.link(shown),
                "contact": self._to_agency.contact(shown, language),
                "message": {"subject": worded.subject, "body": worded.body} if worded else None,
            },
        }

    def _name_case(self, notice: Notice, data: Mapping[str, Any], language: str) -> dict[str, str]:
        """The case by its id, and what it is about as the profile calls it."""
        if is_of_permit(notice.about):
            name = self._town.permit_name(str(data.get("permit_type", "")), language)
            return {"application": notice.case_id, "permit_type_name": name}
        name = self._town.category_name(str(data.get("category", "")), language)
        return {"work_order": notice.subject, "category_name": name}


def _outcome(status: int, headers: Mapping[bytes, bytes]) -> Outcome:
    """2xx is taken. A redirect is not followed: it could lead anywhere, and the body would go with it."""
    if 200 <= status < 300:
        return Sent()
    if status in _LATER or status >= 500:
        return Later(f"http-{status}", _read_retry_after(headers))
    return Refused(f"http-{status}")


def _read_retry_after(headers: Mapping[bytes, bytes]) -> timedelta | None:
    """`Retry-After` in seconds; its form with a date is left to our own waits."""
    said = next((value for name, value in headers.items() if name.lower() == b"retry-after"), b"")
    return min(timedelta(seconds=int(said)), WAIT_MOST) if said.isdigit() and len(said) < 8 else None

"""Fetches the letter of a decision, or of what was signed after it, for the mail that tells of it, as its applicant
would: by their own key, from the address that permits serve everybody at. Nothing of it is kept here."""

import asyncio
from urllib.parse import quote

import httpx

from services.notify.channels.mime import Enclosure
from services.notify.domain.delivery import Later
from services.notify.domain.enclosed import find_enclosed_letter, pause_for_letter
from services.notify.domain.notice import Notice
from services.notify.domain.recipient import Recipient
from services.notify.links import Links
from shared.kernel import now
from shared.kernel.errors import say_error
from shared.telemetry import get_log

log = get_log(__name__)

PDF = "application/pdf"
SECRET_HEADER = "X-Application-Secret"  # noqa: S105 - the name of a header of permits' API
SECONDS_MOST = 5.0  # for a hundred thousand bytes of a neighbour's, from the first of them to the last
_AT_ONCE = 8  # by one process, however many decisions are told in a moment
_REASON = "letter-not-ready"


class _NotNow(Exception):
    """It may be had another time."""


class Letters:
    """Of this town's permits. `most`: bytes of a letter that a mail may carry."""

    def __init__(
        self,
        url: str,
        links: Links,
        most: int,
        transport: httpx.AsyncBaseTransport | None = None,
        seconds: float = SECONDS_MOST,
    ) -> None:
        self._links, self._most, self._seconds = links, most, seconds
        limits = httpx.Limits(max_connections=_AT_ONCE)
        self._http = httpx.AsyncClient(base_url=url, timeout=seconds, limits=limits, transport=transport)

    async def of(self, notice: Notice, person: Recipient | None) -> Enclosure | Later | None:
        """What goes with this mail; `Later` while it is worth waiting for, None when the mail's link has to do."""
        turn = find_enclosed_letter(notice)
        if person is None or turn is None:
            return None
        try:
            async with asyncio.timeout(self._seconds):
                pdf = await self._fetch(notice, person, turn)
        except (_NotNow, TimeoutError, httpx.TransportError) as error:
            pause = pause_for_letter(notice, now())
            if pause is None:
                about = {"reference": notice.reference, "why": say_error(error)}
                log.warning("what was signed is told without its letter", extra=about)
            return Later(_REASON, pause) if pause else None
        name = notice.reference + (f"-{turn}" if turn else "")
        return Enclosure(f"{name}.pdf", PDF, pdf) if pdf else None

    async def close(self) -> None:
        """Close the connections to permits, at the stop of the process."""
        await self._http.aclose()

    async def _fetch(self, notice: Notice, person: Recipient, turn: int) -> bytes | None:
        """The PDF; None for one that is too large, and when it is nobody's to fetch any more."""
        of = f"letters/{turn}" if turn else "letter"
        path = f"/api/v1/applications/{quote(notice.reference)}/{of}"
        secret, _ = self._links.key(notice.case_id, person.party, person.link_number)
        async with self._http.stream("GET", path, headers={SECRET_HEADER: secret, "Accept": PDF}) as answer:
            if answer.status_code in (404, 429) or answer.status_code >= 500:
                raise _NotNow(f"permits answers {answer.status_code}")
            if answer.status_code != 200 or answer.headers.get("content-type") != PDF:
                log.warning("a letter cannot be fetched", extra={"status": answer.status_code})
                return None
            return await self._read(answer)

    async def _read(self, answer: httpx.Response) -> bytes | None:
        pdf = bytearray()
        async for piece in answer.aiter_bytes():
            pdf += piece
            if len(pdf) > self._most:
                log.warning("a letter is too large to be enclosed", extra={"most": self._most})
                return None
        return bytes(pdf)

"""What an agency is given with work, and whoever is asked about an application: the place, the photos, the link by
which they answer, and whom to call."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.notify.domain.file import CONSULTEE
from services.notify.domain.notice import Notice
from services.notify.links import Links
from shared.agency_links import AnswerLink, PhotoPass
from shared.consult_links import ConsultLink
from shared.town import Town
from shared.words.dates import date_text, datetime_text

# Placeholders that are filled in here; of `expected_day` and `contact` everybody may read, of the others it alone.
TO_AGENCIES = frozenset(("whereabouts", "map_link", "photo_links", "answer_until", "contact", "expected_day"))
MAP = "https://www.google.com/maps/search/?api=1&query="  # opens whatever map the reader has


@dataclass(frozen=True)
class ToAgency:
    """Words and addresses for one agency, or for one team that is asked; what it may know of the case is judged before
    (`domain/shown.py`)."""

    town: Town
    links: Links

    def say(self, name: str, notice: Notice, language: str) -> str:
        """Finished text for a placeholder; empty when there is nothing to say."""
        if name == "contact":
            return self.contact(notice, language)
        if name == "expected_day":
            return self._date(notice.data.get("expected_at"), language)
        if not notice.answers_by_link:
            return ""
        match name:
            case "whereabouts":
                return self.place(notice, language)
            case "map_link":
                return self.map_link(notice)
            case "photo_links":
                return "".join(f"\n{link}" for link in self.photos(notice))
            case _:
                until = _time(notice.data.get("link_until"))
                return datetime_text(until, self._zone, language) if until else ""

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.town.timezone)

    def _date(self, value: object, language: str) -> str:
        day = _time(value)
        return date_text(day, self._zone, language) if day else ""

    def link(self, notice: Notice) -> str:
        """Where it answers; where no answer is awaited, the page of the work for those who have an account."""
        if notice.audience == CONSULTEE:
            return self._consult_link(notice)
        number, until = notice.data.get("link_number"), _time(notice.data.get("link_until"))
        if not number or until is None or notice.agency is None:
            return self.links.agency_board(notice.subject)
        return self.links.answer(AnswerLink(notice.subject, notice.agency, int(number), until))

    def _consult_link(self, notice: Notice) -> str:
        number = notice.data.get("link_number")
        if notice.asked is None or not number:
            return self.links.work(notice.about, notice.reference, notice.subject, notice.audience, triage=False)
        return self.links.consult(ConsultLink(notice.case_id, notice.asked, int(number)))

    def photos(self, notice: Notice) -> list[str]:
        """Photos of the report, for as long as the link to answer by opens and the agency has the work."""
        until = _time(notice.data.get("link_until"))
        count = notice.data.get("photos")
        if until is None or notice.agency is None or not isinstance(count, int):
            return []
        return self.links.report_photos(notice.reference, PhotoPass(notice.subject, notice.agency, count, until))

    def place(self, notice: Notice, language: str) -> str:
        """The address, the village and the degrees, as far as they are known."""
        where: dict[str, Any] = notice.data.get("location") or {}
        zone = next((one.name.get(language) for one in self.town.zones if one.code == notice.data.get("zone")), None)
        degrees = f"{where['latitude']:.6f}, {where['longitude']:.6f}" if where else None
        return " · ".join(part for part in (where.get("address"), zone, degrees) if part)

    def map_link(self, notice: Notice) -> str:
        """A map with the place."""
        where = notice.data.get("location")
        return f"{MAP}{where['latitude']:.6f}%2C{where['longitude']:.6f}" if where else ""

    def contact(self, notice: Notice, language: str) -> str:
        """Who of the town watches the work, and how they are reached."""
        code = notice.team or self.town.triage
        team, office = self.town.teams.get(code), self.town.contact
        phone = (team.phone if team else None) or office.phone
        email = (team.email if team else None) or office.email
        return " · ".join(part for part in (self.town.team_name(code, language), phone, email) if part)


def _time(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None

"""A report as it is shown: to everybody without personal data and with a coarse place, to its reporter in full."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.api.access import EVERYBODY, Viewer
from services.intake.domain.masking import masked
from services.intake.domain.report import Entry, Report
from shared.kernel import now
from shared.town import Town
from shared.words import Words

VALUES = ("channel", "why", "agency", "status", "percent", "outcome", "stars", "reason", "resume_at", "due_at", "rule",
          "priority", "reference", "by", "about", "about_at")  # fmt: skip


@dataclass(frozen=True)
class Showing:
    """Whom a report is shown to, and in which words."""

    town: Town
    words: Words
    language: str
    viewer: Viewer = EVERYBODY

    def report(self, report: Report) -> dict[str, Any]:
        """Everything that this viewer may know."""
        return self.summary(report) | {
            "text": self.text(report),
            "address": report.location.address if report.location and self.viewer.sees_all else None,
            "answers": report.answers if self.viewer.sees_all else None,
            "photos": self.photos(report),
            "agency": report.agency,
            "agency_name": self.agency_name(report.agency),
            "reopen_until": report.reopen_until,
            "stars": report.stars,
            "duplicate_of": report.merged_reference,
            "timeline": [self.entry(entry, report) for entry in report.timeline],
        }

    def summary(self, report: Report) -> dict[str, Any]:
        """What lists show."""
        return {
            "reference": report.reference,
            "kind": report.kind,
            "category": report.category,
            "category_name": self.town.category_name(report.category, self.language),
            "state": report.state,
            "state_text": self.words(self.language, f"state.{report.state}"),
            "outcome": report.outcome,
            "team": report.team,
            "team_name": self.town.team_name(report.team, self.language) if report.team else None,
            "level": report.level,
            "due_at": report.due_at,
            "late": report.is_late(now()),
            "submitted_at": report.submitted_at,
            "updated_at": report.updated_at,
            "resolved_at": report.resolved_at,
            "location": self.place(report),
            "zone": report.zone,
            "outside_town": report.outside_town,
            "followers": report.follower_count,
            "reopened": report.reopened,
        }

    def place(self, report: Report) -> dict[str, Any] | None:
        """Degrees; `coarse` when they were rounded because of what the report is about."""
        coarse = report.sensitive and not self.viewer.sees_all
        shown = report.shown_at if coarse or not report.location else report.location.shown(coarse=False)
        return {"latitude": shown[1], "longitude": shown[0], "coarse": coarse} if shown else None

    def text(self, report: Report) -> str | None:
        """As written for who wrote it; masked for everybody; nothing at all where the matter is sensitive."""
        if self.viewer.sees_all:
            return report.text
        return None if report.sensitive else masked(report.text)

    def photos(self, report: Report) -> list[dict[str, str]]:
        """Addresses of the photos that this viewer may see."""
        if report.sensitive and not self.viewer.sees_all:
            return []
        return [photo_urls(report, number) for number in range(1, len(report.photos) + 1)]

    def entry(self, entry: Entry, report: Report) -> dict[str, Any]:
        """One line: what happened in a sentence, and the facts behind it."""
        hidden = report.sensitive and not self.viewer.sees_all
        shown: dict[str, Any] = {
            "at": entry.at,
            "type": entry.type,
            "level": entry.level,
            "team": entry.team,
            "text": self.sentence(entry),
        }
        note = entry.note if self.viewer.sees_all else None if hidden else masked(entry.note)
        private = entry.private_note if self.viewer.sees_all else None
        photos = [] if hidden else [photo_urls(report, number) for number in entry.photos]
        extra = {name: getattr(entry, name) for name in VALUES} | {
            "note": note, "private_note": private, "photos": photos, "pictures": [] if hidden else entry.pictures,
        }  # fmt: skip
        return shown | {name: value for name, value in extra.items() if value not in (None, [])}

    def sentence(self, entry: Entry) -> str:
        """What happened, for people."""
        key = f"timeline.{entry.type}"
        for detail in (entry.status, entry.outcome, entry.reason, entry.by):
            if detail and self.words.has(f"{key}.{detail}"):
                key = f"{key}.{detail}"
                break
        return self.words(
            self.language, key,
            team=self.town.team_name(entry.team, self.language), level=self._word("level", entry.level),
            category=self.town.category_name(entry.category or "", self.language),
            agency=self.agency_name(entry.agency) or "", percent=entry.percent or 0, stars=entry.stars or 0,
            reference=entry.reference or "", channel=self._word("channel", entry.channel),
            why=self._word("why", entry.why),
        )  # fmt: skip

    def agency_name(self, code: str | None) -> str | None:
        """The agency that has it, if one has."""
        return self.town.agency_name(code, self.language) if code else None

    def _word(self, family: str, code: str | None) -> str:
        if not code:
            return ""
        return self.words(self.language, f"{family}.{code}") if self.words.has(f"{family}.{code}") else code


def photo_urls(report: Report, number: int) -> dict[str, str]:
    """Where a photo is found; the same for everybody, what may be seen is decided there."""
    url = f"/api/v1/reports/{report.reference}/photos/{number}"
    return {"url": url, "thumbnail": f"{url}?size=thumbnail"}


def feature(summary: dict[str, Any]) -> dict[str, Any]:
    """A summary as GeoJSON."""
    place = summary["location"]
    properties = {name: _plain(value) for name, value in summary.items() if name != "location"}
    geometry = {"type": "Point", "coordinates": [place["longitude"], place["latitude"]]} if place else None
    coarse = {"coarse": place["coarse"]} if place else {}
    return {"type": "Feature", "id": summary["reference"], "geometry": geometry, "properties": properties | coarse}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

"""A report as it is shown: to everybody without personal data and with a coarse place, to its reporter in full.

What the profile no longer has (a category, team, agency, zone) is shown by its code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request

from services.intake.domain.report import Entry, Report
from services.intake.domain.viewer import EVERYBODY, Viewer
from shared.kernel import now
from shared.town import Town
from shared.web import language_of, web_of
from shared.words import Words
from shared.words.mask import masked

WORDS_MOST = 140  # characters of a report in a list, about three lines on a phone
LINES_MOST = 200  # of a timeline on one page or in one answer
VALUES = ("channels", "why", "agency", "status", "percent", "outcome", "stars", "reason", "resume_at", "due_at", "rule",
          "priority", "reference", "by", "about", "about_at", "happened_at")  # fmt: skip


@dataclass(frozen=True)
class TimelinePage:
    """Some lines of a timeline, oldest first; `earlier`: how many stand before them."""

    entries: Sequence[Entry]
    earlier: int = 0


def timeline_page(entries: Sequence[Entry], before: int | None = None) -> TimelinePage:
    """The newest lines, or the newest of the first `before`."""
    end = len(entries) if before is None else min(before, len(entries))
    start = max(0, end - LINES_MOST)
    return TimelinePage(entries[start:end], start)


def view_for(request: Request, viewer: Viewer = EVERYBODY) -> "ReportView":
    """How to show a report to whoever asks."""
    web = web_of(request)
    return ReportView(web.town, web.pages.words, language_of(request), viewer)


@dataclass(frozen=True)
class ReportView:
    """Whom a report is shown to, and in which words."""

    town: Town
    words: Words
    language: str
    viewer: Viewer = EVERYBODY

    def report(self, report: Report, lines: TimelinePage) -> dict[str, Any]:
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
            **self.timeline(report, lines),
        }

    def timeline(self, report: Report, lines: TimelinePage) -> dict[str, Any]:
        """Lines of the timeline, and where the earlier ones are."""
        earlier = f"/api/v1/reports/{report.reference}/timeline?before={lines.earlier}" if lines.earlier else None
        return {"timeline": [self.entry(entry, report) for entry in lines.entries], "timeline_earlier": earlier}

    def summary(self, report: Report) -> dict[str, Any]:
        """What lists show."""
        return {
            "reference": report.reference,
            "kind": report.kind,
            "category": report.category,
            "category_name": self.town.category_name(report.category, self.language),
            "state": report.state,
            "state_text": self.word("state", report.state),
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
            "followers": report.followers,
            "reopened": report.reopened,
        }

    def card(self, report: Report) -> dict[str, Any]:
        """What lists for people show besides: the first words, one picture, and the village by name."""
        text, photos = self.text(report) or "", self.photos(report)
        zone = next((zone.name.get(self.language) for zone in self.town.zones if zone.code == report.zone), None)
        return self.summary(report) | {
            "words": text if len(text) <= WORDS_MOST else text[:WORDS_MOST].rstrip() + "…",
            "picture": photos[0]["thumbnail"] if photos else None,
            "zone_name": zone,
        }

    def place(self, report: Report) -> dict[str, Any] | None:
        """Degrees; `coarse` when they were rounded because of what the report is about."""
        coarse = report.sensitive and not self.viewer.sees_all
        point = report.shown_at if coarse or not report.location else report.location.public_point(coarse=False)
        return {"latitude": point[1], "longitude": point[0], "coarse": coarse} if point else None

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
        always: dict[str, Any] = {
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
        return always | {name: value for name, value in extra.items() if value not in (None, [])}

    def sentence(self, entry: Entry) -> str:
        """What happened, for people."""
        key = f"timeline.{entry.type}"
        if not self.words.has(key):  # of a newer release
            return entry.type
        for detail in (entry.status, entry.outcome, entry.reason, entry.by):
            if detail and self.words.has(f"{key}.{detail}"):
                key = f"{key}.{detail}"
                break
        return self.words(
            self.language, key,
            team=self.town.team_name(entry.team, self.language), level=self.word("level", entry.level),
            category=self.town.category_name(entry.category or "", self.language),
            agency=self.agency_name(entry.agency) or "", percent=entry.percent or 0, stars=entry.stars or 0,
            reference=entry.reference or "",
            channel=", ".join(self.word("channel", channel) for channel in entry.channels),
            why=self.word("why", entry.why),
        )  # fmt: skip

    def agency_name(self, code: str | None) -> str | None:
        """The agency that has it, if one has."""
        return self.town.agency_name(code, self.language) if code else None

    def word(self, family: str, code: str | None) -> str:
        """The words of a code; the code itself when a newer release stored it."""
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

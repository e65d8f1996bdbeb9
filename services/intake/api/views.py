"""A report as it is shown to each reader, by the one rule of `shared.readers` and nothing else.

What the profile no longer has (a category, team, agency, zone) is shown by its code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request

from services.intake.commands import Desk, Visit
from services.intake.domain.report import Entry, Report
from services.intake.domain.viewer import EVERYBODY, Viewer
from shared.kernel import now
from shared.readers import Sight, least_open, sight_of
from shared.town import Town
from shared.web import language_of, web_of
from shared.words import Words
from shared.words.mask import first_words

WORDS_MOST = 140  # characters of a report in a list, about three lines on a phone
LINES_MOST = 200  # of a timeline on one page or in one answer
VALUES = ("channels", "why", "status", "percent", "outcome", "stars", "reason", "resume_at", "by", "about", "about_at",
          "happened_at", "expected_at", "expected_until")  # fmt: skip
MATTER = ("team", "agency")  # what a line tells of what the report is about
OF_THE_REPORTER = ("notice", "contact_shown")
MERGES = ("merged", "separated")  # lines that name the other report
WAYS = ("due_at", "priority")  # and of how it was judged


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


async def view_visit(request: Request, desk: Desk, visit: Visit) -> "ReportView":
    """The same for whoever visits one report. The report that it is or was merged into may have been hidden since: then
    it is named to nobody but staff."""
    view = view_for(request, visit.viewer)
    if visit.viewer.role == "staff":
        return view
    lines = (entry for entry in visit.report.timeline if entry.type in MERGES)
    others = {
        reference for reference in (visit.report.merged_reference, *(one.reference for one in lines)) if reference
    }
    return replace(view, unnamed=frozenset([one for one in sorted(others) if await _is_hidden(desk, one)]))


async def _is_hidden(desk: Desk, reference: str) -> bool:
    other = await desk.store.find_by_reference(reference)
    return other is None or not sight_of("public", other.state.openness).case


@dataclass(frozen=True)
class ReportView:
    """Whom a report is shown to, and in which words; `unnamed`: other reports that are not named to them."""

    town: Town
    words: Words
    language: str
    viewer: Viewer = EVERYBODY
    unnamed: frozenset[str] = frozenset()

    def sight(self, report: Report, entry: Entry | None = None) -> Sight:
        """What they see of the report, or of a line of its timeline: that stays as closed as when it was written."""
        return sight_of(self.viewer.role, least_open(report.openness, *([entry.openness] if entry else ())))

    def report(self, report: Report, lines: TimelinePage) -> dict[str, Any]:
        """Everything that this viewer may know of the report, with a page of its timeline."""
        sight = self.sight(report)
        return self.summary(report) | {
            "text": self.text(report),
            "address": report.location.address if report.location and sight.private else None,
            "answers": report.answers if sight.private else None,
            "photos": self.photos(report),
            "agency": report.agency if sight.matter else None,
            "agency_name": self.agency_name(report.agency, named=sight.matter),
            "agency_reference": report.agency_reference if sight.private else None,
            "agency_expected_at": report.agency_expected_at if sight.matter else None,
            "reopen_until": report.reopen_until,
            "stars": report.stars,
            "duplicate_of": None if report.merged_reference in self.unnamed else report.merged_reference,
            **self.timeline(report, lines),
        }

    def timeline(self, report: Report, lines: TimelinePage) -> dict[str, Any]:
        """Lines of the timeline, and where the earlier ones are."""
        earlier = f"/api/v1/reports/{report.reference}/timeline?before={lines.earlier}" if lines.earlier else None
        shown = [self.entry(entry, report) for entry in lines.entries if self.tells(entry, report)]
        return {"timeline": shown, "timeline_earlier": earlier}

    def tells(self, entry: Entry, report: Report) -> bool:
        """Whether they may know of the line at all. Whether the reporter could be told, and who has looked up how to
        reach them, is nobody else's business."""
        sight = self.sight(report, entry)
        return sight.private if entry.type in OF_THE_REPORTER else sight.case

    def summary(self, report: Report) -> dict[str, Any]:
        """What lists show of the report, cut to what this viewer may know."""
        sight = self.sight(report)
        return {
            "reference": report.reference,
            "kind": report.kind,
            "category": report.category if sight.matter else None,
            "category_name": self.category_name(report.category, named=sight.matter),
            "state": report.state,
            "state_text": self.word("state", report.state),
            "outcome": report.outcome,
            "team": report.team if sight.matter else None,
            "team_name": self.team_name(report.team, named=sight.matter) if report.team else None,
            "level": report.level,
            "due_at": report.due_at if sight.ways else None,
            "late": report.is_late(now()),
            "submitted_at": report.submitted_at,
            "updated_at": report.updated_at,
            "resolved_at": report.resolved_at,
            "location": self.place(report),
            "zone": report.zone if sight.matter else None,
            "outside_town": report.outside_town,
            "followers": report.followers,
            "reopened": report.reopened,
        }

    def card(self, report: Report) -> dict[str, Any]:
        """What lists for people show besides: the first words, one picture, and the village by name."""
        return self.summary(report) | {
            "words": first_words(self.text(report), WORDS_MOST),
            "picture": next((photo["thumbnail"] for photo in self.photos(report)), None),
            "zone_name": self.zone_name(report),
        }

    def zone_name(self, report: Report) -> str | None:
        """The village by name: what says where it is to whoever sees no map."""
        code = report.zone if self.sight(report).matter else None
        return next((zone.name.get(self.language) for zone in self.town.zones if zone.code == code), None)

    def place(self, report: Report) -> dict[str, Any] | None:
        """Degrees; `coarse` when they were rounded because of what the report is about."""
        where = self.sight(report).where
        if where == "none":
            return None
        coarse = where == "coarse"
        point = report.shown_at if coarse or not report.location else report.location.public_point(coarse=False)
        return {"latitude": point[1], "longitude": point[0], "coarse": coarse} if point else None

    def text(self, report: Report) -> str | None:
        """As written, the form for everybody, or nothing."""
        return {"written": report.text, "public": report.public_text, "none": None}[self.sight(report).words]

    def photos(self, report: Report) -> list[dict[str, str]]:
        """Addresses of the photos that this viewer may see."""
        return [photo_urls(report, number) for number in self.photo_numbers(report)]

    def photo_numbers(self, report: Report) -> list[int]:
        """The numbers, from 1, of the photos that this viewer may see."""
        sight = self.sight(report)
        if sight.words == "written":
            return list(range(1, len(report.photos) + 1))
        return report.public_photos if sight.pictures else []

    def entry(self, entry: Entry, report: Report) -> dict[str, Any]:
        """One line: what happened in a sentence, and the facts behind it."""
        sight = self.sight(report, entry)
        team, text = entry.team if sight.matter else None, self.sentence(entry, named=sight.matter)
        always: dict[str, Any] = {"at": entry.at, "type": entry.type, "level": entry.level, "team": team, "text": text}
        values = VALUES + (MATTER if sight.matter else ()) + (WAYS if sight.ways else ())
        numbers = [number for number in entry.photos if number in self.photo_numbers(report)]
        note = {"written": entry.note, "public": entry.public_note, "none": None}[sight.words]
        extra = {name: getattr(entry, name) for name in values} | {
            "note": None if note in self.unnamed else note,  # releases before this one named the other report so
            "private_note": entry.private_note if sight.private else None,
            "who": (entry.actor.name or entry.actor.sub) if entry.actor and self.viewer.role == "staff" else None,
            "photos": [photo_urls(report, number) for number in numbers] if sight.pictures else [],
            "pictures": entry.pictures if sight.pictures else [],
            "pictures_before": entry.pictures_before if sight.pictures else [],
            "rule": entry.rule if sight.private else entry.public_rule if sight.ways else None,
            "reference": None if entry.reference in self.unnamed else entry.reference,
        }
        return always | {name: value for name, value in extra.items() if value not in (None, [])}

    def sentence(self, entry: Entry, *, named: bool = True) -> str:
        """What happened, for people; `named`: they may know what the report is about and who has it in hand."""
        key = f"timeline.{entry.type}"
        if not self.words.has(key):  # of a newer release
            return entry.type
        details = (one for one in (entry.status, entry.outcome, entry.reason, entry.by) if one)
        key = next((f"{key}.{one}" for one in details if self.words.has(f"{key}.{one}")), key)
        if self.words.has(f"why.{entry.why}") and self.words.has(f"{key}.why"):  # a provider's reasons have no words
            key = f"{key}.why"
        if self.viewer.role == "reporter" and self.words.has(f"{key}.yours"):
            key = f"{key}.yours"
        return self.words(
            self.language, key,
            team=self.team_name(entry.team, named=named), level=self.word("level", entry.level),
            category=self.category_name(entry.category or "", named=named),
            agency=self.agency_name(entry.agency, named=named) or "", percent=entry.percent or 0,
            stars=entry.stars or 0, reference=self._other_report(entry),
            channel=", ".join(self.word("channel", channel) for channel in entry.channels),
            why=self.word("why", entry.why),
        )  # fmt: skip

    def category_name(self, code: str, *, named: bool) -> str:
        """What it is about, or that it is a report."""
        return self.town.category_name(code, self.language) if named else self._say_unsaid("category")

    def team_name(self, code: str | None, *, named: bool) -> str:
        """The team's name; where the viewer may not know it, that somebody has the work."""
        return self.town.team_name(code, self.language) if named else self._say_unsaid("team")

    def agency_name(self, code: str | None, *, named: bool) -> str | None:
        """The agency that has it, if one has."""
        if code is None:
            return None
        return self.town.agency_name(code, self.language) if named else self._say_unsaid("agency")

    def _other_report(self, entry: Entry) -> str:
        return self._say_unsaid("report") if entry.reference in self.unnamed else entry.reference or ""

    def _say_unsaid(self, what: str) -> str:
        """What stands where a name would tell too much."""
        return self.words(self.language, f"unsaid.{what}")

    def word(self, family: str, code: str | None) -> str:
        """The words of a code; the code itself when a newer release stored it."""
        if not code:
            return ""
        return self.words(self.language, f"{family}.{code}") if self.words.has(f"{family}.{code}") else code


def photo_urls(report: Report, number: int) -> dict[str, str]:
    """Where a photo is found; the same for everybody, what may be seen is decided there."""
    url = f"/api/v1/reports/{report.reference}/photos/{number}"
    return {"url": url, "thumbnail": f"{url}?size=thumbnail"}

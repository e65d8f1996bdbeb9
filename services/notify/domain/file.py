"""A file: what notify must know of one report or application to tell people of it.

Topics are read side by side, so a file is opened by whichever event comes first and keeps what it heard. Nothing is
told before the case itself was heard (`reference` is None until then), and who turns out to be concerned later is told
of what happened since they are.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from services.notify.domain.record import Record
from shared.events import (
    Event,
    PermitSubmitted,
    ReportCommented,
    ReportFollowed,
    ReportSubmitted,
    WorkOrderEvent,
)

REPORTER = "reporter"
APPLICANT = "applicant"
FOLLOWER = "follower-"  # the beginning of every follower's party
OPENING = (ReportSubmitted.type, PermitSubmitted.type)

# As long as the topics keep their events: what is older cannot come any more, so nobody new can be owed it.
REMEMBERED = timedelta(days=14)
_NEVER_TOLD = {"location", "answers", "parties", "report_id", "actor"}


class Heard(Record):
    """One event of the case: all that a message about it can say."""

    id: str
    type: str
    at: datetime
    subject: str
    correlation_id: str
    traceparent: str | None = None
    data: dict[str, Any]
    team: str | None = None  # which held the work then; None: not known yet
    order: str | None = None  # the work order, for events about work
    parties: list[str] = Field(default_factory=list)  # who became concerned by it


class Party(Record):
    """Somebody concerned, from when to when; `announced`: a contact of theirs has been promised.

    `since` is None for whose case it is: clocks of two services differ, and nobody may miss a word of their own case.
    """

    code: str
    since: datetime | None = None
    until: datetime | None = None
    announced: bool = True

    def concerned(self, at: datetime) -> bool:
        """Whether what happened then is theirs to know."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


class CaseFile(Record):
    """The case as notify knows it. No contact data: that is the recipients' own."""

    reference: str | None = None
    language: str = "th"
    team: str | None = None
    parties: list[Party] = Field(default_factory=list)
    heard: list[Heard] = Field(default_factory=list)
    absorbed: list[str] = Field(default_factory=list)  # reports that were found to be the same, told with this one

    def event(self, event_id: str) -> Heard | None:
        """What was heard under that id; None when it is too long ago."""
        return next((one for one in self.heard if one.id == event_id), None)

    def party(self, code: str) -> Party | None:
        """A party by its code."""
        return next((one for one in self.parties if one.code == code), None)


def facts(event: Event) -> dict[str, Any]:
    """What rules compare and messages say; where it is and what a resident wrote first stay with intake."""
    left_out = _NEVER_TOLD if isinstance(event, ReportCommented) else _NEVER_TOLD | {"text"}
    return event.model_dump(mode="json", exclude=left_out)


def hear(file: CaseFile | None, heard: Heard, event: Event | None = None, *, late: bool = False) -> CaseFile:
    """The file with one more event. `event` is None for one that another file passes on."""
    file = file or CaseFile()
    if heard.order is None and heard.team is None:
        heard = heard.model_copy(update={"team": file.team})
    known = _introduced(file, heard, event)
    known = known.model_copy(update={"heard": _remembered(known, heard)})
    if heard.order is None or (late and file.team):
        return known
    return _held_by(known, heard.team)


def _introduced(file: CaseFile, heard: Heard, event: Event | None) -> CaseFile:
    match event:
        case ReportSubmitted(reference=reference, language=language):
            owner = REPORTER
        case PermitSubmitted(reference=reference, language=language):
            owner = APPLICANT
        case ReportFollowed():
            parties = [_since(file.party(code), code, heard.at) for code in heard.parties]
            return file.model_copy(update={"parties": _replaced(file.parties, parties)})
        case _:
            return file
    parties = [
        Party(code=code, announced=code in heard.parties) for code in {owner: None, **dict.fromkeys(heard.parties)}
    ]
    changes = {"reference": reference, "language": language, "parties": _replaced(file.parties, parties)}
    return file.model_copy(update=changes)


def _since(before: Party | None, code: str, at: datetime) -> Party:
    """Somebody who left before their coming was heard of stays left; who comes back has a new code."""
    return Party(code=code, since=at, until=before.until if before else None)


def _replaced(parties: Sequence[Party], new: Sequence[Party]) -> list[Party]:
    return list({party.code: party for party in (*parties, *new)}.values())


def _held_by(file: CaseFile, team: str | None) -> CaseFile:
    """Word of a report that came before any team was known belongs to the first that is."""
    waited = [one.model_copy(update={"team": team}) if one.team is None else one for one in file.heard]
    return file.model_copy(update={"team": team, "heard": waited})


def _remembered(file: CaseFile, new: Heard) -> list[Heard]:
    everything = sorted([*file.heard, new], key=lambda one: (one.at, one.id))
    if file.reference is None:  # all of it is still owed
        return everything
    return [one for one in everything if one is new or one.at > everything[-1].at - REMEMBERED]


def leave(file: CaseFile | None, party: str, at: datetime) -> CaseFile:
    """A follower does not follow any more."""
    file = file or CaseFile()
    before = file.party(party) or Party(code=party, since=at)
    gone = before.model_copy(update={"until": at})
    return file.model_copy(update={"parties": _replaced(file.parties, [gone])})


def absorb(file: CaseFile | None, report: str) -> CaseFile:
    """Another report was found to be about the same: its people are told how this one goes on."""
    file = file or CaseFile()
    return file.model_copy(update={"absorbed": list(dict.fromkeys([*file.absorbed, report]))})


def order_of(event: Event, subject: str) -> str | None:
    """The work order that an event is about; an incident names its own."""
    if not isinstance(event, WorkOrderEvent):
        return None
    return str(getattr(event, "work_order_id", subject))

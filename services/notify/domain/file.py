"""A file: what notify must know of one report or application to tell people of it.

Topics are read side by side, so a file is opened by whichever event comes first and keeps what it heard. Nothing is
told before the case itself was heard (`reference` is None until then), and who turns out to be concerned later is told
of what happened since they are.

A file stays small whatever happens to its case. Whoever joins a case is a document of their own: a follower a
recipient, a merged report a file that names this one. They are told in pages, one round for each event.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from services.notify.domain.rules import Rules
from shared.events.agencies import WorkOrderAgencyChased, WorkOrderReferred
from shared.events.base import Event
from shared.events.permits import PermitMessageWritten, PermitSubmitted
from shared.events.public import openness
from shared.events.report_base import ReportEvent
from shared.events.reports import (
    ReportCommented,
    ReportFollowed,
    ReportMerged,
    ReportSeparated,
    ReportSubmitted,
)
from shared.events.work_orders import WorkOrderEvent
from shared.kernel import Lenient, Moment, StoredModel
from shared.readers import Openness

REPORTER = "reporter"
APPLICANT = "applicant"
AGENCY = "agency"  # a body outside the town; the recipient is `agency:<code>`
CONSULTEE = "consultee"  # whoever is asked about an application: a team, or an agency
FOLLOWER = "follower-"  # the beginning of every follower's party
OPENING = (ReportSubmitted.type, PermitSubmitted.type)

WITH_WORDS = (
    ReportCommented,
    WorkOrderReferred,
    WorkOrderAgencyChased,
    PermitMessageWritten,
)  # whose `text` is to be told on
HEARD_MOST = 40  # events that stay in the file itself; older ones lie beside it
_NEVER_TOLD = {"location", "answers", "parties", "report_id", "actor", "person"}
TELL = "tell"  # the kind of its moments
_TICK = timedelta(milliseconds=1)  # the database's: a moment takes effect once, so the next one is later

Members = Literal["followers", "merged"]
KINDS = (TELL, *get_args(Members))  # the release before named its moments by the round alone, and some still wait


class Heard(StoredModel):
    """One event of the case: all that a message about it can say."""

    id: str
    type: str
    at: datetime
    subject: str
    correlation_id: str
    traceparent: str | None = None
    data: dict[str, Any]
    passed_on: bool = False  # of the report that this one was merged into, whose followers its people are
    team: str | None = None  # which held the work then; None: no team was known yet
    order: str | None = None  # the work order, for events about work

    @property
    def of_a_share(self) -> bool:
        """Of one team's share of split work: people follow the whole, and only the team and its levels are told."""
        return self.data.get("parent") is not None


class Round(StoredModel):
    """An event that a case's members are still to be told of, page by page; `after`: the last one who was.

    `only`: one member for whom it failed, apart from the others, so that nobody behind waits for them.
    """

    event_id: str
    members: Annotated[Members, Lenient]
    due_at: datetime
    after: str = ""
    only: str | None = None

    @property
    def name(self) -> str:
        """Which of the file's moments it is, after their kind."""
        return " ".join(part for part in (self.members, self.event_id, self.only) if part)


class CaseFile(StoredModel):
    """The case as notify knows it. No contact data: that is the recipients' own."""

    reference: str | None = None
    openness: Annotated[Openness, Lenient] = "open"  # how much of the report others may know, as intake last said
    language: str = "th"
    owner: str | None = None  # reporter or applicant, once the case itself was heard
    announced: bool = False  # a contact of the owner's has been promised
    team: str | None = None
    first_team: str | None = None  # first team known; earlier events go to it
    teamed_by: str | None = None  # the event by which that became known
    heard: list[Heard] = Field(default_factory=list)  # in the order in which it came
    followed: bool = False  # somebody follows or did
    into: str | None = None  # the report that this one was merged into
    merged_at: datetime | None = None
    separated_at: datetime | None = None  # since when it is no duplicate any more
    absorbing: bool = False  # reports were merged into this one
    rounds: list[Round] = Field(default_factory=list)

    def event(self, event_id: str) -> Heard | None:
        """What was heard under that id; None when it lies beside the file."""
        return next((one for one in self.heard if one.id == event_id), None)

    @property
    def full(self) -> bool:
        """Some of what it heard may lie beside it."""
        return len(self.heard) >= HEARD_MOST

    def round(self, name: str) -> Round | None:
        """The round of that name, while somebody of it has still to be told; else None."""
        return next((one for one in self.rounds if one.name == name), None)


def facts(event: Event) -> dict[str, Any]:
    """What rules compare and messages say; where it is and what a resident wrote first stay with intake."""
    return event.model_dump(mode="json", exclude=left_out(type(event)))


def left_out(event: type[Event]) -> set[str]:
    """The fields of it that no message says."""
    if issubclass(event, WorkOrderReferred):  # the agency must find it
        return _NEVER_TOLD - {"location"}
    return _NEVER_TOLD if issubclass(event, WITH_WORDS) else _NEVER_TOLD | {"text", "public_text"}


def moments(file: CaseFile) -> Sequence[Moment]:
    """One moment for each round under way: its next page of members is to be told."""
    return [Moment(f"{TELL} {one.name}", one.due_at, "members") for one in file.rounds]


def hear(
    file: CaseFile | None, heard: Heard, event: Event | None, rules: Rules, at: datetime, *, late: bool = False
) -> CaseFile:
    """The file with one more event. `event` is None for one that another file passes on."""
    known = _introduce(file or CaseFile(), heard, event)
    if isinstance(event, ReportEvent) and not late:
        known = known.model_copy(update={"openness": openness(event)})
    if heard.order is None and heard.team is None:
        heard = heard.model_copy(update={"team": known.team})
    # Who begins to follow is told of it at once, and nobody else: ten thousand of them leave nothing in the file.
    if rules.speak_of(heard.type) and heard.type != ReportFollowed.type and not known.event(heard.id):
        known = known.model_copy(update={"heard": [*known.heard, heard]})
    if heard.order and not heard.of_a_share and not (late and known.team):
        known = _with_team(known, heard)
    return _with_rounds(known, heard, rules, at)


def _introduce(file: CaseFile, heard: Heard, event: Event | None) -> CaseFile:
    match event:
        case ReportSubmitted(reference=reference, language=language, parties=parties):
            owner = REPORTER
        case PermitSubmitted(reference=reference, language=language, parties=parties):
            owner = APPLICANT
        case ReportFollowed(parties=parties) if parties:
            return file.model_copy(update={"followed": True})
        case ReportMerged(into=into) if file.separated_at is None or file.separated_at < heard.at:
            return file.model_copy(update={"into": into, "merged_at": heard.at})
        case ReportSeparated() if file.merged_at is None or file.merged_at < heard.at:
            return file.model_copy(update={"into": None, "merged_at": None, "separated_at": heard.at})
        case _:
            return file
    known = {"reference": reference, "language": language, "owner": owner, "announced": owner in parties}
    return file.model_copy(update=known)


def _with_team(file: CaseFile, work: Heard) -> CaseFile:
    first = {} if file.teamed_by else {"first_team": work.team, "teamed_by": work.id}
    return file.model_copy(update={"team": work.team, **first})


def _with_rounds(file: CaseFile, heard: Heard, rules: Rules, at: datetime) -> CaseFile:
    """Followers are told once the case itself was heard: its own event then stands for all that came before."""
    if heard.of_a_share:
        return file
    wanted: list[Members] = []
    spoken_of = heard.type != ReportFollowed.type and rules.tells("follower", heard.type, heard.data)
    if file.followed and file.reference and (heard.type in OPENING or spoken_of):
        wanted.append("followers")
    if file.absorbing and heard.order:
        wanted.append("merged")
    names = {one.name for one in file.rounds}
    rounds = [Round(event_id=heard.id, members=members, due_at=at) for members in wanted]
    new = [one for one in rounds if one.name not in names]
    return file.model_copy(update={"rounds": [*file.rounds, *new]}) if new else file


def turn_page(
    file: CaseFile, name: str, after: str | None, at: datetime, failed: Sequence[str] = ()
) -> CaseFile | None:
    """The round goes on after `after`, or is over (None). Returns None when it is over already, or further on.

    Each of the members in `failed` gets a round of their own, which is tried again and parked for them alone.
    """
    before = file.round(name)
    if before is None or (after is not None and after <= before.after):
        return None
    others = [one for one in file.rounds if one is not before]
    known = {one.name for one in others}
    alone = [before.model_copy(update={"due_at": at, "after": "", "only": member}) for member in failed]
    others += [one for one in alone if one.name not in known]
    if after is not None:
        later = max(at, before.due_at + _TICK)
        others.append(before.model_copy(update={"after": after, "due_at": later}))
    return file.model_copy(update={"rounds": others})


def absorb(file: CaseFile | None) -> CaseFile:
    """Another report was merged into this one: from now on there are such members."""
    return (file or CaseFile()).model_copy(update={"absorbing": True})


def order_of(event: Event, subject: str) -> str | None:
    """The work order that an event is about; an incident names its own."""
    if not isinstance(event, WorkOrderEvent):
        return None
    return str(getattr(event, "work_order_id", subject))

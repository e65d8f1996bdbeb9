"""Who of the staff may look up how to reach whoever reported something, and how that is told; pure.

The contact itself is in no event and in no log: only that it was looked up, by whom and why.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from services.notify.domain.file import REPORTER, CaseFile
from services.notify.domain.recipient import Recipient
from shared.events.notices import ContactShown, LookUpReason
from shared.kernel import Reject
from shared.people import Person
from shared.readers import sight_of
from shared.town.models import Calls

REASONS: tuple[LookUpReason, ...] = get_args(LookUpReason)
Caller = Literal["phone", "counter"]  # where the person is whose other reports are asked for
DESK = ("officer", "supervisor")


@dataclass(frozen=True)
class Reachable:
    """How somebody can be reached by a person, and in which language they are spoken to."""

    name: str | None
    phone: str | None
    email: str | None
    line_id: str | None
    language: str


def may_look_up(who: Person, file: CaseFile, calls: Calls) -> bool:
    """Officers for every report; where the profile allows it also the crew that has the report's work."""
    if file.owner != REPORTER:
        return False
    own = who.may("crew") and who.team is not None and who.team == file.team
    return who.may(*DESK) or (calls.crew and own)


def may_know_of(file: CaseFile) -> bool:
    """Whether an officer whom somebody rings up is told that this report too is theirs: whoever has their number has
    not asked the town about what they told it in confidence."""
    return file.owner == REPORTER and sight_of("public", file.openness).case


def need_look_up(who: Person, file: CaseFile, calls: Calls) -> None:
    """403 for whoever may not."""
    if not may_look_up(who, file, calls):
        raise Reject("not-yours-to-call", "This report is not yours to ask about by telephone.", status=403)


def need_room(calls: Calls, looked_up: int) -> None:
    """429 for whoever did it so often within the hour that it is no work any more."""
    if looked_up >= calls.most_an_hour:
        raise Reject(
            "looked-up-too-often", f"At most {calls.most_an_hour} contacts an hour are shown to one person.", status=429
        )


def reachable(person: Recipient | None) -> Reachable:
    """How; 404 where nobody left anything, or it is erased."""
    if person is None or not (person.phone or person.email or person.line_id):
        raise Reject("no-contact", "Whoever reported it left no way to reach them, or it is erased.", status=404)
    return Reachable(person.name, person.phone, person.email, person.line_id, person.speaks)


def tell_shown(file: CaseFile, case_id: str, who: Person, reason: LookUpReason) -> ContactShown:
    """Intake puts it into the report's history."""
    return ContactShown(
        case_id=case_id,
        reference=file.reference or "",
        audience=REPORTER,
        actor=who.sub,
        actor_name=who.name or None,
        reason=reason,
    )

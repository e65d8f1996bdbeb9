"""What was done and said while the work went on: who acted and when, the lines of the history, comments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from services.dispatch.domain.states import TAKEN, WHOLE, ActName, State
from shared.events.report_base import ByStaff
from shared.events.work_orders import Level
from shared.kernel import Lenient, StoredModel

# What came too late, and where it still fits: finished work is finished whoever has it by now. All others say where the
# crew was, and that is past: who took the work, set out, or gave it back.
ADOPTABLE: Mapping[str, tuple[State, ...]] = {"complete": WHOLE, "refer": WHOLE, "pause": TAKEN}
JUDGED = ("adopted", "put_aside")  # the lines by which the desk says what becomes of it


class Actor(StoredModel):
    """Who did it: the subject id of the sign-in, and the name as it was shown then."""

    sub: str
    name: str = ""


def officer_of(event: ByStaff) -> Actor | None:
    """Who of the staff did it to the report; None: anybody else."""
    return Actor(sub=event.actor, name=event.actor_name or "") if event.actor else None


@dataclass(frozen=True)
class Acting:
    """Who acts (None: the system, or the report's side), and when: `at` is when it was heard of here.

    `happened_at`: when it happened on a device that was out of reach; that is the time to judge by and to show.
    `team`: theirs, where they act as one of it; None: for whoever has it, as the desk does.
    """

    by: Actor | None
    at: datetime
    happened_at: datetime | None = None
    team: str | None = None

    @property
    def happened(self) -> datetime:
        """The moment that counts for promises."""
        return self.happened_at or self.at


class Comment(StoredModel):
    """What somebody added to a report while the work went on."""

    at: datetime
    by: str
    text: str
    photos: int = 0
    first_photo: int = 1  # the number of the first of them among the report's


class Arrival(StoredModel):
    """How work came to its state and team: by whom (None: the system, or the report's side) and when."""

    what: str  # the line that it left in the history
    actor: Actor | None = None
    at: datetime
    happened_at: datetime | None = None

    @property
    def happened(self) -> datetime:
        """The time to show and to judge by."""
        return self.happened_at or self.at


class Overtaken(StoredModel):
    """A step that came too late to change anything: all that its device brought, as the body of the act says it.

    `id` is that of the request, `team` that of whoever did it; `adopted.py` takes it into the work.
    """

    id: str
    team: str | None = None
    act: Annotated[ActName, Lenient]
    brought: dict[str, Any] = Field(default_factory=dict)


class Entry(StoredModel):
    """One line of the work's own history; `actor` None: the system, or the report's side.

    `at` is when it arrived here, `happened_at` when it happened on a device that was out of reach until then.
    """

    at: datetime
    happened_at: datetime | None = None
    what: str
    state: Annotated[State, Lenient]
    team: str
    level: Annotated[Level, Lenient]
    actor: Actor | None = None
    text: str | None = None
    facts: dict[str, str] = Field(default_factory=dict)
    overtaken: Overtaken | None = None

    @property
    def happened(self) -> datetime:
        """The time to show."""
        return self.happened_at or self.at


def map_judgements(lines: Sequence[Entry]) -> Mapping[str, str]:
    """What came too late and the desk has looked at, by the id of its step: whether it was adopted or put aside."""
    return {line.facts["step"]: line.what for line in lines if line.what in JUDGED and "step" in line.facts}


def list_waiting_steps(lines: Sequence[Entry]) -> Sequence[str]:
    """What came too late, brought something, and waits for the desk, by the ids of the steps."""
    done = map_judgements(lines)
    late = (line.overtaken for line in lines if line.overtaken is not None)
    return [one.id for one in late if one.act in ADOPTABLE and one.id not in done]


def with_lines(history: list[Entry]) -> dict[str, Any]:
    """The fields of an order with these lines: the history, and how many steps that came too late wait for the desk."""
    return {"history": history, "overtaken": len(list_waiting_steps(history))}

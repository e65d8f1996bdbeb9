"""What a changed rule file would have done with cases that came: which go elsewhere, and whether people agreed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.dispatch.domain.routing import Routed
from services.dispatch.domain.states import UNSEEN
from services.dispatch.domain.work_order import WorkOrder

# What people have done with it: given it to the team of the changed rules, taken it where the present ones send it.
Verdict = Literal["people-agree", "people-disagree", "open"]


@dataclass(frozen=True)
class Moves:
    """One case that the changed rules send elsewhere: to another team or agency, or with other promises."""

    order: str
    reference: str
    text: str
    category: str
    at: datetime
    before: Routed
    after: Routed
    verdict: Verdict

    @property
    def changes_team(self) -> bool:
        """Not only what is promised, or the agency."""
        return self.before.team != self.after.team


@dataclass(frozen=True)
class Way:
    """How many cases go from one team to another; the same twice: only promise or agency change."""

    team: str
    to_team: str
    cases: int


@dataclass(frozen=True)
class Comparison:
    """`looked_at` cases, the newest first; not `complete`: there are more than were looked at since then."""

    version: str
    to_version: str
    since: datetime
    looked_at: int
    complete: bool
    moves: Sequence[Moves]

    @property
    def ways(self) -> Sequence[Way]:
        """The most travelled first."""
        counted = Counter((one.before.team, one.after.team) for one in self.moves)
        return [Way(team, to_team, cases) for (team, to_team), cases in sorted(counted.items(), key=_rank)]

    def count(self, verdict: Verdict) -> int:
        """Of the cases that change their team, those of which people have shown this."""
        return sum(one.verdict == verdict for one in self.moves if one.changes_team)


def compare(order_id: str, order: WorkOrder, before: Routed, after: Routed) -> Moves | None:
    """None: it goes where it went, with the same promises; by which rule does not matter."""
    if _describe_promise(before) == _describe_promise(after):
        return None
    verdict = _judge(order, before, after)
    what = (order.text, order.category, order.created_at)
    return Moves(order_id, order.reference, *what, before, after, verdict)


def _describe_promise(routed: Routed) -> tuple[str, str | None, str, str]:
    return routed.team, routed.agency, routed.service_level, routed.priority


def _judge(order: WorkOrder, before: Routed, after: Routed) -> Verdict:
    """That work still lies where a rule sent it is nobody's word; that a team has taken it is."""
    if before.team == after.team or order.team not in (before.team, after.team):
        return "open"
    if order.team == after.team:
        return "people-agree"
    return "open" if order.state in UNSEEN else "people-disagree"


def _rank(way: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -way[1], way[0]

"""How long each hop of a report took, and where the reports went: numbers for people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from shared.events.work_orders import WorkOrderCreated
from tools.play.ledger import Story
from tools.play.reconcile import in_triage
from tools.play.sending import Answer

HOPS = ("save", "route", "notice", "total")


@dataclass(frozen=True)
class Hops:
    """Seconds; None where the hop was not seen.

    save: from the request to its answer. route: from the report's time to its work order on the bus.
    notice: from there to the first word of it to anybody. total: from the request to that word.
    """

    save: float
    route: float | None = None
    notice: float | None = None
    total: float | None = None


def hops(answer: Answer, story: Story) -> Hops:
    """The times of one report, by the brokers' and services' clocks."""
    if not story.submitted or not story.created:
        return Hops(answer.took)
    routed_at = story.created[0].at
    route = (routed_at - story.submitted[0].envelope.time).total_seconds()
    told = [one.at for one in story.notices if one.data["about"] == WorkOrderCreated.type]
    if not told:
        return Hops(answer.took, route)
    notice = (min(told) - routed_at).total_seconds()
    return Hops(answer.took, route, notice, (min(told) - answer.sent_at).total_seconds())


@dataclass(frozen=True)
class Spread:
    """How values in seconds are spread."""

    median: float
    p95: float
    most: float


def spreads(every: Sequence[Hops]) -> dict[str, Spread]:
    """Per hop; one that was never seen is left out."""
    found = {}
    for hop in HOPS:
        values = sorted(value for one in every if (value := getattr(one, hop)) is not None)
        if values:
            found[hop] = Spread(median(values), values[min(len(values) - 1, int(len(values) * 0.95))], values[-1])
    return found


def destinations(stories: Sequence[Story]) -> Mapping[tuple[str, str], int]:
    """How many went where: (team, rule), the largest first."""
    return dict(Counter(destination(story) for story in stories if story.created).most_common())


def destination(story: Story) -> tuple[str, str]:
    """Team and rule as codes; dashes while nobody has it."""
    if not story.created:
        return "–", "–"
    order = story.created[0]
    team = "triage" if in_triage(order) else str(order.data["team"])
    return team, str(order.data.get("rule") or "no rule matched")

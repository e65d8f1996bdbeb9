"""Does everything that went in come out? Counts that must agree, and each case that does not, by its reference."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from services.notify.domain.rules import matches
from shared.town.notices import NoticeRule
from tools.play.ledger import Ledger, Seen, Story
from tools.play.sending import Answer

Rules = Mapping[str, Sequence[NoticeRule]]  # by the event that they speak of
Notice = tuple[str, str, str]  # the event that it is about, to whom, by which channel
PEOPLE = ("reporter", "follower", "applicant")  # what offices are told is in their own lists, not on the bus


@dataclass(frozen=True)
class Difference:
    """What does not agree about one case; `case` is its reference, or its row when it has none."""

    case: str
    what: str


@dataclass(frozen=True)
class Verdict:
    """The counts, and what does not agree."""

    read: int
    accepted: int
    refused: Mapping[str, int]  # by reason
    unanswered: int
    submitted: int
    work_orders: int
    in_triage: int
    notices: Mapping[str, int]  # sent, failed, skipped
    differences: Sequence[Difference]

    @property
    def reconciled(self) -> bool:
        """Nothing lost, nothing doubled."""
        return not self.differences


def reconcile(read: int, answers: Sequence[Answer], ledger: Ledger, rules: Rules) -> Verdict:
    """Rows against answers, answers against events, events against notices; `rules` say who must be told."""
    accepted = [answer for answer in answers if answer.outcome == "accepted"]
    unanswered = [answer for answer in answers if answer.outcome == "unanswered"]
    stories = {answer.id: ledger.story(answer.id) for answer in accepted}
    orders = {one.envelope.subject: one for story in stories.values() for one in story.created}
    differences = [
        *_of_rows(read, answers, accepted),
        *(Difference(f"row {answer.row.number}", answer.reason) for answer in unanswered),
        *(
            Difference(one.reference, what)
            for one in accepted
            for what in faults(stories[one.id], rules, ledger.channels)
        ),
        *_of_orders(accepted, stories),
    ]
    return Verdict(
        read=read, accepted=len(accepted), unanswered=len(unanswered),
        refused=Counter(answer.reason for answer in answers if answer.outcome == "refused"),
        submitted=sum(len(story.submitted) for story in stories.values()), work_orders=len(orders),
        in_triage=sum(in_triage(order) for order in orders.values()),
        notices=Counter(one.verb for story in stories.values() for one in story.notices), differences=differences,
    )  # fmt: skip


def by_event(rules: Iterable[NoticeRule]) -> Rules:
    """The town's rules, ready to be looked up."""
    found: dict[str, list[NoticeRule]] = {}
    for rule in rules:
        found.setdefault(rule.event, []).append(rule)
    return found


def in_triage(order: Seen) -> bool:
    """It waits at the centre's desk for a person to choose."""
    return order.data.get("team") is None or order.data.get("level") == "triage"


def complete(story: Story, rules: Rules, used: Collection[str]) -> bool:
    """All that must come of a report has come."""
    return bool(story.submitted and story.created) and not list_missing(story, rules, used)


def faults(story: Story, rules: Rules, used: Collection[str]) -> list[str]:
    """What is lost or doubled about one accepted report."""
    return [
        *_once("report.submitted", [one.envelope.id for one in story.submitted]),
        *_once("work order", [one.envelope.subject for one in story.created]),
        *notice_faults(story, rules, used),
    ]


def list_missing(story: Story, rules: Rules, used: Collection[str]) -> list[Notice]:
    """Notices that are owed and have no outcome yet, be it sent, failed or skipped."""
    return sorted(list_owed(story, rules, used) - {notice for one in story.notices for notice in _notices(one)})


def list_owed(story: Story, rules: Rules, used: Collection[str]) -> set[Notice]:
    """What the town's rules ask for on the bus, on the channels that there are."""
    return {
        (event.envelope.type, rule.audience, channel)
        for event in story.begun
        for rule in rules.get(event.envelope.type, ())
        if rule.audience in PEOPLE and matches(rule, event.envelope.type, event.data)
        if rule.audience != "follower" or _is_followed(story, event)
        for channel in rule.channels
        if channel in used
    }


def _is_followed(story: Story, event: Seen) -> bool:
    """Somebody followed by then; who comes later is told of what happens later."""
    return any(one.envelope.time <= event.envelope.time for one in story.followed)


def notice_faults(story: Story, rules: Rules, used: Collection[str]) -> list[str]:
    """Messages that are missing, and messages that went out more than once."""
    due = list_owed(story, rules, used)
    deliveries: dict[Notice, set[str]] = {}
    for one in story.notices:
        for notice in _notices(one):
            deliveries.setdefault(notice, set()).add(one.envelope.subject)
    ends = Counter(one.envelope.subject for one in story.notices)
    return [
        *(f"no notice of {_words(one)}" for one in sorted(due - set(deliveries))),
        *(f"{len(ids)} notices of {_words(one)}" for one, ids in deliveries.items() if one in due and len(ids) > 1),
        *(f"delivery {one} ended {times} times" for one, times in ends.items() if times > 1),
    ]


def _of_rows(read: int, answers: Sequence[Answer], accepted: Sequence[Answer]) -> Iterable[Difference]:
    if read != len(answers):
        yield Difference("all rows", f"{read} were read and {len(answers)} have an outcome")
    for case, times in Counter(answer.id for answer in accepted).items():
        if times > 1:
            rows = ", ".join(str(answer.row.number) for answer in accepted if answer.id == case)
            yield Difference(f"rows {rows}", f"became one report, {case}")


def _of_orders(accepted: Sequence[Answer], stories: Mapping[str, Story]) -> Iterable[Difference]:
    """A work order that is about two reports of this run: then one of them has no work of its own."""
    held = Counter(chain.from_iterable({one.envelope.subject for one in story.created} for story in stories.values()))
    for order, times in held.items():
        if times > 1:
            about = [
                one.reference
                for one in accepted
                if order in {seen.envelope.subject for seen in stories[one.id].created}
            ]
            yield Difference(", ".join(about), f"share the work order {order}")


def _once(what: str, ids: Sequence[str]) -> list[str]:
    different = sorted(set(ids))
    if len(different) == 1:
        return []
    return [f"{len(different)} × {what}: {', '.join(different)}" if different else f"no {what}"]


def _notices(seen: Seen) -> list[Notice]:
    return [(seen.data["about"], seen.data["audience"], one["channel"]) for one in seen.data["channels"]]


def _words(notice: Notice) -> str:
    about, audience, channel = notice
    return f"{about.removeprefix('onestop.').removesuffix('.v1')} to {audience} by {channel}"

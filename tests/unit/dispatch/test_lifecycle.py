"""Any order of acts, comments, corrections and waiting keeps the rules: a machine that tries them all."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.dispatch.bodies import Acknowledge, Assign, Body, Cancel, Complete, Pause, Refer, Refuse, Resume, Start
from services.dispatch.commands import decide
from services.dispatch.domain import from_report
from services.dispatch.domain.acts import in_order, offered
from services.dispatch.domain.clocks import calendar_of
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.states import OPEN, STATES, ActName
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.routing_facts import facts_of_order
from shared.events.base import Event
from shared.events.reports import ReportAmended, ReportCommented
from shared.events.work_orders import WorkOrderEscalated
from shared.kernel import Reject, Step
from tests.support.lifecycle import Reader
from tests.support.work import MONDAY, OFFICER, begun, by, submitted, town, wake_at

CATEGORIES = ("water-leak", "noise", "dumped-rubbish", "other", "power-cut")
TEAMS = st.sampled_from([*town().teams])
BODIES: dict[ActName, st.SearchStrategy[Any]] = {
    "acknowledge": st.just(Acknowledge()),
    "start": st.builds(Start, stage=st.sampled_from([None, "on_the_way", "on_site"])),
    "pause": st.builds(Pause, reason=st.sampled_from(["part", "weather", "other"])),
    "resume": st.just(Resume()),
    "complete": st.builds(Complete, note=st.just("แก้แล้ว"), photos=st.just(["/p/1"])),
    "refuse": st.just(Refuse(reason="ไม่ใช่งานของเรา")),
    "refer": st.builds(Refer, agency=st.sampled_from([*town().agencies]), status=st.sampled_from(["sent", "failed"])),
    "assign": st.builds(Assign, team=TEAMS),
    "cancel": st.just(Cancel(outcome="cannot_be_done", reason="ที่ดินเอกชน")),
}
# Refused although the state allows the act: the stage is the present one, the team has it already, triage itself.
ALLOWED_REFUSALS = {"stale-action", "same-team", "triage-refuses"}


class Lifecycle(RuleBasedStateMachine):
    """One work order through anything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.work: WorkOrder
        self.at = MONDAY
        self.told: list[tuple[str, int, Any]] = []
        self.reader = Reader("work-order")

    @initialize(category=st.sampled_from(CATEGORIES))
    def report(self, category: str) -> None:
        self._took_effect(begun(submitted(category)))

    def _took_effect(self, step: Step[WorkOrder]) -> None:
        self.work = WorkOrder.model_validate(step.state.model_dump())  # as the database gives it back
        for event in step.events:
            self.reader.hear(event)
        self.told += [self._rung(event) for event in step.events if isinstance(event, WorkOrderEscalated)]

    def _rung(self, event: Event) -> tuple[str, int, Any]:
        assert isinstance(event, WorkOrderEscalated)
        return event.clock, event.percent, event.due_at

    @rule(data=st.data(), act=st.sampled_from([*BODIES]), minutes=st.integers(0, 600), offline=st.integers(0, 900))
    def somebody_acts(self, data: st.DataObject, act: ActName, minutes: int, offline: int) -> None:
        """Now, or some time ago on a phone that was out of reach until now."""
        self.at += timedelta(minutes=minutes)
        before, body = self.work, data.draw(BODIES[act])
        outcome = self._tried(act, body, timedelta(minutes=max(0, offline - 300)))
        allowed = act in offered(before)
        if isinstance(outcome, Reject):
            assert not allowed or outcome.code in ALLOWED_REFUSALS
            return
        assert allowed
        assert outcome.events
        self._took_effect(outcome)

    def _tried(self, act: ActName, body: Body, ago: timedelta) -> Step[WorkOrder] | Reject:
        acting = by(OFFICER, self.at, self.at - ago if ago else None)
        try:
            return decide(town(), self.work, act, in_order(self.work, acting), body)
        except Reject as refusal:
            return refusal

    @rule(minutes=st.integers(0, 600))
    def somebody_comments(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        before = self.work
        event = ReportCommented(reference=before.reference, category=before.category, by="public", text="ยังรออยู่")
        self._took_effect(from_report.add_comment(before, event, self.at))
        assert self.work.clocks == before.clocks
        assert (self.work.state, self.work.team, self.work.level) == (before.state, before.team, before.level)

    @rule(category=st.sampled_from(CATEGORIES), sequence=st.integers(2, 20))
    def somebody_corrects(self, category: str, sequence: int) -> None:
        before = self.work
        event = ReportAmended(reference=before.reference, category=category)
        facts = facts_of_order(town(), from_report.correct(before, event))
        self._took_effect(from_report.amend(town(), before, event, facts, sequence, self.at))
        assert self.work.category == (before.category if sequence < before.report.amended else category)

    @precondition(lambda self: wake_at(self.work) is not None)
    @rule()
    def time_passes(self) -> None:
        due = wake_at(self.work)
        assert due is not None
        self.at = max(self.at, due)
        step = elapse(town(), self.work, self.at)
        assert step is not None
        self._took_effect(step)
        after = wake_at(self.work)
        assert after is None or after > self.at

    @invariant()
    def who_reads_the_events_knows_where_it_stands(self) -> None:
        traits = STATES[self.work.state]
        coarse = "waiting" if traits.unseen else "taken" if traits.taken else self.work.state
        assert self.reader.states == {coarse}

    @invariant()
    def somebody_holds_it(self) -> None:
        assert self.work.team in town().teams
        assert (self.work.state == "new") <= (self.work.team == town().triage)
        assert (self.work.state == "paused") == (self.work.waiting is not None)
        assert self.work.state != "referred" or self.work.referral is not None

    @invariant()
    def open_work_is_watched_and_closed_work_is_not(self) -> None:
        assert self.work.is_open == (self.work.state in OPEN) == (self.work.closed_at is None)
        if not self.work.is_open:
            assert wake_at(self.work) is None
        elif self.work.state == "paused":
            assert wake_at(self.work) is not None

    @invariant()
    def nobody_is_told_twice_of_the_same_due_time(self) -> None:
        assert len(self.told) == len(set(self.told))

    @invariant()
    def no_promise_is_broken_by_waiting(self) -> None:
        clock = self.work.clocks.resolve
        if clock is not None:
            calendar = calendar_of(town(), self.work.clocks.service_level)
            assert round(calendar.minutes_between(clock.runs_from, clock.due_at)) == clock.minutes


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)

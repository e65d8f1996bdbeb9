"""Any order of acts, comments, corrections and waiting keeps the rules: a machine that tries them all."""

from datetime import timedelta
from typing import Any, Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.dispatch.bodies import (
    Acknowledge,
    AgencyAnswer,
    AgencyAsk,
    AgencyDecline,
    AgencyDone,
    AgencyReceive,
    Assign,
    Body,
    Cancel,
    Complete,
    Drop,
    Give,
    OfTeam,
    Pause,
    Refer,
    Refuse,
    Resume,
    SendBack,
    Split,
    Start,
    Take,
    TakeBack,
    TellAgency,
    Verify,
)
from services.dispatch.commands import decide
from services.dispatch.domain import checking, crew_work, desk_work, from_report, splitting
from services.dispatch.domain.acts import in_order, list_offered
from services.dispatch.domain.chasing import chase
from services.dispatch.domain.colleagues import Member
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.referring import note_told
from services.dispatch.domain.service_levels import calendar_of
from services.dispatch.domain.states import OPEN, STATES, ActName
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.routing_facts import facts_of_order
from shared.events.base import Event
from shared.events.reports import ReportAmended, ReportCommented
from shared.events.work_orders import WorkOrderEscalated
from shared.kernel import Reject, Step
from tests.support.lifecycle import Reader
from tests.support.work import MONDAY, OFFICER, SOMCHAI, begun, by, submitted, town, wake_at

CATEGORIES = ("water-leak", "noise", "dumped-rubbish", "other", "power-cut")
KHAMPAN = Actor(sub="crew-water-2", name="คำปัน ท่อใหญ่")
PEOPLE = st.sampled_from([OFFICER, OFFICER, SOMCHAI, KHAMPAN])
CHILD_OF = "01KB57W53GN6B2X8QK4HT9VR0M"
TEAMS = st.sampled_from([*town().teams])
SHARES = st.builds(OfTeam, team=TEAMS, task=st.just("ส่วนหนึ่ง"))
BODIES: dict[ActName, st.SearchStrategy[Any]] = {
    "acknowledge": st.just(Acknowledge()),
    "start": st.builds(Start, stage=st.sampled_from([None, "on_the_way", "on_site"])),
    "pause": st.builds(
        Pause, reason=st.sampled_from(["part", "weather", "reporter", "other"]), note=st.sampled_from([None, "จุดใด"])
    ),
    "resume": st.just(Resume()),
    "complete": st.builds(Complete, note=st.just("แก้แล้ว"), photos=st.just(["/p/1"])),
    "refuse": st.just(Refuse(reason="ไม่ใช่งานของเรา")),
    "refer": st.builds(Refer, agency=st.sampled_from([*town().agencies]), text=st.sampled_from([None, "ท่อเมน"])),
    "take_back": st.just(TakeBack()),
    "tell_agency": st.just(TellAgency(text="รายละเอียดเพิ่มเติม")),
    "assign": st.builds(Assign, team=TEAMS),
    "take": st.builds(Take, instead_of=st.sampled_from([None, SOMCHAI.sub, KHAMPAN.sub])),
    "give": st.builds(Give, person=st.sampled_from([SOMCHAI.sub, KHAMPAN.sub])),
    "drop": st.just(Drop()),
    "split": st.builds(Split, shares=st.lists(SHARES, min_size=1, max_size=3)),
    "verify": st.just(Verify()),
    "send_back": st.just(SendBack(reason="ยังไม่เรียบร้อย")),
    "cancel": st.just(Cancel(outcome="cannot_be_done", reason="ที่ดินเอกชน")),
}
ONWARDS: tuple[ActName, ...] = ("acknowledge", "start", "resume", "complete", "split", "verify", "send_back")
SAYINGS: dict[ActName, Body] = {
    "agency_receive": AgencyReceive(agency_reference="1182"),
    "agency_answer": AgencyAnswer(agency_reference="1182", note="พรุ่งนี้"),
    "agency_ask": AgencyAsk(note="จุดใด"),
    "agency_decline": AgencyDecline(note="ไม่ใช่ของเรา"),
    "agency_done": AgencyDone(),
}
# Refused although the state allows the act: the stage is the present one, the team or agency has it already, triage
# itself, an agency that may not read the report and is told nothing else; a colleague has it;
# who did it checks it; its report is closed for good; too few shares or too many; triage waits for its reporter alone.
ALLOWED_REFUSALS = {
    "stale-action", "same-team", "triage-refuses", "already-referred", "referral-text", "with-colleague",
    "has-it-already", "not-of-the-team", "own-work", "too-late-to-send-back", "shares",
    "triage-asks",
}  # fmt: skip


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
        """Now, or some time ago on a phone that was out of reach until now; the desk, or one of the team."""
        self._act(data, act, minutes, offline)

    def _act(self, data: st.DataObject, act: ActName, minutes: int, offline: int) -> None:
        self.at += timedelta(minutes=minutes)
        before, body, who = self.work, data.draw(BODIES[act]), data.draw(PEOPLE)
        outcome = self._tried(act, body, timedelta(minutes=max(0, offline - 300)), who)
        allowed = act in list_offered(before)
        if isinstance(outcome, Reject):
            assert not allowed or outcome.code in ALLOWED_REFUSALS
            return
        assert allowed
        assert outcome.events
        self._took_effect(outcome)

    @precondition(lambda self: any(act in ONWARDS for act in list_offered(self.work)))
    @rule(data=st.data(), minutes=st.integers(0, 600))
    def it_goes_on(self, data: st.DataObject, minutes: int) -> None:
        """Of all that might be tried little leads far: this comes to what is checked and sent back."""
        act = data.draw(st.sampled_from([act for act in ONWARDS if act in list_offered(self.work)]))
        self._act(data, act, minutes, 0)

    @rule(act=st.sampled_from([*SAYINGS]), minutes=st.integers(0, 600))
    def an_agency_says_something(self, act: ActName, minutes: int) -> None:
        """Whenever it likes: what it says of work that it does not have moves nothing."""
        self.at += timedelta(minutes=minutes)
        before = self.work
        outcome = self._tried(act, SAYINGS[act], timedelta())
        if isinstance(outcome, Reject):
            assert before.referral is None
            return
        self._took_effect(outcome)
        if before.state != "referred":
            assert self.work.standing == before.standing
            assert wake_at(self.work) == wake_at(before)

    @rule(end=st.sampled_from(["sent", "failed"]))
    def the_message_to_the_agency_ends(self, end: Literal["sent", "failed"]) -> None:
        step = note_told(town(), self.work, Acting(None, self.at), end=end, why="smtp-550")
        waited = self.work.referral is not None and self.work.referral.status == "sending" and self.work.is_open
        assert (step is not None) == waited
        if step is not None:
            self._took_effect(step)

    def _tried(self, act: ActName, body: Body, ago: timedelta, who: Actor = OFFICER) -> Step[WorkOrder] | Reject:
        team = None if who == OFFICER else self.work.team
        acting = by(who, self.at, self.at - ago if ago else None, team=team)
        named = getattr(body, "person", None)
        member = Member(named, "", self.work.team) if named else None
        try:
            return decide(town(), self.work, act, in_order(self.work, acting), body, member)
        except Reject as refusal:
            return refusal

    @precondition(lambda self: self.work.children_due is not None)
    @rule()
    def its_shares_begin(self) -> None:
        self._took_effect(splitting.note_begun(self.work, ended=not self.work.is_open))

    @precondition(lambda self: any(child.state == "open" for child in self.work.children))
    @rule(done=st.booleans(), minutes=st.integers(0, 600))
    def a_share_is_over(self, done: bool, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        child = next(child for child in self.work.children if child.state == "open")
        share = splitting.begin_child(town(), CHILD_OF, self.work, child, self.at).state
        taken = crew_work.acknowledge(town(), share, by(OFFICER, self.at)).state if share.state == "assigned" else share
        acting = by(OFFICER, self.at)
        ended = (
            crew_work.complete(town(), taken, acting, note="แก้แล้ว", photos=["/p/1"])
            if done and taken.state == "acknowledged"
            else desk_work.cancel(town(), taken, acting, outcome="not_ours", reason="x")
        )
        step = splitting.hear_of_child(town(), self.work, child.id, ended.state, self.at)
        assert step is not None
        assert splitting.hear_of_child(town(), step.state, child.id, ended.state, self.at) is None
        self._took_effect(step)

    @rule(stars=st.integers(1, 5))
    def the_resident_rates_it(self, stars: int) -> None:
        step = checking.confirm(town(), self.work, stars, self.at)
        assert (step is not None) == (self.work.to_verify and stars >= 3)
        if step is not None:
            self._took_effect(step)

    @rule(minutes=st.integers(0, 600))
    def somebody_comments(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        before = self.work
        event = ReportCommented(reference=before.reference, category=before.category, by="public", text="ยังรออยู่")
        self._took_effect(from_report.add_comment(town(), before, event, self.at))
        assert self.work.clocks == before.clocks
        assert (self.work.state, self.work.team, self.work.level) == (before.state, before.team, before.level)

    @rule(minutes=st.integers(0, 600))
    def the_reporter_answers(self, minutes: int) -> None:
        """What triage has asked them about goes on; nothing else does."""
        self.at += timedelta(minutes=minutes)
        before = self.work
        event = ReportCommented(reference=before.reference, category=before.category, by="reporter", text="หน้าวัด")
        self._took_effect(from_report.add_comment(town(), before, event, self.at))
        assert self.work.state == ("new" if before.waits_in_triage else before.state)
        assert before.waits_in_triage or self.work.clocks == before.clocks

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
        for happens in (elapse, chase):
            if step := happens(town(), self.work, self.at):
                self._took_effect(step)
                due = None
        assert due is None
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
        held = self.work.referral is not None and self.work.referral.holds
        assert (self.work.state == "referred") <= held
        assert not (held and self.work.is_open) or self.work.state == "referred"

    @invariant()
    def who_has_it_is_of_a_team_that_has_it(self) -> None:
        assert self.work.person is None or self.work.state not in ("new", "referred", "split")
        assert not self.work.to_verify or self.work.state == "completed"

    @invariant()
    def split_work_waits_for_its_shares_and_for_nothing_else(self) -> None:
        waits = any(child.is_open for child in self.work.children)
        assert (self.work.state == "split") <= waits
        assert not waits or self.work.state == "split" or not self.work.is_open

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
            clocks = self.work.clocks
            calendar = calendar_of(town(), clocks.service_level, clocks.priority)
            assert round(calendar.minutes_between(clock.runs_from, clock.due_at)) == clock.minutes


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)

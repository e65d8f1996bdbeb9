"""An incident that was closed by mistake goes on: with its work and its reports, and with one word to each of them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from services.dispatch import belonging, joins, leading, settling
from services.dispatch.bodies import Body
from services.dispatch.domain import checking, crew_work, desk_work, membership, pausing
from services.dispatch.domain.clocks import Pause
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.incident_course import Lead, resolve
from services.dispatch.domain.incident_reopening import may_go_on, reopen
from services.dispatch.domain.incident_work import end_with, stand_aside, stand_aside_again
from services.dispatch.domain.membership import Membership
from services.dispatch.domain.taking_back import reopens_until
from services.dispatch.domain.work_order import WorkOrder, order_id
from services.dispatch.incident_acts import announce, deny_incident, remove_report
from services.dispatch.incident_bodies import Announce, Remove, Reopen
from services.dispatch.incident_reopening import reopen_incident
from shared.events.base import Place
from shared.events.outcomes import Outcome
from shared.kernel import Case, Cause, Reject, Step, now
from tests.support.found import Storm, acting, asked
from tests.support.incidents import confirmed, done, finished
from tests.support.outages import (
    close,
    made_part_of_another,
    made_part_of_another_as_soon_as_it_was_taken_back,
    new_work,
    of_an_outage,
    over_before_its_reports_are_there_and_taken_back,
    take_back,
)
from tests.support.work import MONDAY, SOMCHAI, begun, by, submitted, town, with_days

NOTE = "ไฟยังดับอยู่ฝั่งตะวันตก"
NAREE = Actor(sub="officer-2", name="นารี ตรวจงาน")


@pytest.fixture
async def storm() -> Storm:
    """A power cut that was confirmed and is over."""
    storm = Storm()
    await storm.cut()
    await confirmed(storm, note="แจ้งการไฟฟ้าแล้ว")
    await finished(storm)
    return storm


async def taken_back(storm: Storm, incident_id: str = "", **said: object) -> str:
    incident_id = incident_id or (await storm.only())[0]
    body = Reopen.model_validate({"note": NOTE, **said})
    await reopen_incident(storm.desk, asked(body), incident_id, body)
    await storm.settle()
    return incident_id


def said_of_work(storm: Storm, report: str) -> list[str]:
    entries = storm.service.tables["work_orders"].outbox
    types = [dict(one.headers)["ce_type"].decode() for one in entries if one.messages[0].key == order_id(report)]
    return [one.split(".")[2] for one in types]


async def test_its_work_goes_on_and_whoever_was_told_of_its_end_hears_once_that_it_goes_on(storm: Storm) -> None:
    incident_id = await taken_back(storm)
    lead, *others = storm.reports

    incident = (await storm.incidents())[incident_id]
    assert (incident.state, incident.outcome, incident.closed_at, incident.done) == ("open", None, None, None)
    assert storm.said(incident_id) == ["opened", "closed", "reopened"]
    assert [storm.said(one) for one in others] == [["joined", "resolved", "went-on"]] * 4
    assert storm.last(others[0])["note"] == NOTE
    assert said_of_work(storm, lead)[-1] == "sent-back"
    assert storm.said(lead) == ["joined"]  # its own work says it
    work = await storm.order(lead)
    assert (work.state, work.leads, work.rework and work.rework.reason) == ("assigned", True, NOTE)


async def test_the_other_work_stands_aside_again_with_the_promises_of_before() -> None:
    storm = Storm()
    await storm.cut()
    await confirmed(storm)
    before = [await storm.order(one) for one in storm.reports[1:]]
    await finished(storm)
    await taken_back(storm)
    after = [await storm.order(one) for one in storm.reports[1:]]

    assert all(one.stands_aside and one.outcome is None for one in after)
    assert [one.clocks for one in after] == [one.clocks for one in before]


async def test_it_ends_again_for_everyone_and_can_be_taken_back_again(storm: Storm) -> None:
    incident_id = await taken_back(storm)
    lead, *others = storm.reports
    await finished(storm)
    assert [storm.said(one) for one in others] == [["joined", "resolved", "went-on", "resolved"]] * 4
    assert (await storm.order(others[0])).closed_at is not None

    await taken_back(storm)
    assert storm.said(incident_id) == ["opened", "closed", "reopened", "closed", "reopened"]
    assert (await storm.order(lead)).is_open


async def test_new_reports_join_it_again_as_if_it_had_just_begun(storm: Storm) -> None:
    await taken_back(storm)
    later = await storm.report(at=now())

    assert storm.said(later) == ["joined"]


async def test_who_came_alone_while_it_was_taken_for_over_joins_it_and_is_told_once(storm: Storm) -> None:
    """They joined only by an officer's hand: their crews drove to what the incident's crew was at."""
    meanwhile = [await storm.report(at=now()) for _ in range(2)]
    assert [storm.said(one) for one in meanwhile] == [[], []]
    incident_id = await taken_back(storm)

    for report in meanwhile:
        assert storm.said(report) == ["joined"]
        assert (await storm.membership(report)).incident == incident_id
        assert (await storm.order(report)).stands_aside
    await finished(storm)
    assert storm.said(meanwhile[0]) == ["joined", "resolved"]


async def test_whoever_the_limits_of_a_later_report_keep_out_stays_alone(storm: Storm) -> None:
    """Another kind, another place, from before its end, what is done by now, and what an officer took out."""
    far = Place(latitude=18.80, longitude=98.90, accuracy_m=10)
    others = [await storm.report("water-leak", at=now()), await storm.report(at=now(), place=far)]
    before = await storm.report(at=MONDAY - timedelta(days=2))
    over, taken_out = await storm.report(at=now()), await storm.report(at=now())
    await storm.act(over, lambda order: desk_work.cancel(town(), order, acting(now()), outcome="not_ours", reason="x"))
    await taken_back(storm)
    (incident_id,) = await storm.incidents()
    body = Remove(reference=(await storm.order(taken_out)).reference, reason="คนละเรื่อง")
    await remove_report(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    assert [storm.said(one) for one in (*others, before, over)] == [[]] * 4
    assert storm.said(taken_out) == ["joined", "left"]
    assert [(await storm.order(one)).is_open for one in (*others, before, taken_out)] == [True] * 4
    await finished(storm)
    await taken_back(storm)
    assert storm.said(taken_out) == ["joined", "left"], "an officer's word stands"


async def test_a_process_that_died_while_it_woke_them_wakes_each_once(
    storm: Storm, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = [await storm.report(at=now()) for _ in range(2)]
    wake = membership.look_again

    def dies(before: Membership | None, at: datetime) -> Step[Membership] | None:
        monkeypatch.setattr(membership, "look_again", wake)
        raise ConnectionError

    monkeypatch.setattr(membership, "look_again", dies)
    with pytest.raises(ConnectionError):
        await taken_back(storm)
    assert (await storm.only())[1].missed_since is not None
    await storm.settle()

    assert [storm.said(one) for one in meanwhile] == [["joined"]] * 2
    assert (await storm.only())[1].missed_since is None


async def test_closed_again_before_they_were_woken_they_stay_alone_until_it_goes_on_again(storm: Storm) -> None:
    incident_id, incident = await storm.only()
    report = await storm.report(at=now())
    assert incident.closed_at is not None
    again = reopen(town(), incident_id, incident, lead_of_one(incident), now()).state
    over = resolve(incident_id, again, "fixed", now())
    assert over is not None
    assert again.missed_since == over.state.missed_since == incident.closed_at

    later = reopen(town(), incident_id, over.state, lead_of_one(incident), now()).state
    assert later.missed_since == incident.closed_at, "since it was over for the first time"
    assert storm.said(report) == []


def lead_of_one(incident: Incident) -> Lead:
    return Lead(incident.work_order, incident.report, incident.reference, incident.team, incident.level, None)


async def test_until_when_it_is_expected_to_last_is_said_with_it(storm: Storm) -> None:
    until = now() + timedelta(hours=3)
    incident_id = await taken_back(storm, expected_until=until)

    assert (await storm.incidents())[incident_id].expected_until == until
    assert storm.last(storm.reports[3])["expected_until"].startswith(f"{until:%Y-%m-%dT%H:%M}")


async def test_what_was_opened_again_or_merged_meanwhile_does_not_come_back_in(storm: Storm) -> None:
    await new_work(storm, storm.reports[1])
    await belonging.be_gone(storm.desk, storm.reports[2], Cause.request())  # as `report.merged` does
    await taken_back(storm)

    for report in storm.reports[1:3]:
        assert storm.said(report) == ["joined", "resolved"]
        assert (await storm.order(report)).closed_at is not None
    assert storm.said(storm.reports[3])[-1] == "went-on"


async def test_another_does_its_work_where_the_report_that_did_has_new_work_of_its_own(storm: Storm) -> None:
    lead, second, third, *_ = storm.reports
    await storm.act(lead, lambda order: done(checking.note_reopened(town(), order, now())))
    await new_work(storm, lead)
    incident_id = await taken_back(storm)

    assert not (await storm.order(lead)).is_open
    assert (await storm.order(second)).leads
    assert (await storm.order(second)).is_open
    assert (await storm.order(third)).stands_aside
    assert (await storm.incidents())[incident_id].work_order == order_id(second)
    assert storm.said(second)[-1] == "went-on"
    assert said_of_work(storm, lead)[-1] != "sent-back"


@pytest.mark.parametrize("pressed", [0, 2], ids=["the report that does its work", "one that stands aside"])
async def test_a_resident_who_says_so_in_the_same_moment_ends_it_for_nobody_else(storm: Storm, pressed: int) -> None:
    """The page still says that it is over: until the news is there, and that is the whole of an outage of Kafka."""
    incident_id = await taken_back(storm)
    report = storm.reports[pressed]
    others = [one for one in storm.reports if one != report]
    await storm.act(report, lambda order: done(checking.note_reopened(town(), order, now())))
    await new_work(storm, report)
    await storm.settle()

    incident = (await storm.incidents())[incident_id]
    assert (incident.state, storm.said(incident_id)[:3]) == ("open", ["opened", "closed", "reopened"])
    assert all(storm.said(one)[-1] in ("went-on", "joined") for one in others)
    assert [(await storm.order(one)).leads for one in others] == [True, False, False, False]
    before = await storm.order(report)
    assert (before.is_open, before.leads) == (False, pressed == 0)
    await finished(storm)
    assert [storm.said(one)[-1] for one in others[1:]] == ["resolved"] * 3


@pytest.mark.parametrize("outcome", ["duplicate", "withdrawn"])
async def test_work_that_is_called_off_for_its_own_report_alone_ends_no_incident(outcome: Outcome) -> None:
    storm = Storm()
    await storm.cut()
    incident_id = await confirmed(storm)
    lead, second, *_ = storm.reports
    await storm.act(lead, lambda order: desk_work.cancel(town(), order, acting(now()), outcome=outcome, reason="ซ้ำ"))
    await storm.settle()

    assert (await storm.incidents())[incident_id].is_open
    assert (await storm.order(second)).leads
    assert storm.said(second) == ["joined"]


async def test_where_nobody_is_left_in_it_there_is_nothing_to_take_back(storm: Storm) -> None:
    for report in storm.reports:
        await storm.act(report, lambda order: done(checking.note_reopened(town(), order, now())))
        await new_work(storm, report)
    with pytest.raises(Reject, match="incident-nobody-left"):
        await taken_back(storm)


async def test_one_that_was_called_off_goes_on_too() -> None:
    storm = Storm()
    await storm.cut()
    incident_id = await confirmed(storm)
    await storm.act(
        storm.reports[0],
        lambda order: desk_work.cancel(town(), order, acting(now()), outcome="not_ours", reason="ที่เอกชน"),
    )
    assert (await storm.incidents())[incident_id].outcome == "not_ours"
    await taken_back(storm)

    assert (await storm.order(storm.reports[0])).is_open
    assert storm.said(storm.reports[1]) == ["joined", "resolved", "went-on"]


async def test_whoever_checks_its_work_and_sends_it_back_says_that_it_is_not_over() -> None:
    """An urgent incident's completed work had one possible answer: verified."""
    storm = Storm()
    await storm.cut()
    incident_id = await confirmed(storm, note="รอการไฟฟ้า")
    await finished(storm)
    lead = storm.reports[0]
    await storm.act(lead, lambda order: checking.send_back(town(), order, Acting(NAREE, now()), reason="หม้อแปลงยังเสีย"))

    incident = (await storm.incidents())[incident_id]
    assert (incident.state, incident.note) == ("open", None)
    assert [storm.said(one) for one in storm.reports[1:]] == [["joined", "resolved", "went-on"]] * 4
    assert "note" not in storm.last(storm.reports[1]) or storm.last(storm.reports[1])["note"] is None  # staff's words


async def test_the_same_press_again_tells_nobody_twice(storm: Storm) -> None:
    incident_id, _ = await storm.only()
    body = Reopen(note=NOTE)
    for _ in range(2):
        await reopen_incident(storm.desk, asked(body, "key"), incident_id, body)
        await storm.settle()

    assert storm.said(incident_id) == ["opened", "closed", "reopened"]
    assert storm.said(storm.reports[2]) == ["joined", "resolved", "went-on"]
    assert storm.trail(incident_id)[-1] == ("reopen", "officer")


async def test_a_process_that_died_with_the_work_taken_up_loses_nothing(storm: Storm) -> None:
    """The work's news reopens the incident; the officer's words follow when they ask again."""
    incident_id, _ = await storm.only()
    lead, body = storm.reports[0], Reopen(note=NOTE)
    ask = asked(body, "key")
    await storm.desk.store.orders.step(
        order_id(lead),
        lambda order, c: checking.open_again(town(), order, ask.acting(c), NOTE) if order else None,
        ask.cause(incident_id),
    )
    await storm.settle()
    assert storm.said(storm.reports[1]) == ["joined", "resolved", "went-on"]

    await reopen_incident(storm.desk, ask, incident_id, body)
    await storm.settle()
    assert storm.said(incident_id) == ["opened", "closed", "reopened", "changed"]
    assert storm.last(storm.reports[1])["note"] == NOTE
    assert (await storm.order(lead)).rework.times == 1  # type: ignore[union-attr]


async def test_whoever_was_not_told_yet_that_it_is_over_hears_how_it_stands_and_no_more(
    storm: Storm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk of its end had not come to everybody when it was taken back."""
    await taken_back(storm)
    monkeypatch.setattr(joins, "PAGE", 2)
    body = Reopen(note="อีกครั้ง")
    (incident_id,) = await storm.incidents()
    reached: list[str] = []
    tell = joins._tell

    async def only_some(desk: object, *about: object) -> None:
        if len(reached) < 2:
            reached.append(str(about[2]))
            await tell(desk, *about)  # type: ignore[arg-type]
        else:
            raise AssertionError

    monkeypatch.setattr(joins, "_tell", only_some)
    with pytest.raises(AssertionError):
        await finished(storm)
    monkeypatch.setattr(joins, "_tell", tell)
    await reopen_incident(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    told, untold = [set(part) - {storm.reports[0]} for part in (reached, set(storm.reports) - set(reached))]
    assert all(storm.said(one)[-2:] == ["resolved", "went-on"] for one in told)
    assert all(storm.said(one)[-2:] == ["went-on", "told"] for one in untold)
    assert all([(await storm.order(one)).stands_aside for one in storm.reports[1:]])


async def test_what_is_said_of_it_later_reaches_the_report_whose_work_it_is_too(storm: Storm) -> None:
    incident_id = await taken_back(storm)
    body = Announce(note="คืนนี้เสร็จ")
    await announce(storm.desk, asked(body), incident_id, body)
    await storm.settle()

    assert storm.said(storm.reports[0]) == ["joined", "told"]


async def test_after_the_time_in_which_its_reports_can_be_opened_again_it_is_closed_for_good(storm: Storm) -> None:
    incident_id, incident = await storm.only()
    until = reopens_until(town(), incident)
    assert until is not None
    assert may_go_on(town(), incident, until)
    assert not may_go_on(town(), incident, until + timedelta(seconds=1))
    later = with_days(town(), incident.category, 60)  # what its residents were promised stays
    assert reopens_until(later, incident) == until
    assert incident.closed_at is not None
    unknown = incident.model_copy(update={"reopen_until": None})  # a release before has not kept it
    assert reopens_until(later, unknown) == incident.closed_at + timedelta(days=60)

    long_ago = {"closed_at": now() - timedelta(days=400), "reopen_until": now() - timedelta(days=397)}
    await storm.desk.store.incidents.step(
        incident_id,
        lambda before, _: Step(before.model_copy(update=long_ago)) if before else None,
        Cause.request(),
    )
    with pytest.raises(Reject, match="incident-over-for-good"):
        await taken_back(storm)
    assert not (await storm.order(storm.reports[0])).is_open


async def test_one_that_goes_on_was_denied_or_is_part_of_another_is_not_taken_back() -> None:
    storm = Storm()
    await made_part_of_another(storm)
    denied = Storm()
    await denied.cut()
    await deny_incident(denied.desk, asked(Body()), (await denied.only())[0])
    before = [await storm.incidents(), await denied.incidents()]
    for each, incidents in zip((storm, denied), before, strict=True):
        for incident_id in incidents:
            with pytest.raises(Reject, match="incident-not-over"):
                await taken_back(each, incident_id)
    assert [len(incidents) for incidents in before] == [2, 1]  # one is part of the other, which goes on
    assert [await storm.incidents(), await denied.incidents()] == before


KNOWN_BEFORE = {
    "incident", "work_order", "reference", "category", "sensitive", "shown", "zone", "latitude", "longitude",
    "reported_at", "state", "joined_at", "left_at", "left_why", "told", "said", "due", "was_due",
}  # fmt: skip


@pytest.mark.parametrize("times", [1, 2])
async def test_whom_the_release_before_told_that_it_is_over_hears_that_it_goes_on(storm: Storm, times: int) -> None:
    """It knew nothing of incidents that go on: all that it has stored is which fact it told last."""
    for report in storm.reports:
        before = (await storm.membership(report)).model_dump(include=KNOWN_BEFORE)
        await storm.desk.store.memberships.step(report, lambda _, __: Step(Membership(**before)), Cause.request())  # noqa: B023
    (incident_id,) = await storm.incidents()
    for _ in range(times - 1):  # and no walk comes in between
        await take_back(storm, incident_id)
        await close(storm, incident_id)
    await take_back(storm, incident_id)
    await storm.settle()

    lead, *others = storm.reports
    assert [storm.said(one)[-1] for one in others] == ["went-on"] * 4
    assert storm.said(lead) == ["joined"]
    assert all([(await storm.order(one)).stands_aside for one in others])


async def test_what_had_come_from_another_incident_when_all_was_over_goes_on_with_it() -> None:
    storm = Storm()
    await over_before_its_reports_are_there_and_taken_back(storm)
    moved, there = storm.reports[:5], storm.reports[5]

    assert [storm.said(one) for one in moved] == [["joined", "joined", "resolved", "went-on"]] * 5
    assert all([(await storm.order(one)).stands_aside for one in moved])
    assert (await storm.order(there)).leads
    await finished(storm)
    assert [storm.said(one)[-1] for one in moved] == ["resolved"] * 5


async def test_one_that_was_taken_back_and_made_part_of_another_at_once_was_not_over_for_its_reports() -> None:
    storm = Storm()
    await made_part_of_another_as_soon_as_it_was_taken_back(storm)
    lead, *others = storm.reports[:5]

    assert [storm.said(one) for one in others] == [["joined", "resolved", "went-on", "joined"]] * 4
    assert storm.said(lead) == ["joined", "joined"]
    assert all([(await storm.order(one)).stands_aside for one in (lead, *others)])


async def test_another_leads_before_anybody_has_heard_that_it_goes_on(storm: Storm) -> None:
    """The walk over a large incident takes a while; whose work led may be called off before it comes by."""
    lead, second, *others = storm.reports
    (incident_id,) = await storm.incidents()
    await take_back(storm, incident_id)
    called_off = done(checking.note_reopened(town(), await storm.order(lead), now()))
    await storm.desk.store.orders.step(order_id(lead), lambda _, __: called_off, Cause.request())
    await leading.follow_work(storm.desk, order_id(lead), Cause.request())
    await leading.find_lead(storm.desk, incident_id, Cause.request())
    await storm.settle()

    assert (await storm.only())[1].is_open
    assert (await storm.order(second)).leads
    assert [storm.said(one)[-1] for one in (second, *others)] == ["went-on"] * 4


@pytest.mark.parametrize("asks", ["tell", "settle"])
async def test_who_read_that_it_is_over_when_it_goes_on_already_ends_no_work(asks: str) -> None:
    """Another process that was slow."""
    storm = Storm()
    await of_an_outage(storm)
    report = storm.reports[2]
    incident_id, _ = await storm.only()
    await close(storm, incident_id)
    _, over = await storm.only()
    await taken_back(storm)
    one, own = await storm.membership(report), await storm.desk.store.orders.get(order_id(report))
    assert own is not None
    if asks == "tell":
        await joins._tell(storm.desk, incident_id, over, report, now())
    else:
        await settling._stand_aside(storm.desk, one, own, over, Cause.request())

    assert (await storm.order(report)).stands_aside
    assert storm.said(report) == ["joined", "told"]


async def test_work_that_was_read_before_it_was_sent_back_ends_nothing(storm: Storm) -> None:
    """A moment that had read the work as it was, and comes to the incident when that goes on again; and the reverse."""
    lead = storm.reports[0]
    incident_id, over = await storm.only()
    stale = Case(order_id(lead), 1, await storm.order(lead))
    await taken_back(storm)
    going_on = (await storm.incidents())[incident_id]
    assert leading.hear_of_work(storm.desk, incident_id, going_on, stale, now()) is None

    again = Case(order_id(lead), 2, await storm.order(lead))
    await finished(storm)
    twice_over = (await storm.incidents())[incident_id]
    assert leading.hear_of_work(storm.desk, incident_id, twice_over, again, now()) is None
    assert over.rounds < twice_over.rounds


@pytest.mark.parametrize(
    "standing",
    [
        lambda order: order,
        lambda order: crew_work.acknowledge(town(), order, by(SOMCHAI, MONDAY + timedelta(minutes=5))).state,
        lambda order: waiting(order, MONDAY + timedelta(minutes=5)),
    ],
    ids=["not taken", "taken", "paused"],
)
def test_clocks_run_on_as_if_they_had_never_stopped(standing: Callable[[WorkOrder], WorkOrder]) -> None:
    work = standing(begun(submitted("power-cut", submitted_at=MONDAY)).state)
    aside = done(stand_aside(work, "01KB58QMC0T5Z9E3PD7AWF1JYS", MONDAY + timedelta(minutes=10))).state
    over = done(end_with(aside, "01KB58QMC0T5Z9E3PD7AWF1JYS", "fixed", MONDAY + timedelta(minutes=20))).state
    back = done(stand_aside_again(town(), over, "01KB58QMC0T5Z9E3PD7AWF1JYS", MONDAY + timedelta(minutes=30))).state

    assert over.clocks.resolve is None or over.clocks.resolve.stopped_at
    assert back.clocks == work.clocks
    assert (back.outcome, back.closed_at, back.goes_on) == (None, None, work.state)


def waiting(order: WorkOrder, at: datetime) -> WorkOrder:
    taken = crew_work.acknowledge(town(), order, by(SOMCHAI, at)).state
    paused = pausing.pause(town(), taken, by(SOMCHAI, at), reason="part").state
    assert paused.pauses == [Pause(since=at)]
    return paused

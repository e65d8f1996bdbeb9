"""The moment in which an incident goes on again: pressed twice, cut off, read before, or told by another release."""

import pytest

from services.dispatch import joins, leading, settling
from services.dispatch.domain import checking
from services.dispatch.domain.membership import Membership
from services.dispatch.domain.work_order import order_id
from services.dispatch.incident_bodies import Reopen
from services.dispatch.incident_reopening import reopen_incident
from shared.kernel import Case, Cause, Step, now
from tests.support.found import Storm, asked
from tests.support.incidents import done, finished
from tests.support.outages import (
    close,
    of_an_outage,
    take_back,
)
from tests.support.reopened import NOTE, over, taken_back
from tests.support.work import town


@pytest.fixture
async def storm() -> Storm:
    """A power cut that was confirmed and is over."""
    return await over()


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
        lambda order, c: checking.open_again(town(), order, ask.build_acting(c), NOTE) if order else None,
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

"""What the store counts and orders is what a work order itself says: late, waiting, urgent."""

from datetime import timedelta

from services.dispatch.domain import crew_work, pausing, referring
from services.dispatch.domain.states import OPEN
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.cards import make_card
from services.dispatch.queries import OPEN_BY, Filter, Standing, Urgency
from services.dispatch.store import Store
from shared.events.ids import new_id
from shared.kernel import Cause, Step, now
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = now()
LATER = AT + 30 * DAY  # long after everything was due


def paused(work: WorkOrder, after: timedelta) -> WorkOrder:
    on_site = crew_work.start(town(), work, by(SOMCHAI, AT), stage="on_site").state
    return pausing.pause(town(), on_site, by(SOMCHAI, AT + after), reason="part", resume_at=AT + 60 * DAY).state


async def test_what_waits_is_late_only_if_it_was_late_before(store: Store) -> None:
    work = order(submitted_at=AT)
    orders = [work, paused(work, timedelta(hours=1)), paused(work, 20 * DAY), order("welfare", submitted_at=LATER)]
    for each in orders:
        await store.orders.step(new_id(), lambda _, c, made=each: Step(made), Cause.request())  # type: ignore[misc]
    late = Filter(states=OPEN, late_at=LATER)
    counted = await store.count_open(LATER)

    assert [each.is_late(LATER) for each in orders] == [True, False, True, False]
    assert sorted(case.state.state for case in await store.list_newest(late, None, 10)) == ["assigned", "paused"]
    assert await store.count(late) == 2
    assert {name: sum(row["late"] for row in counted[name]) for name in OPEN_BY} == dict.fromkeys(OPEN_BY, 2)


async def test_what_a_team_has_is_counted_as_its_cards_are(store: Store) -> None:
    """At a moment when some of it is late, some seen by nobody in time, and some waits."""
    at, old = MONDAY + 5 * HOUR, order(submitted_at=MONDAY - 20 * DAY)
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY)).state
    waits = pausing.pause(town(), taken, by(SOMCHAI, MONDAY + HOUR), reason="part").state
    sent = referring.refer(town(), old, by(OFFICER, MONDAY), agency="pwa").state
    orders = [order(), order(submitted_at=at), old, taken, waits, sent, order("welfare")]
    cases = [
        await store.orders.step(new_id(), lambda _, c, made=each: Step(made), Cause.request())  # type: ignore[misc]
        for each in orders
    ]
    cards = [make_card(town(), case, at) for case in cases if case.state.team == "works-water"]
    late = sum(each.is_late for each in cards)

    assert 2 < late < len(cards)
    assert await store.count_standing("works-water", at) == Standing(to_do=4, waiting=2, late=late)
    assert await store.count_standing("works-roads", at) == Standing()


async def test_the_most_urgent_page_on_without_skipping_or_repeating_also_without_a_due_time(store: Store) -> None:
    timeless = order()
    timeless = timeless.model_copy(update={"clocks": timeless.clocks.model_copy(update={"resolve": None})})
    timed = [order()] * 3 + [order(submitted_at=MONDAY - HOUR), order(submitted_at=MONDAY + HOUR)]
    for each in [timeless] * 3 + timed:
        await store.orders.step(new_id(), lambda _, c, made=each: Step(made), Cause.request())  # type: ignore[misc]
    wanted = Filter(teams=("works-water",), states=OPEN)
    whole = [case.id for case in await store.list_most_urgent(wanted, 20)]
    paged: list[str] = []
    place: Urgency | None = None
    while found := await store.list_most_urgent(wanted, 2, place):
        paged += [case.id for case in found]
        place = (found[-1].state.due_at, found[-1].id)

    assert paged == whole
    assert len(whole) == 8

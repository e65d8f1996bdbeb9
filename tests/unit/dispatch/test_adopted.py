"""What came too late is kept whole, seen by those who did it and by the desk, and taken into the work where it fits."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.dispatch import bodies
from services.dispatch.bodies import Body
from services.dispatch.commands import ActRequest, Desk, act_on_order, add_photo
from services.dispatch.domain import desk_work
from services.dispatch.domain.acts import list_offered
from services.dispatch.domain.adopted import as_it_was_done, note_overtaken
from services.dispatch.domain.history import Entry, Overtaken
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.overtaken import readable
from shared.events.agencies import WorkOrderReferred
from shared.events.times import whole
from shared.events.work_orders import WorkOrderCompleted, WorkOrderPaused
from shared.kernel import Reject, now
from shared.people import Person
from tests.support.came_late import CREW, HOUR, MINUTE, desk_with_work, store_of, work_of
from tests.support.dispatch_pages import BOARD, carded, drawn
from tests.support.uploads import photo
from tests.support.work import MONDAY, SOMCHAI, by, order, town
from tests.support.work import OFFICER as BOSS

MATE = Person(sub="crew-water-2", name="คำปัน ท่อใหญ่", roles=frozenset({"crew"}), team="works-water")
ROADS = Person(sub="crew-roads", name="ทองดี", roles=frozenset({"crew"}), team="works-roads")
OFFICER = Person(sub="officer", name="นภา รับเรื่อง", roles=frozenset({"officer"}))


@pytest.fixture
async def desk() -> Desk:
    return await desk_with_work()


async def act(desk: Desk, name: ActName, body: Body, who: Person = CREW) -> WorkOrder:
    return (await act_on_order(desk, who, "W", name, body, ActRequest())).state


async def refused(desk: Desk, name: ActName, body: Body, who: Person = CREW) -> Reject:
    with pytest.raises(Reject) as caught:
        await act(desk, name, body, who)
    return caught.value


async def given_away(desk: Desk) -> None:
    await act(desk, "assign", bodies.Assign(team="works-roads"), OFFICER)


async def late(desk: Desk, name: ActName, body: Body) -> Overtaken:
    """The step, as the history holds it."""
    assert (await refused(desk, name, body)).code == "came-late"
    line = (await work_of(desk)).history[-1]
    assert line.overtaken is not None
    return line.overtaken


async def finished(desk: Desk, at: datetime, **said: Any) -> bodies.Complete:
    """All that a crew can say of its work, with photos of before and after."""
    before, after = [await add_photo(desk, CREW, "W", photo()) for _ in range(2)]
    used = [bodies.Used(name="ท่อ PVC", quantity=2.5, unit="เมตร")]
    all_of_it = {"note": "เปลี่ยนข้อต่อแล้ว", "before": [before], "photos": [after], "materials": used, "minutes": 90}
    return bodies.Complete(**{**all_of_it, "happened_at": at, **said})


def named(team: str) -> str:
    return town().team_name(team, "th")


def page(work: WorkOrder) -> str:
    return drawn(
        "order.html", path="/desk/x", card=carded(work, "W"), answer=None, earlier=[], rules=[], others=[],
        changed_rules=False, elsewhere=None, reply_key="a-key",
    )  # fmt: skip


async def test_all_that_a_late_step_brought_is_kept_and_shown_with_its_photos(desk: Desk) -> None:
    await given_away(desk)
    said = await finished(desk, now() - HOUR)
    kept = await late(desk, "complete", said)
    shown = page(await work_of(desk))

    assert bodies.Complete.model_validate(kept.brought) == said.model_copy(update={"happened_at": None})
    for path in (*said.before, *said.photos):
        assert f'<a href="{path}" target="_blank" rel="noopener"><img src="{path}"' in shown
    assert "เปลี่ยนข้อต่อแล้ว" in shown
    assert "ท่อ PVC 2.5 เมตร" in shown
    assert "<dd>90</dd>" in shown
    assert f'name="step" value="{kept.id}"' in shown


async def test_the_desk_takes_finished_work_in_as_its_crew_did_it(desk: Desk) -> None:
    await given_away(desk)
    moved = (await work_of(desk)).changed_at
    said = await finished(desk, now() - HOUR)
    kept = await late(desk, "complete", said)
    work = await act(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)
    event, done = store_of(desk).events[-1], work.completion

    assert isinstance(event, WorkOrderCompleted)
    assert (work.state, work.team, work.overtaken) == ("completed", "works-water", 0), "it counts for who did it"
    assert (work.person and work.person.sub, event.team, event.person) == (CREW.sub, "works-water", CREW.sub)
    assert done is not None
    assert done.by is not None
    assert (done.by.sub, done.note, done.minutes) == (CREW.sub, said.note, 90)
    assert (done.before, done.photos) == (said.before, said.photos)
    assert [one.name for one in done.materials] == ["ท่อ PVC"]
    assert done.at == work.closed_at == moved, "not before what brought the work where it is"
    assert event.actor == CREW.sub
    lines = [(line.what, line.actor.sub if line.actor else None) for line in work.history[-2:]]
    assert lines == [("adopted", OFFICER.sub), ("completed", CREW.sub)]
    told = f"นำสิ่งที่ {CREW.name} ส่งมาถึงช้ามาใช้: ปิดงาน นับเป็นงานของ{named('works-water')}แทน{named('works-roads')}"
    assert told in page(work)


async def test_until_it_is_taken_in_the_line_says_of_which_team_it_was(desk: Desk) -> None:
    await given_away(desk)
    kept = await late(desk, "complete", await finished(desk, now() - HOUR))
    work = await work_of(desk)

    assert (kept.team, work.team) == ("works-water", "works-roads")
    assert f"<dt>ทีม</dt><dd>{named('works-water')}</dd>" in page(work)


@pytest.mark.parametrize("team", [None, "health-waste"])
async def test_what_an_older_release_kept_or_somebody_of_no_team_of_it_did_counts_for_who_has_it(
    desk: Desk, team: str | None
) -> None:
    await given_away(desk)
    kept = await late(desk, "complete", await finished(desk, now() - HOUR))
    work = await work_of(desk)
    changed = work.history[-1].model_copy(update={"overtaken": kept.model_copy(update={"team": team})})
    await store_of(desk).put("W", work.model_copy(update={"history": [*work.history[:-1], changed]}))
    done = await act(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)

    assert (done.state, done.team) == ("completed", "works-roads")
    assert done.completion is not None
    assert done.completion.by is not None
    assert done.completion.by.sub == CREW.sub


async def test_what_the_desk_does_in_its_own_name_stays_with_who_has_the_work(desk: Desk) -> None:
    await given_away(desk)
    kept = await late(desk, "refer", bodies.Refer(agency="pwa", happened_at=now() - HOUR))

    assert (await act(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)).team == "works-roads"


@pytest.mark.parametrize(("done", "counts"), [(HOUR / 2, HOUR), (2 * HOUR, 2 * HOUR)], ids=["before", "after"])
def test_finished_work_counts_when_it_was_done_but_never_before_it_came_where_it_is(
    done: timedelta, counts: timedelta
) -> None:
    given = desk_work.assign(town(), order(), by(BOSS, MONDAY + HOUR), team="works-roads").state
    step = Overtaken(id="x", act="complete", brought={"outcome": "not_ours", "note": "x"})
    kept = note_overtaken(given, by(SOMCHAI, MONDAY + 3 * HOUR, MONDAY + done), step)
    then = as_it_was_done(kept, by(BOSS, MONDAY + 4 * HOUR), kept.history[-1])

    assert (then.by, then.at, then.happened) == (SOMCHAI, MONDAY + 4 * HOUR, MONDAY + counts)


@pytest.mark.parametrize(
    "way",
    [
        [],
        [("start", bodies.Start())],
        [("acknowledge", bodies.Acknowledge()), ("pause", bodies.Pause(reason="part"))],
        [("refer", bodies.Refer(agency="pwa"))],
        [("refuse", bodies.Refuse(reason="ไม่ใช่งานของเรา"))],
    ],
    ids=["assigned", "on the way", "paused", "referred", "triage"],
)
async def test_wherever_the_work_stands_it_is_finished_then(desk: Desk, way: list[tuple[ActName, Body]]) -> None:
    await given_away(desk)
    for name, body in way:
        await act(desk, name, body, ROADS)
    kept = await late(desk, "complete", await finished(desk, now() - HOUR))
    work = await act(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)

    assert (work.state, work.waiting, work.outcome) == ("completed", None, "fixed")


async def test_it_is_taken_in_once_and_then_says_so(desk: Desk) -> None:
    await given_away(desk)
    kept = await late(desk, "pause", bodies.Pause(reason="part", note="รอข้อต่อ", happened_at=now() - HOUR))
    await act(desk, "start", bodies.Start(), ROADS)
    work = await act(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)
    event = store_of(desk).events[-1]

    assert (work.state, work.overtaken) == ("paused", 0)
    assert work.waiting is not None
    assert work.waiting.since >= whole(now() - MINUTE), "it waits from now on, whoever waited then"
    assert isinstance(event, WorkOrderPaused)
    assert event.actor == OFFICER.sub
    assert (await refused(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)).code == "overtaken-done"
    assert "นำมาใช้กับงานนี้แล้ว" in page(work)


async def test_a_referral_that_came_late_is_sent_by_whoever_takes_it_in(desk: Desk) -> None:
    await given_away(desk)
    kept = await late(desk, "refer", bodies.Refer(agency="pwa", text="ท่อเมนของ กปภ.", happened_at=now() - HOUR))
    work = await act(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)

    assert work.referral is not None
    assert (work.state, work.referral.text) == ("referred", f"ท่อเมนของ กปภ.\n\n“{work.text}”")
    assert isinstance(store_of(desk).events[-1], WorkOrderReferred)


async def test_where_the_work_is_over_the_page_says_why_nothing_is_taken_in(desk: Desk) -> None:
    await act(desk, "cancel", bodies.Cancel(outcome="not_ours", reason="ของเอกชน"), OFFICER)
    kept = await late(desk, "complete", await finished(desk, now() - HOUR))
    work = await work_of(desk)

    assert "adopt" not in list_offered(work)
    assert (await refused(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)).code == "overtaken-over"
    assert "งานนี้จบแล้วหรือรวมอยู่ในเหตุแล้ว" in page(work)
    assert 'name="step"' not in page(work)


async def test_what_does_not_fit_now_fits_later(desk: Desk) -> None:
    await given_away(desk)
    kept = await late(desk, "pause", bodies.Pause(reason="part", happened_at=now() - HOUR))

    assert (await refused(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)).code == "overtaken-not-now"
    assert "สถานะของงานตอนนี้นำมาใช้ไม่ได้" in page(await work_of(desk))
    await act(desk, "start", bodies.Start(), ROADS)
    assert f'name="step" value="{kept.id}"' in page(await work_of(desk))


async def test_a_step_on_the_way_brings_nothing_to_take_in(desk: Desk) -> None:
    await given_away(desk)
    kept = await late(desk, "start", bodies.Start(stage="on_site", happened_at=now() - HOUR))
    work = await work_of(desk)

    assert (work.overtaken, "adopt" in list_offered(work)) == (0, False)
    assert (await refused(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)).code == "overtaken-bare"
    assert "ถึงจุดเกิดเหตุแล้ว" in page(work)


async def test_finished_work_without_its_proof_is_not_taken_in_and_stays(desk: Desk) -> None:
    await given_away(desk)
    kept = await late(desk, "complete", bodies.Complete(note="เสร็จ", happened_at=now() - HOUR))

    assert (await refused(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)).code == "proof-photo"
    assert (await work_of(desk)).overtaken == 1


async def test_a_step_of_which_the_work_knows_nothing_and_one_in_other_words_are_refused(desk: Desk) -> None:
    await given_away(desk)
    kept = await late(desk, "complete", bodies.Complete(note="เสร็จ", happened_at=now() - HOUR))
    work = await work_of(desk)
    newer = kept.model_copy(update={"brought": {"told_by_a_newer_release": 1}})
    changed = work.history[-1].model_copy(update={"overtaken": newer})
    await store_of(desk).put("W", work.model_copy(update={"history": [*work.history[:-1], changed]}))

    assert (await refused(desk, "adopt", bodies.Adopt(step="another"), OFFICER)).code == "overtaken-unknown"
    assert (await refused(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)).code == "overtaken-not-now"
    assert "นำมาใช้กับงานนี้" in page(await work_of(desk))


async def test_only_the_desk_says_what_becomes_of_it(desk: Desk) -> None:
    await given_away(desk)
    kept = await late(desk, "complete", await finished(desk, now() - HOUR))

    assert (await refused(desk, "adopt", bodies.Adopt(step=kept.id), ROADS)).code == "desk-only"
    assert (await refused(desk, "put_aside", bodies.PutAside(step=kept.id), ROADS)).code == "desk-only"


WARNED = "มีสิ่งที่ทำไว้แต่ส่งมาถึงช้า"


async def test_what_the_work_does_not_need_is_put_aside_and_nobody_is_warned_of_it_any_more(desk: Desk) -> None:
    await given_away(desk)
    kept = await late(desk, "complete", await finished(desk, now() - HOUR))
    other = await late(desk, "pause", bodies.Pause(reason="part", happened_at=now() - HOUR))
    assert page(await work_of(desk)).count("ดูแล้ว ไม่ต้องใช้") == 2

    work = await act(desk, "put_aside", bodies.PutAside(step=kept.id), OFFICER)
    assert (work.state, work.team, work.overtaken) == ("assigned", "works-roads", 1), "of the other one they are"
    assert WARNED in page(work)
    work = await act(desk, "put_aside", bodies.PutAside(step=other.id), OFFICER)

    assert (work.overtaken, "adopt" in list_offered(work), "put_aside" in list_offered(work)) == (0, False, False)
    assert WARNED not in page(work)
    assert 'name="step"' not in page(work)
    assert f"ดูสิ่งที่ {CREW.name} ส่งมาถึงช้าแล้ว ไม่ต้องใช้: ปิดงาน" in page(work)
    assert (await refused(desk, "adopt", bodies.Adopt(step=kept.id), OFFICER)).code == "overtaken-aside"


async def test_nobody_is_warned_of_what_has_left_the_newest_lines(desk: Desk) -> None:
    """The desk can take in, or put aside, what the lines of the order hold; of more nobody is to be told."""
    await given_away(desk)
    await late(desk, "complete", await finished(desk, now() - HOUR))
    work = await work_of(desk)
    assert work.overtaken == 1
    await store_of(desk).put("W", work.model_copy(update={"history": []}))  # as the kernel moves them beside it

    assert (await act(desk, "prioritise", bodies.Prioritise(priority="high"), OFFICER)).overtaken == 0


async def test_whoever_has_the_work_sees_all_and_whoever_had_it_what_they_did(desk: Desk) -> None:
    await given_away(desk)
    await late(desk, "complete", bodies.Complete(note="ของบุญมี", happened_at=now() - HOUR))
    said = bodies.Complete(note="ของคำปัน", happened_at=now() - HOUR)
    assert (await refused(desk, "complete", said, MATE)).code == "came-late"
    work = await work_of(desk)

    def notes(who: Person) -> list[str | None]:
        return [line.text for line in readable(who, work, work.history)]

    assert notes(CREW) == ["ของบุญมี"]
    assert notes(MATE) == ["ของคำปัน"]
    assert notes(ROADS) == notes(OFFICER) == ["ของบุญมี", "ของคำปัน"]


async def test_the_crew_that_has_the_work_is_told_that_it_may_be_done_already(desk: Desk) -> None:
    await given_away(desk)
    assert "ส่งมาถึงช้า" not in drawn("_board.html", cards=[carded(await work_of(desk), "W")], **BOARD)
    await late(desk, "complete", await finished(desk, now() - HOUR))
    work = await work_of(desk)
    board = drawn("_board.html", cards=[carded(work, "W")], **BOARD)
    own = drawn(
        "overtaken.html", path="/crew/W/overtaken", card=carded(work, "W"), lines=late_lines(work), for_desk=False
    )

    assert 'href="/crew/W/overtaken"' in board
    assert "งานอาจเสร็จไปแล้ว" in board
    assert own.count('<img src="/api/v1/work-orders/W/photos/') == 2
    assert 'name="step"' not in own


def late_lines(work: WorkOrder) -> list[Entry]:
    return [line for line in work.history if line.overtaken]

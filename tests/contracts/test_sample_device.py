"""The sample device knows by the public events alone what there is to do, whatever comes and in whatever order."""

import importlib.util
import json
import random
from collections.abc import Awaitable, Callable, Iterable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from services.dispatch import belonging
from services.dispatch.domain import crew_work, desk_work, splitting
from services.dispatch.domain.from_report import drop_duplicate, withdraw
from services.dispatch.domain.work_order import WorkOrder, order_id
from services.dispatch.incident_acts import open_incident, remove_report
from services.dispatch.incident_bodies import Merge, Open, Remove
from services.dispatch.incident_merging import merge_incident
from shared.events.base import Place
from shared.events.envelope import encode
from shared.events.ids import new_id
from shared.events.topics import public
from shared.kernel import Cause, now
from tests.support.found import Storm, acting, asked
from tests.support.incidents import amended, confirmed, done, finished
from tests.support.work import reopened, town
from tools.contract.examples.story import WORK_ORDER
from tools.contract.schemas import INTEGRATORS, frozen

TOPIC = public("work-orders")
FAR = Place(latitude=18.7420, longitude=98.9100)


def device() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_device", INTEGRATORS / "device.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DEVICE = device()


def record(key: str, headers: dict[str, str], value: Any) -> SimpleNamespace:
    raw = [(name, text.encode()) for name, text in headers.items()]
    return SimpleNamespace(key=key.encode(), headers=raw, value=encode(value))


def examples() -> dict[str, SimpleNamespace]:
    """Every stored example of the topic by its type, in the order of their times; the newest of each type."""
    told = {one.event_type: one.example for one in frozen(INTEGRATORS, TOPIC)}
    in_time = sorted(told.values(), key=lambda one: (one["headers"]["ce_time"], one["headers"]["ce_sequence"]))
    return {one["headers"]["ce_type"]: record(one["key"], one["headers"], one["value"]) for one in in_time}


EXAMPLES = examples()
TEAMS = {dict(one.headers).get("ce_team", b"").decode() for one in EXAMPLES.values()} - {""}
CREATED = "onestop.work-order.created.v1"


def changed(of: SimpleNamespace, value: dict[str, Any] | None = None, **headers: str) -> SimpleNamespace:
    """The record with other headers and fields."""
    said = {name: raw.decode() for name, raw in of.headers} | {f"ce_{name}": text for name, text in headers.items()}
    return record(of.key.decode(), said, json.loads(of.value) | (value or {}))


def begun() -> Any:
    """The board of the team that has the work of the examples, right after it was created."""
    board = DEVICE.Board("works-water")
    assert list(board.hear(changed(EXAMPLES[CREATED], team="works-water", sequence="0" * 18 + "1")))
    return board


@pytest.mark.parametrize("team", sorted(TEAMS))
def test_after_all_that_the_stored_examples_tell_nothing_is_left(team: str) -> None:
    board = DEVICE.Board(team)
    lines = [line for one in EXAMPLES.values() for line in board.hear(one)]
    assert lines
    assert board.open == {}


@pytest.mark.parametrize("event_type", EXAMPLES)
def test_no_event_makes_two_jobs_of_one(event_type: str) -> None:
    board, told = begun(), EXAMPLES[event_type]
    team = {"team": "works-water"} if "ce_team" in dict(told.headers) else {}
    list(board.hear(changed(told, sequence="0" * 18 + "9", **team)))
    over = event_type.split(".")[2] in ("completed", "cancelled", "hidden", "split", "refused")
    assert list(board.open) == ([] if over and ".work-order." in event_type else [WORK_ORDER])


@pytest.mark.parametrize("event_type", ["onestop.work-order.weighed.v1", "onestop.work-order.created.v2", "a.b.c.d"])
@pytest.mark.parametrize("about", ["what it knows", "what it does not know"])
def test_a_type_that_it_does_not_know_changes_nothing(event_type: str, about: str) -> None:
    board = begun()
    known = dict(board.open)
    came = changed(EXAMPLES[CREATED], type=event_type, sequence="0" * 18 + "9", team="works-water")
    if about != "what it knows":
        came.key = new_id().encode()
    assert list(board.hear(came)) == []
    assert board.open == known


def test_a_promise_that_is_gone_is_shown_no_more_and_a_repetition_says_nothing() -> None:
    board = begun()
    gone = changed(EXAMPLES["onestop.work-order.assigned.v1"], {"due_at": None}, sequence="0" * 18 + "2")
    assert [line[-8:] for line in board.hear(gone)] == ["any time"]
    assert list(board.hear(gone)) == []


async def leave(storm: Storm, report: str) -> None:
    incident_id = (await storm.membership(report)).incident or ""
    body = Remove(reference=(await storm.order(report)).reference)
    await remove_report(storm.desk, asked(body), incident_id, body)
    await storm.settle()


async def of_an_outage(storm: Storm) -> None:
    """Five households in the dark, of which one order does the work."""
    await storm.cut()
    await confirmed(storm)


async def over(storm: Storm) -> None:
    await of_an_outage(storm)
    await finished(storm)


async def of_another_street(storm: Storm) -> None:
    await of_an_outage(storm)
    await leave(storm, storm.reports[4])


async def the_lead_leaves(storm: Storm) -> None:
    await of_an_outage(storm)
    await leave(storm, storm.reports[0])


async def of_another_category(storm: Storm) -> None:
    await of_an_outage(storm)
    await amended(storm, storm.reports[3], "street-light")


async def withdrawn(storm: Storm) -> None:
    await of_an_outage(storm)
    await storm.act(storm.reports[2], lambda order: done(withdraw(town(), order, None, now())))
    await belonging.be_gone_unfollowed(storm.desk, storm.reports[2], Cause.request())
    await storm.settle()


async def the_lead_is_a_duplicate(storm: Storm) -> None:
    await of_an_outage(storm)
    await storm.act(storm.reports[0], lambda order: done(drop_duplicate(town(), order, "MH-AAAA-BBBB", now())))
    await belonging.be_gone(storm.desk, storm.reports[0], Cause.request())
    await storm.settle()


async def one_of_several_teams(storm: Storm) -> None:
    """What several teams do a share each of goes on beside the incident."""
    await storm.cut()
    shares = [splitting.Share(team, "ส่วนหนึ่ง") for team in list(town().teams)[:2]]
    await storm.act(storm.reports[4], lambda order: splitting.split(town(), order, acting(), shares=shares))
    await confirmed(storm)


async def reopened_afterwards(storm: Storm) -> None:
    await over(storm)
    await new_work(storm, storm.reports[1])


async def made_part_of_another(storm: Storm) -> None:
    await of_an_outage(storm)
    part, _ = await storm.only()
    there = await storm.report(place=FAR)
    body = Open(references=[(await storm.order(there)).reference])
    whole = await open_incident(storm.desk, asked(body), body)
    await storm.settle()
    merge = Merge(into=whole.id)
    await merge_incident(storm.desk, asked(merge), part, merge)
    await storm.settle()


async def taken_in_hand(storm: Storm) -> None:
    await of_an_outage(storm)
    lead = storm.reports[0]
    await storm.act(lead, lambda order: crew_work.acknowledge(town(), order, acting(now())))
    team = next(team for team in town().teams if team != town().triage)
    await storm.act(lead, lambda order: desk_work.assign(town(), order, acting(now()), team=team))


async def new_work(storm: Storm, report: str) -> None:
    """The reporter says that it is not over."""
    before = await storm.order(report)
    again = reopened(before, now())
    opened = order_id(report, 1)
    await storm.desk.store.orders.step(opened, lambda _, __: again, Cause.request())
    await belonging.be_gone(storm.desk, report, Cause.request())


Course = Callable[[Storm], Awaitable[None]]
COURSES: tuple[Course, ...] = (
    of_an_outage, over, of_another_street, the_lead_leaves, of_another_category, withdrawn, the_lead_is_a_duplicate,
    one_of_several_teams, reopened_afterwards, made_part_of_another, taken_in_hand,
)  # fmt: skip


def told_to_everybody(storm: Storm) -> dict[str, list[SimpleNamespace]]:
    """What went out on the public topic, by its key."""
    found: dict[str, list[SimpleNamespace]] = {}
    for table in storm.service.tables.values():
        for entry in table.outbox:
            for message in entry.messages:
                if message.topic == TOPIC:
                    said = SimpleNamespace(key=message.key.encode(), headers=entry.headers, value=message.value)
                    found.setdefault(message.key, []).append(said)
    return found


def in_any_order(by_key: dict[str, list[SimpleNamespace]], seed: int) -> Iterable[SimpleNamespace]:
    """Of each key in its order, and otherwise as partitions happen to be read."""
    left = {key: iter(records) for key, records in by_key.items()}
    turns = [key for key, records in by_key.items() for _ in records]
    random.Random(seed).shuffle(turns)
    return [next(left[key]) for key in turns]


def to_be_done(storm: Storm, team: str) -> set[str]:
    orders: dict[str, Any] = storm.service.tables[storm.desk.store.orders.name].states()
    mine: dict[str, WorkOrder] = {key: one for key, one in orders.items() if one.team == team}
    return {key for key, one in mine.items() if one.is_open and one.state != "split"}


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.__name__)
async def test_it_shows_what_there_is_to_do_in_an_incident_in_whatever_order_it_is_read(course: Course) -> None:
    storm = Storm()
    await course(storm)
    told = told_to_everybody(storm)
    for seed in range(5):
        for team in town().teams:
            board = DEVICE.Board(team)
            for one in in_any_order(told, seed):
                list(board.hear(one))
            assert set(board.open) == (to_be_done(storm, team) if team != town().triage else set())

"""The sample device knows by the public events alone what there is to do, whatever comes and in whatever order."""

import importlib.util
import json
import random
from collections.abc import Iterable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.incident_acts import announce
from services.dispatch.incident_bodies import Announce
from shared.events.envelope import encode
from shared.events.ids import new_id
from shared.events.topics import public
from tests.support.found import Storm, asked
from tests.support.incidents import confirmed, finished
from tests.support.outages import COURSES, Course, leave, of_an_outage, over, take_back
from tests.support.work import town
from tools.contract.examples.story import WORK_ORDER
from tools.contract.schemas import INTEGRATORS, read_frozen

TOPIC = public("work-orders")


def device() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_device", INTEGRATORS / "device.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(INTEGRATORS)  # where whoever runs it has `broker.py`
        spec.loader.exec_module(module)
    return module


DEVICE = device()


def record(key: str, headers: dict[str, str], value: Any) -> SimpleNamespace:
    raw = [(name, text.encode()) for name, text in headers.items()]
    return SimpleNamespace(key=key.encode(), headers=raw, value=encode(value))


def examples() -> dict[str, SimpleNamespace]:
    """Every stored example of the topic by its type, in the order of their times; the newest of each type."""
    told = {one.event_type: one.example for one in read_frozen(INTEGRATORS, TOPIC)}
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
    has_team = "ce_team" in dict(told.headers)
    mine = changed(told, team="works-water") if has_team else told
    list(board.hear(changed(mine, sequence="0" * 18 + "9")))
    over = event_type.split(".")[2] in ("completed", "verified", "cancelled", "hidden", "split", "refused")
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


def test_a_record_that_is_no_event_changes_nothing() -> None:
    board = begun()
    known = dict(board.open)
    for key in (WORK_ORDER.encode(), b"other", None):
        assert list(board.hear(SimpleNamespace(key=key, headers=[], value=b"{"))) == []
    assert board.open == known


def test_a_promise_that_is_gone_is_shown_no_more_and_a_repetition_says_nothing() -> None:
    board = begun()
    gone = changed(EXAMPLES["onestop.work-order.assigned.v1"], {"due_at": None}, sequence="0" * 18 + "2")
    assert [line[-8:] for line in board.hear(gone)] == ["any time"]
    assert list(board.hear(gone)) == []


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


async def the_lead_leaves(storm: Storm) -> None:
    await leave(storm, storm.reports[0])


async def one_leaves(storm: Storm) -> None:
    await leave(storm, storm.reports[3])


async def it_goes_on(storm: Storm) -> None:
    await take_back(storm, (await storm.only())[0])
    await storm.settle()


async def more_come(storm: Storm) -> None:
    await storm.cut(2)


async def announced(storm: Storm) -> None:
    await of_an_outage(storm)
    body = Announce(note="รอหม้อแปลงใหม่")
    await announce(storm.desk, asked(body), (await storm.only())[0], body)
    await storm.settle()


async def become_one(storm: Storm) -> None:
    await confirmed(storm)


async def alone(storm: Storm) -> None:
    """Nobody has decided yet that they are one."""
    await storm.cut()


LOST: list[tuple[Course, Course]] = [
    (alone, become_one), (of_an_outage, finished), (announced, one_leaves), (of_an_outage, one_leaves),
    (of_an_outage, the_lead_leaves), (of_an_outage, more_come), (over, it_goes_on),
]  # fmt: skip


@pytest.mark.parametrize(("before", "lost"), LOST, ids=lambda course: course.__name__)
async def test_after_a_restoration_it_shows_what_there_was_to_do_at_the_moment(before: Course, lost: Course) -> None:
    """As `tests/integration/operate/test_restored_town.py` sees that a restoration tells it."""
    storm = Storm()
    await before(storm)
    remembered = {key: len(records) for key, records in told_to_everybody(storm).items()}
    teams = {team: to_be_done(storm, team) for team in town().teams if team != town().triage}
    await lost(storm)
    told = told_to_everybody(storm)
    for key, records in told.items():
        known = remembered.get(key, 0)
        if known < len(records):
            records.append(stands(records[known - 1]) if known else taken_back(records[-1]))
    for seed in range(5):
        for team, wanted in teams.items():
            board = DEVICE.Board(team)
            for one in in_any_order(told, seed):
                list(board.hear(one))
            assert set(board.open) == wanted


@pytest.mark.parametrize("last", ["prioritised", "escalated"])
@pytest.mark.parametrize("lost", ["completed", "cancelled"])
def test_after_a_restoration_what_was_only_talked_of_is_open_again(last: str, lost: str) -> None:
    """The last event that is remembered says neither who has it nor that it is over."""
    board, said = begun(), EXAMPLES[f"onestop.work-order.{last}.v1"]
    remembered = changed(said, {"due_at": None}, team="works-water", sequence="0" * 18 + "2")
    list(board.hear(remembered))
    list(board.hear(changed(EXAMPLES[f"onestop.work-order.{lost}.v1"], team="works-water", sequence="0" * 18 + "3")))
    assert board.open == {}
    list(board.hear(stands(remembered)))
    assert list(board.open) == [WORK_ORDER]


@pytest.mark.parametrize("lost", ["sent-back", "assigned"])
def test_after_a_restoration_what_was_found_done_is_over_again(lost: str) -> None:
    board, done = (
        begun(),
        changed(EXAMPLES["onestop.work-order.verified.v1"], team="works-water", sequence="0" * 18 + "2"),
    )
    list(board.hear(done))
    list(board.hear(changed(EXAMPLES[f"onestop.work-order.{lost}.v1"], team="works-water", sequence="0" * 18 + "3")))
    assert list(board.open) == [WORK_ORDER]
    list(board.hear(stands(done)))
    assert board.open == {}


def test_split_work_stays_with_its_shares_though_its_promise_runs_out() -> None:
    board = begun()
    for number, what in enumerate(("split", "escalated", "prioritised"), start=2):
        told = changed(EXAMPLES[f"onestop.work-order.{what}.v1"], team="works-water", sequence=f"{number:019}")
        list(board.hear(told))
        assert board.open == {}, what


FLOOR = "0001764" + "0" * 12


def stands(last: SimpleNamespace) -> SimpleNamespace:
    return changed(last, id=new_id(), sequence=FLOOR)


def taken_back(last: SimpleNamespace) -> SimpleNamespace:
    hidden, about = EXAMPLES["onestop.work-order.hidden.v1"], json.loads(last.value)["report_id"]
    told = changed(hidden, {"report_id": about}, id=new_id(), sequence=FLOOR)
    told.key = last.key
    return told

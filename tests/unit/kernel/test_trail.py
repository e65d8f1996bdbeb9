"""The trail: each act of the staff leaves one line with its case, and nothing else does."""

import asyncio
from typing import Any

import bson
import pytest
from pydantic import BaseModel

from shared.events.ids import new_id
from shared.kernel import Cause, Reject, Step, now
from shared.kernel.cases import Cases
from shared.kernel.mongo_trail import as_document
from shared.kernel.trail import Change, Line, changes_of
from shared.people import Person
from tests.support.memory import MemoryCases

OFFICER = Person(sub="napa", name="นภา", roles=frozenset({"officer"}), team="triage")
GUEST = Person(sub="guest", name="x")


class Place(BaseModel):
    latitude: float
    address: str | None = None


class Report(BaseModel):
    reference: str = "MH-0000-0000"
    text: str = "ท่อแตก"
    place: Place | None = None
    history: list[str] = []
    requests: dict[str, str] = {}


class Desk:
    """Cases in memory, and one of them."""

    def __init__(self) -> None:
        self.store = MemoryCases(None, [])
        self.cases: Cases[Report] = Cases(
            "reports", self.store, source="/t/x", beside={"history": 9}, silent=["requests"]
        )
        self.case_id = new_id()

    async def step(self, cause: Cause, **changes: Any) -> None:
        await self.cases.step(
            self.case_id, lambda report, _: Step((report or Report()).model_copy(update=changes)), cause
        )

    @property
    def lines(self) -> list[Line]:
        return self.store.lines.get(self.case_id, [])


def by(who: Person | None, act: str = "amend", **more: Any) -> Cause:
    return Cause.request(by=who, act=act, **more)


async def test_an_act_leaves_who_when_what_and_each_value_before_and_after() -> None:
    desk, cause = Desk(), by(OFFICER)
    await desk.step(Cause.request(), text="เบอร์ 081")
    await desk.step(cause, text="ไม่มีเบอร์", place=Place(latitude=18.7))
    (line,) = desk.lines
    assert (line.id, line.at, line.act, line.who, line.case_id) == (cause.id, cause.at, "amend", OFFICER, desk.case_id)
    assert line.reference == "MH-0000-0000"
    assert [(one.field, one.old, one.new) for one in line.changes] == [
        ("text", "เบอร์ 081", "ไม่มีเบอร์"),
        ("place", None, {"latitude": 18.7, "address": None}),
    ]


@pytest.mark.parametrize("who", [None, GUEST], ids=["nobody", "an account without a role"])
async def test_what_a_resident_does_leaves_no_line(who: Person | None) -> None:
    desk = Desk()
    await desk.step(by(who), text="x")
    assert desk.lines == []


async def test_the_same_request_again_leaves_no_second_line() -> None:
    desk = Desk()
    for _ in range(2):
        await desk.step(by(OFFICER, key="k" * 22, scope="amend"), text="y")
    assert len(desk.lines) == 1


async def test_what_was_refused_or_changed_nothing_leaves_no_line() -> None:
    desk = Desk()
    await desk.step(Cause.request())

    def refuse(_report: Report | None, _cause: Cause) -> Step[Report]:
        raise Reject("closed", "this report is closed")

    with pytest.raises(Reject):
        await desk.cases.step(desk.case_id, refuse, by(OFFICER))
    await desk.cases.step(desk.case_id, lambda _, __: None, by(OFFICER))
    assert desk.lines == []


async def test_acts_that_share_a_write_leave_a_line_each() -> None:
    desk = Desk()
    first = desk.cases.step(desk.case_id, lambda _, __: Step(Report()), by(OFFICER, "submit"), is_new=True)
    second = desk.cases.step(desk.case_id, lambda _, __: Step(Report(text="z")), by(OFFICER))
    await asyncio.gather(first, second)
    assert [line.act for line in desk.lines] == ["submit", "amend"]


def test_a_deeper_value_is_named_by_its_way() -> None:
    before, after = (Report(place=Place(latitude=18.7, address=address)) for address in ("99/1", "99/2"))
    assert changes_of(before, after, ()) == (Change("place.address", "99/1", "99/2"),)


def test_the_case_s_own_history_and_bookkeeping_say_nothing() -> None:
    after = Report(history=["x"], requests={"a": "b"})
    assert changes_of(Report(), after, ("history", "requests")) == ()


def test_a_line_of_whoever_may_sign_in_can_be_stored() -> None:
    signatory = OFFICER.model_copy(update={"signs_for": frozenset({"mayor", "clerk"})})
    line = Line(new_id(), now(), None, new_id(), "MH-0000-0000", "decide", signatory)

    stored = bson.decode(bson.encode(as_document(line)))["who"]
    assert (stored["roles"], stored["signs_for"]) == (["officer"], ["clerk", "mayor"])
    assert Person.model_validate(stored) == signatory

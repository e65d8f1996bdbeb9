"""Neighbours who are asked: how often, by which code, what they may see, and what becomes of their word."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from shapely import box

from services.permits.codes import is_neighbour_code, verify_code
from services.permits.domain import completeness, decision, handing_in, neighbours
from services.permits.domain.application import Actor, Application
from services.permits.domain.forgetting import forget_applicant
from services.permits.domain.neighbours import Asked, Word, select_for_neighbours
from services.permits.domain.reaching import Outcome
from services.permits.domain.survey import Parcel
from services.permits.neighbour_letter import compose, make
from shared.events.contacts import ContactRecorded
from shared.events.neighbours import party_of
from shared.kernel import Erase, Reject, Step
from shared.neighbour_links import neighbour_code
from shared.references import read_code
from shared.town.ground import Ground
from shared.town.ground import Parcel as DrawnParcel
from tests.support.permits import HOME, HOUSE, MONDAY, OFFICER, RULES, TOWN, application, at, town_that_mails_neighbours

DAY = timedelta(days=1)
NEIGHBOUR = Actor(level="neighbour")
KEY = "k" * 32
NEXT_DOOR = Asked("บ้านเลขที่ 99/5 หมู่ 3", "นางสาวดวงใจ", 15, beyond_due=True)
CONSENTS = Word("consents", "", "ดวงใจ มีสุข")
OBJECTS = Word("objects", "หน้าต่างตรงกับห้องนอน", "ดวงใจ มีสุข")


def asked(state: str = "accepted") -> Application:
    return neighbours.ask(application(state), at(), TOWN, OFFICER, NEXT_DOOR).state  # type: ignore[arg-type]


def answered(word: Word = OBJECTS) -> Application:
    case = asked()
    return neighbours.answer(case, at(MONDAY + DAY), NEIGHBOUR, case.neighbours[0].id, word).state


def test_a_neighbour_is_asked_by_letter_and_the_clock_runs_on() -> None:
    step = neighbours.ask(application("accepted"), at(), TOWN, OFFICER, NEXT_DOOR)
    (event,) = step.events

    assert step.state.clock is not None
    assert step.state.clock.paused_at is None
    assert (event.type, step.contacts) == ("onestop.permit.neighbour-asked.v1", ())
    told = str(event.data())
    assert "99/5" not in told
    assert "ดวงใจ" not in told, "who and where stays with the office"


@pytest.mark.parametrize("word", [CONSENTS, OBJECTS])
def test_their_word_counts_for_whoever_signs_and_names_nobody_outside(word: Word) -> None:
    case = asked("examined")
    step = neighbours.answer(case, at(MONDAY + DAY), NEIGHBOUR, case.neighbours[0].id, word)
    one, (event,) = step.state.neighbours[0], step.events

    assert (one.view, one.answered_by) == (word.view, "ดวงใจ มีสุข")
    assert decision.read_mark(step.state) != decision.read_mark(case)
    assert "มีสุข" not in str(event.data())
    line = step.state.timeline[-1]
    assert (line.type, line.by, line.note, line.params) == ("neighbour-answered", "", "", {}), "the applicant reads it"


def test_whoever_objects_says_why_and_nobody_answers_twice_or_too_late() -> None:
    case = asked()
    one = case.neighbours[0].id
    withdrawn = handing_in.withdraw(case, at(), Actor(), "").state
    for state, neighbour, word, code in (
        (answered(), answered().neighbours[0].id, CONSENTS, "unknown-neighbour"),
        (case, one, Word("objects", "", "x"), "objection-reason"),
        (withdrawn, one, CONSENTS, "answered-already"),
        (case, "another", CONSENTS, "unknown-neighbour"),
    ):
        with pytest.raises(Reject) as refusal:
            neighbours.answer(state, at(), NEIGHBOUR, neighbour, word)
        assert refusal.value.code == code
    again = answered()
    with pytest.raises(Reject, match="answered already"):
        neighbours.answer(again, at(), NEIGHBOUR, again.neighbours[0].id, CONSENTS)


def test_a_neighbour_still_answers_while_the_applicant_is_asked_for_documents() -> None:
    case = completeness.request_documents(asked(), at(), RULES, TOWN, OFFICER, ["plans"], "ไม่ชัด").state
    one = case.neighbours[0]
    assert neighbours.answer(case, at(MONDAY + DAY), NEIGHBOUR, one.id, CONSENTS).state.neighbours[0].view


def test_each_house_is_asked_once_and_only_so_many() -> None:
    case = asked()
    same = Asked("บ้านเลขที่  99/5  หมู่ ๓", "", 5, beyond_due=True)
    for number in range(2, neighbours.NEIGHBOURS_MOST + 1):
        case = neighbours.ask(case, at(), TOWN, OFFICER, Asked(f"แปลง {number}", "", 5, beyond_due=True)).state
    for state, wanted, code in (
        (asked(), same, "asked-there-already"),
        (case, Asked("แปลงสุดท้าย", "", 5, beyond_due=True), "too-many-neighbours"),
        (application("draft"), NEXT_DOOR, "wrong-state"),
        (application("decided"), NEXT_DOOR, "wrong-state"),
    ):
        with pytest.raises(Reject) as refusal:
            neighbours.ask(state, at(), TOWN, OFFICER, wanted)
        assert refusal.value.code == code
    assert (
        len(
            neighbours.ask(
                asked(), at(), TOWN, OFFICER, Asked("บ้านเลขที่ 9/95 หมู่ 3", "", 5, beyond_due=True)
            ).state.neighbours
        )
        == 2
    )


def test_a_code_opens_one_letter_and_is_read_as_people_type_it() -> None:
    code = neighbour_code(KEY, "case", "one")

    assert is_neighbour_code(code, ("other", KEY), "case", "one")
    assert read_code(code.lower().replace("-", " ")) == code
    assert code != verify_code(KEY, "case")
    for wrong in (("case", "two"), ("another", "one")):
        assert not is_neighbour_code(code, (KEY,), *wrong)
    assert not is_neighbour_code(code, ("other",), "case", "one")


def test_a_neighbour_sees_size_and_use_and_nothing_of_a_person() -> None:
    written = HOUSE.model_copy(update={"fields": (
        *HOUSE.fields,
        HOUSE.fields[0].model_copy(update={"code": "agent", "type": "text"}),
        HOUSE.fields[0].model_copy(update={"code": "call", "personal": True}),
        HOUSE.fields[0].model_copy(update={"code": "inside", "in_letter": False}),
    )})  # fmt: skip
    seen = {one.code for one in select_for_neighbours(written)}
    assert {"storeys", "height_m"} <= seen
    assert not seen & {"agent", "call", "inside"}


def told(case: Application) -> dict[str, Any]:
    return compose(case, HOUSE, TOWN, case.neighbours[0], "7QHX-29MD-KT4P", "https://one.example/")


def test_the_letter_says_what_is_built_how_to_answer_and_not_who_applies() -> None:
    case = asked()
    said = told(case)
    text = str({name: value for name, value in said.items() if name not in ("logo", "answer")})

    assert ["เรียน", "นางสาวดวงใจ บ้านเลขที่ 99/5 หมู่ 3"] in said["heads"]
    assert ["ที่ตั้ง", "99/4 หมู่ 3"] in said["rows"] or "99/4 หมู่ 3" in str(said["rows"])
    assert said["answer"]["typed"][1] == "รหัสตอบ 7QHX-29MD-KT4P"
    assert said["answer"]["url"] == "https://one.example/permits/neighbour"
    assert f"/{case.reference}/7QHX-29MD-KT4P" in said["answer"]["qr"]["says"]
    applicant = case.applicant
    assert not [word for word in (applicant.name, applicant.email, applicant.phone) if word and word in text]


def test_the_letter_shows_the_plot_and_how_far_the_building_stands_from_their_border() -> None:
    plot = square("77", HOME.longitude, HOME.latitude)
    theirs = square("78", HOME.longitude + 0.0002, HOME.latitude)
    town = TOWN.model_copy()
    town.__dict__["ground"] = Ground([theirs])
    built = corners(square("", HOME.longitude, HOME.latitude, 0.00005))
    case = asked().model_copy(update={
        "location": HOME.model_copy(update={"footprint": built}),
        "parcel": Parcel(deed_number="77", outline=corners(plot)),
    })  # fmt: skip
    one = case.neighbours[0]

    unknown = compose(case, HOUSE, town, one, "x", "https://one.example/")
    assert ["โฉนดที่ดินเลขที่", "77"] in unknown["rows"]
    assert unknown["rows"][-1] == ["ระยะจากอาคารถึงแนวเขตที่ใกล้ที่สุด", "5.27 เมตร"]
    assert "ที่ดินของท่าน" not in unknown["drawing"]["legend"]
    said = compose(case, HOUSE, town, one.model_copy(update={"deed_number": "78"}), "x", "https://one.example/")
    assert said["rows"][-1] == ["ระยะจากอาคารถึงแนวเขตที่ดินของท่าน", "5.27 เมตร"]
    assert "เส้นประ ที่ดินของท่าน" in said["drawing"]["legend"]
    assert told(asked())["drawing"] is None, "nothing is known of the ground"


def square(deed: str, longitude: float, latitude: float, half: float = 0.0001) -> DrawnParcel:
    return DrawnParcel(deed, box(longitude - half, latitude - half, longitude + half, latitude + half))


def corners(drawn: DrawnParcel) -> tuple[tuple[float, float], ...]:
    return tuple((x, y) for x, y, *_ in drawn.shape.exterior.coords[:-1])


def test_a_plot_that_the_plan_does_not_have_is_nobody_s() -> None:
    with pytest.raises(Reject) as refusal:
        neighbours.ask(application("accepted"), at(), TOWN, OFFICER, Asked("99/5", "", 5, None, "404"))
    assert refusal.value.code == "unknown-plot"


def test_the_event_says_where_it_is_to_be_built_to_whoever_is_asked() -> None:
    (event,) = neighbours.ask(application("accepted"), at(), TOWN, OFFICER, NEXT_DOOR).events
    assert (event.data()["address"], event.data()["deed_number"]) == (HOME.address, None)


async def test_the_letter_is_the_same_whenever_it_is_printed() -> None:
    case = asked()
    one, two = [
        await make(case, HOUSE, TOWN, case.neighbours[0], "7QHX-29MD-KT4P", "https://one.example") for _ in range(2)
    ]
    assert one.startswith(b"%PDF")
    assert one == two


def test_neighbours_are_forgotten_with_the_applicant_and_their_view_stays() -> None:
    over = handing_in.withdraw(answered(), at(), Actor(), "").state
    step = forget_applicant(over, at(MONDAY + 5000 * DAY), 3650, ())

    assert step is not None
    one = step.state.neighbours[0]
    assert (one.view, one.place, one.name, one.answer, one.answered_by) == ("objects", "", "", "", "")


MAILS = town_that_mails_neighbours()
ADDRESS = "duangjai@example.org"


def mailed(days: int = 15) -> Step[Application]:
    by_mail = Asked(NEXT_DOOR.place, NEXT_DOOR.name, days, ADDRESS, beyond_due=True)
    return neighbours.ask(application("accepted"), at(), MAILS, OFFICER, by_mail)


def test_an_address_goes_to_notify_alone_and_is_in_no_event_or_line() -> None:
    step = mailed()
    (event,), (contact,), (one,) = step.events, step.contacts, step.state.neighbours

    assert isinstance(contact, ContactRecorded)
    assert (contact.party, contact.email, contact.name) == (party_of(one.id), ADDRESS, None)
    assert event.data()["party"] == party_of(one.id)
    assert "duangjai" not in str(event.data())
    assert "duangjai" not in str([line.model_dump() for line in step.state.timeline])
    assert one.mail == "sending"


def test_whoever_is_asked_on_paper_alone_is_told_by_nobody_s_mail() -> None:
    step = neighbours.ask(application("accepted"), at(), MAILS, OFFICER, NEXT_DOOR)

    assert (step.events[0].data()["party"], list(step.contacts)) == (None, [])
    assert neighbours.find_next_reminder(step.state) is None


def test_where_the_town_mails_no_neighbours_an_address_is_refused() -> None:
    with pytest.raises(Reject, match="not-by-mail"):
        neighbours.ask(application("accepted"), at(), TOWN, OFFICER, Asked("99/5", "", 15, ADDRESS, beyond_due=True))


def test_they_are_reminded_once_while_there_is_time_and_not_when_they_have_answered() -> None:
    case = mailed().state
    due = neighbours.find_next_reminder(case)
    assert due is not None
    assert MONDAY < due < case.neighbours[0].due_at
    assert neighbours.remind(case, at(due - DAY)) is None

    reminded = neighbours.remind(case, at(due))
    assert reminded is not None
    assert [event.type for event in reminded.events] == ["onestop.permit.neighbour-reminded.v1"]
    assert reminded.state.timeline[-1].type == "neighbour-reminded"
    assert neighbours.find_next_reminder(reminded.state) is None
    assert neighbours.remind(reminded.state, at(due + DAY)) is None

    answered = neighbours.answer(case, at(MONDAY + DAY), NEIGHBOUR, case.neighbours[0].id, CONSENTS).state
    assert neighbours.find_next_reminder(answered) is None
    assert neighbours.find_next_reminder(handing_in.withdraw(case, at(), OFFICER, "x").state) is None


def test_who_should_have_answered_by_now_is_not_asked_to_answer_by_then() -> None:
    """Clocks that stood over a weekend, or a backup that was restored."""
    case = mailed().state
    late = neighbours.remind(case, at(case.neighbours[0].due_at))

    assert late is not None
    assert late.events == []
    assert neighbours.find_next_reminder(late.state) is None


@pytest.mark.parametrize(("end", "reminded"), [("sent", True), ("failed", False)])
def test_whom_the_mail_did_not_reach_is_not_reminded_by_another(end: Any, reminded: bool) -> None:
    case = mailed().state

    outcome = Outcome(case.neighbours[0].id, MONDAY, end)
    step = neighbours.note_mailed(case, at(), outcome)

    assert step is not None
    assert step.state.neighbours[0].mail == end
    assert (neighbours.find_next_reminder(step.state) is not None) is reminded
    assert neighbours.note_mailed(step.state, at(), outcome) is None
    assert neighbours.note_mailed(case, at(), replace(outcome, at=MONDAY + DAY)) is None
    assert neighbours.note_mailed(case, at(), replace(outcome, asked="another")) is None


def test_the_address_is_forgotten_with_the_applicant_here_and_at_notify() -> None:
    over = handing_in.withdraw(mailed().state, at(), OFFICER, "x").state
    step = forget_applicant(over, at(MONDAY + 5000 * DAY), 3650, ())

    assert step is not None
    assert step.state.neighbours[0].email is None
    assert Erase(party_of(over.neighbours[0].id)) in step.contacts

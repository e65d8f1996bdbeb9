"""What stands open or against an application is told to whoever signs, and signed as seen or not at all."""

from datetime import timedelta

import pytest

from services.permits.domain import completeness, consulting, decision, findings, inspections, neighbours
from services.permits.domain.application import Actor, Application
from services.permits.domain.consulting import Answer, Question
from services.permits.domain.findings import Found
from services.permits.domain.inspections import Finding
from services.permits.domain.neighbours import Asked, Word
from services.permits.domain.open_points import open_points
from shared.events.permit_life import InspectionResult
from shared.kernel import Reject
from tests.support.permits import EXAMINER, HOUSE, MONDAY, OFFICER, RULES, application, at, signed, town_with_agency

TOWN = town_with_agency()
HOUR = timedelta(hours=1)


def kinds(state: Application) -> list[str]:
    return [one.kind for one in open_points(state, HOUSE) if one.weighs]


def proposed(state: Application) -> Application:
    return decision.examine(state, at(MONDAY), EXAMINER, "approve", "", "", ()).state


def everything() -> Application:
    """A neighbour objects, another and an agency have not answered, and nobody has been there."""
    state = application("submitted")
    for place in ("1/1", "1/2"):
        state = neighbours.ask(state, at(MONDAY), TOWN, OFFICER, Asked(place, "", 5)).state
    state = neighbours.answer(state, at(), Actor(), state.neighbours[0].id, Word("objects", "บังลม", "ก")).state
    state = consulting.ask(state, at(MONDAY), TOWN, OFFICER, Question("pea", "ไฟ?", (), 5)).state
    state = completeness.accept(state, at(MONDAY), RULES, TOWN, OFFICER).state
    return proposed(inspections.plan_inspection(state, at(MONDAY), OFFICER, MONDAY + HOUR).state)


def test_all_that_stands_open_or_against_it_is_named_with_its_words() -> None:
    state = everything()
    points = open_points(state, HOUSE)
    assert kinds(state) == ["objection", "unanswered", "unanswered", "visit"]
    assert (points[0].words, points[0].place, points[2].consultee) == ("บังลม", "1/1", "pea")
    assert points[1].at == state.neighbours[1].due_at
    assert [one.about for one in points if not one.weighs] == ["title-deed", "plans"]


def test_nothing_is_signed_over_it_without_a_tick_and_what_was_ticked_is_kept() -> None:
    state = everything()
    names = tuple(one.name for one in open_points(state, HOUSE) if one.weighs)
    with pytest.raises(Reject, match="open-points"):
        decision.decide(state, at(MONDAY), RULES, TOWN, signed(seen=names[1:]))
    after = decision.decide(state, at(MONDAY), RULES, TOWN, signed(seen=(*names, "objection:of-another"))).state
    assert after.decision is not None
    assert after.decision.seen == names
    assert open_points(after, HOUSE) == []


def test_an_answer_that_came_since_is_not_what_was_seen() -> None:
    state = everything()
    names = tuple(one.name for one in open_points(state, HOUSE) if one.weighs)
    asked = state.consultations[0].id
    state = consulting.answer(state, at(), Actor(), asked, Answer("conditions", "ย้ายเสา", "กฟภ.")).state
    with pytest.raises(Reject, match=f"conditions:{asked}"):
        decision.decide(state, at(MONDAY), RULES, TOWN, signed(seen=names))


def test_who_consents_or_has_no_objection_leaves_nothing_open() -> None:
    state = application("submitted")
    state = neighbours.ask(state, at(), TOWN, OFFICER, Asked("1/1", "", 5)).state
    state = consulting.ask(state, at(), TOWN, OFFICER, Question("pea", "ไฟ?", (), 5)).state
    assert kinds(state) == ["unanswered", "unanswered"]
    state = neighbours.answer(state, at(), Actor(), state.neighbours[0].id, Word("consents", "", "ก")).state
    state = consulting.answer(state, at(), Actor(), state.consultations[0].id, Answer("no-objection", "", "ข")).state
    assert kinds(state) == []


@pytest.mark.parametrize(("result", "left"), [("in-order", []), ("defects", ["defects"]), ("not-done", ["visit"])])
def test_the_last_visit_counts_by_what_it_found(result: InspectionResult, left: list[str]) -> None:
    state = inspections.plan_inspection(application("accepted"), at(MONDAY), OFFICER, MONDAY + HOUR).state
    assert kinds(state) == ["visit"]
    found = Finding(result, "ผนังล้ำ")
    state = inspections.report_inspection(state, at(MONDAY + HOUR), TOWN, OFFICER, state.inspections[0].id, found).state
    assert kinds(state) == left


def test_a_document_that_was_found_wrong_weighs_and_one_that_was_judged_is_not_told() -> None:
    found = [Found("title-deed", "replace", "เลขไม่ตรง"), Found("plans", "ok")]
    state = findings.note_findings(application("accepted"), at(MONDAY), OFFICER, found).state
    points = open_points(state, HOUSE)
    assert [(one.kind, one.about, one.words) for one in points] == [("found-wrong", "title-deed", "เลขไม่ตรง")]

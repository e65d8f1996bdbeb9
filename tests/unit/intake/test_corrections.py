"""Staff correct reports; what the correction takes from the public's eyes is to be deleted by everybody."""

import pytest

from services.intake.domain.corrections import amend
from services.intake.domain.report import Location
from services.intake.domain.submission import ADDRESS_ANSWER
from shared.events.reports import ReportAmended, ReportHidden
from shared.kernel import Reject
from tests.support.reports import MARKET, after, category, report, submitted, town, unmarked_town


def test_another_category_is_told_with_the_one_before() -> None:
    before = report()
    sensitive = category(sensitive=True)
    step = amend(before, after(1), town(), category=sensitive)
    assert step is not None
    (said,) = step.events
    assert isinstance(said, ReportAmended)
    assert (said.category, said.previous_category, said.sensitive) == (sensitive, before.category, True)
    assert step.state.shown_at == [98.96, 18.74]
    assert step.state.timeline[-1].category == sensitive


def test_what_becomes_not_public_shows_its_exact_place_no_longer() -> None:
    step = amend(report(), after(1), unmarked_town("drain-flood"), category="drain-flood")
    assert step is not None
    assert (step.state.listed, step.state.sensitive, step.state.shown_at) == (False, True, [98.96, 18.74])
    assert step.events[0].model_dump()["sensitive"]


def test_another_place_is_looked_up_again() -> None:
    step = amend(report(), after(1), town(), location={"latitude": 13.7, "longitude": 100.5})
    assert step is not None
    assert (step.state.zone, step.state.outside_town) == (None, True)
    told = step.events[0].model_dump()
    assert (told["previous_category"], told["outside_town"]) == (None, True)
    assert step.state.location == MARKET.model_copy(update={"latitude": 13.7, "longitude": 100.5, "accuracy_m": None})


def test_an_address_alone_leaves_the_degrees_and_reaches_the_crew() -> None:
    step = amend(report(), after(1), town(), location={"address": "หน้าวัด"})
    assert step is not None
    assert step.state.location == MARKET.model_copy(update={"address": "หน้าวัด"})
    assert step.events[0].model_dump()["location"]["address"] == "หน้าวัด"


def test_an_address_of_a_report_without_degrees_reaches_the_crew() -> None:
    without = report(location=Location(address="เดิม"))
    step = amend(without, after(1), town(), location={"address": "หน้าวัด"})
    assert step is not None
    assert step.events[0].model_dump()["answers"][ADDRESS_ANSWER] == "หน้าวัด"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ({"latitude": 18.75}, "half-a-place"),
        ({"latitude": None}, "half-a-place"),
        ({"latitude": 18.75, "longitude": None}, "half-a-place"),
        ({"latitude": 0, "longitude": 0}, "null-island"),
        ({"latitude": 18.7, "longitude": 98.9, "accuracy_m": 9000, "address": None}, "rough-place"),
        ({"latitude": None, "longitude": None, "address": None}, "no-place"),
    ],
)
def test_a_correction_is_judged_like_a_first_report(location: dict[str, float | None], code: str) -> None:
    with pytest.raises(Reject) as refused:
        amend(report(), after(1), town(), location=location)
    assert (refused.value.code, refused.value.status) == (code, 422)


def test_nothing_changed_is_nothing_told() -> None:
    assert amend(report(), after(1), town(), category=report().category, text=report().text) is None


def test_unknown_categories_and_closed_reports_are_refused() -> None:
    with pytest.raises(Reject, match="unknown-category"):
        amend(report(), after(1), town(), category="no-such-thing")
    with pytest.raises(Reject, match="closed"):
        amend(report(state="closed"), after(1), town(), text="x")


def test_what_is_shown_no_longer_is_to_be_deleted_by_who_has_it() -> None:
    step = amend(report(), after(1), unmarked_town("drain-flood"), category="drain-flood")
    assert step is not None
    assert [type(one) for one in step.events] == [ReportAmended, ReportHidden]
    again = amend(step.state, after(2), unmarked_town("drain-flood"), text="อีกครั้ง")
    assert again is not None
    assert [type(one) for one in again.events] == [ReportAmended]
    back = amend(step.state, after(3), town(), category=report().category)
    assert back is not None
    assert (back.state.listed, [type(one) for one in back.events]) == (True, [ReportAmended])


def test_words_written_for_a_closed_category_open_only_when_staff_give_them_anew() -> None:
    closed = submitted(category=category(public=False)).state
    assert closed.public_text is None
    step = amend(closed, after(1), town(), category=category(sensitive=False))
    assert step is not None
    assert (step.state.text, step.state.public_text) == (closed.text, None)
    again = amend(step.state, after(2), town(), text=closed.text)
    assert again is not None
    assert again.state.public_text == "ท่อแตก โทร •••"
    (told,) = again.events
    assert isinstance(told, ReportAmended)
    assert told.public_text == "ท่อแตก โทร •••"

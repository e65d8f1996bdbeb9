"""What is taken in, what is refused, and what the town says first."""

import pytest

from services.intake.domain.report import Location
from services.intake.domain.submission import Contact, refuse_other_content, submit
from shared.events.contacts import ContactRecorded
from shared.events.reports import ReportSubmitted
from shared.kernel import Reject
from tests.support.reports import AT, CASE, MAIL, MARKET, category, submission, submitted, unmarked_town


def refusal(**changes: object) -> str:
    with pytest.raises(Reject) as refused:
        submitted(**changes)
    assert refused.value.status == 422
    return refused.value.code


def test_a_report_is_received_and_told_once() -> None:
    step = submitted(contact=MAIL)
    (said,) = step.events
    assert isinstance(said, ReportSubmitted)
    assert step.state.state == "received"
    assert [entry.type for entry in step.state.timeline] == ["received"]
    assert said.location == MARKET.place()
    assert said.zone == step.state.zone is not None
    assert said.parties == ["reporter"]


def test_the_contact_leaves_on_its_own_and_is_not_kept() -> None:
    step = submitted(contact=MAIL)
    (recorded,) = step.contacts
    assert recorded.model_dump()["email"] == "somchai@example.org"  # type: ignore[union-attr]
    assert recorded.party == "reporter"
    kept = step.state.model_dump_json()
    assert "somchai@example.org" not in kept
    assert "สมชาย" not in kept


@pytest.mark.parametrize(
    ("channel", "confirmed"), [("web", False), ("phone", True), ("counter", True), ("desk", True), ("open311", False)]
)
def test_only_an_address_that_an_officer_took_down_needs_no_confirmation(channel: str, confirmed: bool) -> None:
    (recorded,) = submitted(contact=MAIL, channel=channel).contacts
    assert isinstance(recorded, ContactRecorded)
    assert recorded.confirmed is confirmed


def test_nobody_needs_to_say_who_they_are() -> None:
    step = submitted()
    assert step.contacts == ()
    assert step.events[0].model_dump()["parties"] == []


def test_a_name_alone_is_no_way_to_be_told() -> None:
    step = submitted(contact=Contact(name="สมชาย"))
    assert step.contacts  # the crew may still want to know whom to ask for


def test_an_unknown_category_is_refused() -> None:
    assert refusal(category="no-such-thing") == "unknown-category"


@pytest.mark.parametrize(("latitude", "longitude"), [(0.0, 0.0), (0.0001, -0.0002)])
def test_null_island_is_refused(latitude: float, longitude: float) -> None:
    assert refusal(location=Location(latitude=latitude, longitude=longitude)) == "null-island"


def test_half_a_place_is_refused() -> None:
    assert refusal(location=Location(latitude=18.7, address="หน้าวัด")) == "half-a-place"


def test_a_problem_needs_a_place_and_a_suggestion_does_not() -> None:
    assert refusal(location=None) == "no-place"
    assert refusal(location=Location(accuracy_m=5)) == "no-place"
    assert submitted(location=None, kind="suggestion").state.location is None


def test_what_nobody_said_is_a_problem_where_a_place_is_given() -> None:
    assert submitted(kind=None).state.kind == "problem"
    assert submitted(category="other", kind=None).state.kind == "problem"
    assert refusal(kind=None, location=None) == "no-place"  # of a category for problems only
    question = submitted(category="other", kind=None, location=None).state
    assert (question.kind, question.location) == ("question", None)
    assert refusal(category="other", kind="problem", location=None) == "no-place"


def test_an_address_is_place_enough_and_reaches_the_crew() -> None:
    step = submitted(location=Location(address="ซอย 3 หมู่ 7"))
    said = step.events[0].model_dump()
    assert said["location"] is None
    assert said["answers"] == {"address": "ซอย 3 หมู่ 7"}
    assert step.state.answers == {}


def test_a_place_that_the_device_hardly_knows_is_none() -> None:
    rough = Location(latitude=18.7431, longitude=98.9638, accuracy_m=5000)
    assert refusal(location=rough) == "rough-place"
    told = submitted(location=rough.model_copy(update={"address": "หน้าวัด"}))
    assert told.state.location == Location(address="หน้าวัด")
    assert (told.state.zone, told.state.shown_at) == (None, None)
    assert submitted(location=rough, kind="suggestion").state.location is None
    assert told.events[0].model_dump()["answers"] == {"address": "หน้าวัด"}


def test_a_place_outside_the_town_is_accepted_and_flagged() -> None:
    step = submitted(location=Location(latitude=13.75, longitude=100.5))
    assert step.state.outside_town
    assert step.state.zone is None
    assert step.events[0].model_dump()["outside_town"]


def test_a_sensitive_category_shows_its_place_to_about_a_kilometre() -> None:
    assert submitted(category=category(sensitive=True)).state.shown_at == [98.96, 18.74]
    assert submitted().state.shown_at == [98.9638, 18.7431]


def test_a_category_that_is_not_public_is_not_listed() -> None:
    assert submitted().state.listed
    assert not submitted(category=category(public=False)).state.listed


def test_what_is_not_public_never_shows_its_exact_place() -> None:
    step = submit(CASE, "MH-4K7T-29Q8", submission(category="drain-flood"), unmarked_town("drain-flood"), AT)
    assert (step.state.listed, step.state.sensitive, step.state.shown_at) == (False, True, [98.96, 18.74])
    assert step.events[0].model_dump()["sensitive"]


def test_the_same_photo_twice_is_one() -> None:
    assert submitted(photos=["a" * 32, "b" * 32, "a" * 32]).state.photos == ["a" * 32, "b" * 32]


def test_a_key_used_for_another_report_is_noticed() -> None:
    report = submitted().state
    refuse_other_content(report, submission())
    with pytest.raises(Reject, match="idempotency-key-reused"):
        refuse_other_content(report, submission(text="อีกเรื่องหนึ่ง"))


def test_a_report_that_is_sent_again_from_a_page_in_the_other_language_is_the_same() -> None:
    report = submitted(contact=MAIL).state
    refuse_other_content(report, submission(language="en", contact=MAIL.model_copy(update={"language": "en"})))


def test_the_step_is_the_same_each_time() -> None:
    assert submitted(contact=MAIL) == submitted(contact=MAIL)
    assert CASE in submitted(contact=MAIL).contacts[0].model_dump().values()  # type: ignore[union-attr]

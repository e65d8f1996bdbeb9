"""After a question was asked: whether its message arrived, who sends it again, and whom time alone reminds."""

from datetime import datetime, timedelta

import pytest

from services.permits.domain import chasing, consulting, handing_in, moments
from services.permits.domain.application import Actor, Application
from services.permits.domain.consulting import Answer, Question
from services.permits.domain.reaching import Outcome, is_told_by_message, reminder_at
from shared.events.permit_life import PermitConsulted, PermitConsulteeAskedAgain, PermitConsulteeTold
from shared.kernel import Reject
from shared.town import Town
from shared.town.work import Routing, RoutingOutcome, Team
from tests.support.permits import MONDAY, OFFICER, application, at, permit_town, town_with_agency, words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PERIODS = moments.Periods(draft_days=90, applicant_days=3650)
TOWN = town_with_agency()


def with_teams(roads: str | None, centre: str | None = None) -> Town:
    """Two teams with these mailboxes; the second is the one-stop centre."""
    team = {"name": words("งาน"), "unit": words("กอง")}
    teams = {
        "roads": Team.model_validate({**team, "email": roads}),
        "centre": Team.model_validate({**team, "kind": "triage", "email": centre}),
    }
    fallback = RoutingOutcome(team="centre", priority="normal", service_level="office")
    routing = Routing(version="1", rules=(), fallback=fallback)
    return TOWN.model_copy(update={"teams": teams, "routing": routing})


def asked(days: int = 5, consultee: str = "pea", town: Town = TOWN) -> Application:
    question = Question(consultee, "สายไฟพอหรือไม่", (), days, beyond_due=True)
    return consulting.ask(application("accepted"), at(), town, OFFICER, question).state


def outcome_of(case: Application, end: str = "sent", why: str = "", when: datetime = MONDAY) -> Outcome:
    """Of the message that asked whoever was asked last."""
    return Outcome(case.consultations[-1].id, when, end, why)  # type: ignore[arg-type]


def told(case: Application, end: str = "sent", why: str = "") -> Application:
    step = chasing.note_told(case, at(MONDAY + HOUR), outcome_of(case, end, why))
    assert step is not None
    return step.state


def test_an_agency_is_asked_by_the_event_that_brings_its_link_and_never_the_secret() -> None:
    case = asked()
    (event,) = consulting.ask(case, at(), TOWN, OFFICER, Question("pea", "ถาม", (), 5, beyond_due=True)).events
    assert isinstance(event, PermitConsulted)
    one = consulting.ask(case, at(), TOWN, OFFICER, Question("pea", "ถาม", (), 5, beyond_due=True)).state.consultations[
        -1
    ]

    assert (event.consultee, event.agency, event.link_number) == ("pea", "pea", 1)
    assert (event.link_until, one.message) == (one.due_at + timedelta(days=30), "sending")
    assert not [name for name in type(event).model_fields if "secret" in name or "token" in name]


def test_a_team_is_asked_as_one_of_the_town() -> None:
    town, question = with_teams("roads@t.example"), Question("roads", "ถาม", (), 5, beyond_due=True)
    (event,) = consulting.ask(application("accepted"), at(), town, OFFICER, question).events
    assert isinstance(event, PermitConsulted)
    assert (event.consultee, event.agency) == ("roads", None)


@pytest.mark.parametrize(
    ("team", "centre", "reached"),
    [("a@t.example", None, True), (None, "b@t.example", True), (None, None, False)],
)
def test_a_team_without_a_mailbox_is_reached_through_the_centre(
    team: str | None, centre: str | None, reached: bool
) -> None:
    assert is_told_by_message(with_teams(team, centre), "roads") == reached


@pytest.mark.parametrize("lacks", [{"notices": ()}, {"agencies": permit_town().agencies}])
def test_whom_no_message_reaches_is_left_to_whoever_asked(lacks: dict[str, object]) -> None:
    town = TOWN.model_copy(update=lacks)
    assert not is_told_by_message(town, "pea")
    without_mail = TOWN.agencies["pea"].model_copy(update={"email": None})
    one = asked(town=TOWN.model_copy(update={"agencies": {"pea": without_mail}})).consultations[0]
    assert (one.message, one.remind_at, one.link) == (None, None, 1)


@pytest.mark.parametrize(("end", "why"), [("sent", ""), ("failed", "smtp-550")])
def test_the_office_learns_whether_the_message_arrived(end: str, why: str) -> None:
    case = asked()
    step = chasing.note_told(case, at(MONDAY + HOUR), outcome_of(case, end, why))
    assert step is not None
    (event,) = step.events
    one = step.state.consultations[0]

    assert isinstance(event, PermitConsulteeTold)
    assert (event.status, event.why, one.message, one.message_why) == (end, why or None, end, why)
    lines = [line.type for line in step.state.timeline]
    assert ("consultee-not-reached" in lines) == (end == "failed")
    assert (one.remind_at is None) == (end == "failed"), "whom it did not reach reads no reminder"


def test_word_of_another_message_changes_nothing() -> None:
    case = asked()
    assert chasing.note_told(case, at(), outcome_of(case, "failed", when=MONDAY + HOUR)) is None
    assert chasing.note_told(told(case), at(), outcome_of(case, "failed")) is None


def test_of_two_who_were_asked_in_the_same_moment_each_has_the_outcome_of_their_own_message() -> None:
    case = consulting.ask(asked(), at(), TOWN, OFFICER, Question("pea", "อีกเรื่อง", (), 5, beyond_due=True)).state
    first, second = case.consultations

    after = told(case, "failed", "smtp-550").consultations
    by_an_older_release = chasing.note_told(case, at(), Outcome(None, MONDAY, "failed"))

    assert first.message_at == second.message_at
    assert [one.message for one in after] == ["sending", "failed"]
    assert by_an_older_release is not None
    assert [one.message for one in by_an_older_release.state.consultations] == ["failed", "sending"]


def test_they_are_reminded_before_their_time_is_over_and_once() -> None:
    case = told(asked(days=5))
    remind_at = case.consultations[0].remind_at
    assert remind_at is not None
    assert remind_at < case.consultations[0].due_at
    assert chasing.find_next_due(case) == remind_at
    assert chasing.chase(case, at(remind_at - HOUR)) is None
    step = moments.act(moments.CONSULTATION, case, at(remind_at), TOWN, PERIODS)
    assert step is not None
    (event,) = step.events
    one = step.state.consultations[0]

    assert isinstance(event, PermitConsulteeAskedAgain)
    assert (event.reason, event.link_number, one.link) == ("reminder", 1, 1), "the link of the first mail still opens"
    assert (one.reminded_at, one.message) == (remind_at, "sent")
    assert chasing.find_next_due(step.state) == one.due_at


@pytest.mark.parametrize(("days", "left"), [(1, None), (2, 1), (4, 1), (5, 2), (60, 2)])
def test_a_reminder_leaves_time_to_answer(days: int, left: int | None) -> None:
    found = reminder_at(TOWN, MONDAY, days)
    due = TOWN.calendar.add_working_days(MONDAY, days)
    assert found is None if left is None else found is not None
    if found is not None and left is not None:
        assert TOWN.calendar.add_working_days(found, left) == due


def test_an_answer_or_the_end_of_the_case_ends_all_reminding() -> None:
    case = told(asked())
    one = case.consultations[0]
    answered = consulting.answer(case, at(), Actor(level="consultee"), one.id, Answer("no-objection", "", "x")).state
    withdrawn = handing_in.withdraw(case, at(), Actor(), "").state
    for state in (answered, withdrawn):
        assert chasing.find_next_due(state) is None
        assert chasing.chase(state, at(one.due_at)) is None


def test_sending_it_again_brings_a_new_link_and_ends_the_one_before() -> None:
    case = told(asked(), "failed", "smtp-550")
    later = MONDAY + 2 * HOUR
    step = chasing.ask_again(case, at(later), TOWN, OFFICER, case.consultations[0].id)
    (event,) = step.events
    one = step.state.consultations[0]

    assert isinstance(event, PermitConsulteeAskedAgain)
    assert (event.reason, event.link_number, event.due_at) == ("resent", 2, one.due_at)
    assert (one.link, one.message, one.message_at, one.message_why) == (2, "sending", later, "")
    late = outcome_of(step.state, "failed")
    assert chasing.note_told(step.state, at(later), late) is None, "word of the first comes too late"


def test_it_is_not_sent_again_where_nobody_waits_or_where_it_would_flood_them() -> None:
    case = told(asked())
    one = case.consultations[0]
    answered = consulting.answer(case, at(), Actor(level="consultee"), one.id, Answer("no-objection", "", "x")).state
    often = consulting.with_consultation(case, one.model_copy(update={"link": chasing.LINKS_MOST}))
    for state, town, moment, which, code in (
        (asked(), TOWN, MONDAY, None, "sending-already"),
        (answered, TOWN, MONDAY, one.id, "answered-already"),
        (case, TOWN, MONDAY, "another", "unknown-consultation"),
        (case, permit_town(), MONDAY, one.id, "not-by-message"),
        (case, TOWN, one.open_until + HOUR, one.id, "question-over"),
        (often, TOWN, MONDAY, one.id, "asked-too-often"),
    ):
        with pytest.raises(Reject) as refusal:
            chasing.ask_again(state, at(moment), town, OFFICER, which or state.consultations[0].id)
        assert refusal.value.code == code


def test_overdue_comes_instead_of_a_reminder_and_with_the_link() -> None:
    case = told(asked())
    one = case.consultations[0]
    step = chasing.chase(case, at(one.due_at + DAY))
    assert step is not None

    assert [(event.type, event.data()["link_number"]) for event in step.events] == [
        ("onestop.permit.consultation-overdue.v1", 1)
    ]
    assert chasing.find_next_due(step.state) is None

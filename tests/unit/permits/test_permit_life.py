"""A permit after its decision: built under, inspected, extended, transferred, revoked, appealed; and what ends it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.permits.domain import (
    appeals,
    construction,
    decision,
    inspections,
    moments,
    revoking,
    transfer,
    validity,
)
from services.permits.domain.application import Actor, Applicant, Application, State
from services.permits.domain.forgetting import forget_applicant
from services.permits.domain.inspections import MENDING_DAYS, Finding
from services.permits.domain.permit_type import PermitType
from shared.events.contacts import ContactRecorded
from shared.events.permit_life import PermitTransferred
from shared.kernel import Reject, Step
from tests.support.permits import (
    EXAMINER,
    HOUSE,
    MONDAY,
    OFFICER,
    RULES,
    SIGNATORY,
    TOWN,
    application,
    at,
    signed,
    signing,
)

DAY = timedelta(days=1)
LAST = datetime(2027, 11, 23, 16, 59, 59, 999000, UTC)  # the end of the day in Bangkok, a year after the signature
PERIODS = moments.Periods(draft_days=90, applicant_days=3650)
HOLDER = Actor()
DEPUTY = Actor(sub="deputy", name="วีระ", level="signatory")  # signed nothing before
HEIR = Applicant(name="สมศรี", email="b@example.org")


def types(step: Step[Application]) -> list[str]:
    return [event.type.removeprefix("onestop.permit.").removesuffix(".v1") for event in step.events]


def waits(state: Application) -> set[str]:
    waited = moments.moments(state, PERIODS)
    return {one.name for one in waited if one.kind not in (moments.LETTER, moments.FEES_DUE)}


def begun() -> Application:
    return construction.tell_start(application("decided"), at(), HOUSE, HOLDER, MONDAY + DAY).state


def finished() -> Application:
    return construction.tell_finish(begun(), at(MONDAY + 9 * DAY), HOUSE, HOLDER, MONDAY + 8 * DAY).state


def visited(case: Application, result: str, day: int = 10) -> Application:
    booked = inspections.plan_inspection(case, at(MONDAY + (day - 1) * DAY), OFFICER, MONDAY + day * DAY).state
    found = Finding(result, "" if result == "in-order" else "ผนังไม่ตรงแบบ")  # type: ignore[arg-type]
    visit = booked.inspections[-1].id
    return inspections.report_inspection(booked, at(MONDAY + day * DAY), TOWN, OFFICER, visit, found).state


def revoked() -> Application:
    return revoking.revoke(application("decided"), at(), RULES, TOWN, signing(SIGNATORY), "ม. 40").state


def application_of(case: Application) -> Application:
    """The same without its visits."""
    return case.model_copy(update={"inspections": ()})


def refused() -> Application:
    return decision.decide(application("examined"), at(), RULES, TOWN, signed("refused")).state


def asked() -> Application:
    return validity.ask_extension(
        application("decided"), at(LAST - DAY), RULES.permit, TOWN, HOLDER, "ผู้รับเหมาทิ้งงาน"
    ).state


def grant(case: Application, moment: datetime, days: int, permit: PermitType = HOUSE) -> Step[Application]:
    rules = RULES.model_copy(update={"permit": permit})
    return validity.grant_extension(case, at(moment), rules, TOWN, signing(SIGNATORY), days)


def test_what_is_finished_and_found_in_order_is_accepted_and_ends_the_permit() -> None:
    step = construction.accept(visited(finished(), "in-order"), at(MONDAY + 11 * DAY), EXAMINER)

    assert types(step) == ["construction-accepted", "closed"]
    assert (step.state.standing, step.state.closed_at) == ("completed", MONDAY + 11 * DAY)
    assert waits(step.state) == {moments.FORGETTING}


@pytest.mark.parametrize(
    "case",
    [begun(), finished(), visited(finished(), "defects"), visited(finished(), "not-done"), application("decided")],
)
def test_nothing_is_accepted_that_was_not_found_in_order_after_it_was_finished(case: Application) -> None:
    with pytest.raises(Reject, match="in order"):
        construction.accept(case, at(MONDAY + 11 * DAY), EXAMINER)


def test_a_visit_before_the_work_was_finished_accepts_nothing() -> None:
    early = visited(begun(), "in-order", day=3)
    told = construction.tell_finish(early, at(MONDAY + 9 * DAY), HOUSE, HOLDER, MONDAY + 8 * DAY).state

    assert not construction.can_accept(told)


def test_a_day_that_is_told_long_after_it_makes_no_earlier_visit_the_final_one() -> None:
    early = visited(begun(), "in-order", day=5)
    told = construction.tell_finish(early, at(MONDAY + 9 * DAY), HOUSE, HOLDER, MONDAY + 2 * DAY).state

    assert not construction.can_accept(told)
    assert construction.can_accept(visited(told, "in-order", day=10))


def test_of_several_visits_the_last_by_its_own_day_counts_in_whatever_order_they_were_booked() -> None:
    case = finished()
    for day in (20, 12):
        case = inspections.plan_inspection(case, at(MONDAY + 11 * DAY), OFFICER, MONDAY + day * DAY).state
    later, sooner = case.inspections
    wrong, right = Finding("defects", "ผนังไม่ตรงแบบ"), Finding("in-order")
    case = inspections.report_inspection(case, at(sooner.at), TOWN, OFFICER, sooner.id, wrong).state
    case = construction.tell_finish(case, at(sooner.at + DAY), HOUSE, HOLDER, sooner.at).state
    case = inspections.report_inspection(case, at(later.at), TOWN, OFFICER, later.id, right).state

    assert construction.can_accept(case)


def test_what_was_finished_in_time_is_visited_and_accepted_after_its_last_day() -> None:
    late = inspections.plan_inspection(finished(), at(LAST + DAY), OFFICER, LAST + 2 * DAY).state
    found = inspections.report_inspection(
        late, at(LAST + 2 * DAY), TOWN, OFFICER, late.inspections[0].id, Finding("in-order")
    )

    assert construction.accept(found.state, at(LAST + 3 * DAY), EXAMINER).state.standing == "completed"


def test_what_was_found_wrong_after_the_last_day_may_still_be_mended_or_more_time_be_asked_for() -> None:
    late = inspections.plan_inspection(finished(), at(LAST + DAY), OFFICER, LAST + 2 * DAY).state
    defects = Finding("defects", "ผนังไม่ตรงแบบ")
    wrong = inspections.report_inspection(
        late, at(LAST + 2 * DAY), TOWN, OFFICER, late.inspections[0].id, defects
    ).state
    end = LAST + (2 + MENDING_DAYS) * DAY

    assert validity.end_validity(wrong, at(end - DAY)) is None
    assert validity.find_standing(wrong, end - DAY) == "in-force"
    assert validity.ask_extension(wrong, at(end - DAY), RULES.permit, TOWN, HOLDER, "รอวัสดุ").state.extension is not None
    mended = construction.tell_finish(wrong, at(end - DAY), HOUSE, HOLDER, LAST + 3 * DAY).state
    assert moments.EXPIRY not in waits(mended)
    over = validity.end_validity(wrong, at(end))
    assert over is not None
    assert over.state.standing == "expired"


def test_a_permit_holds_on_the_whole_of_its_last_day_and_is_expired_with_it() -> None:
    case = application("decided")

    assert case.valid_until == LAST
    assert (
        validity.ask_extension(case, at(LAST - timedelta(hours=1)), RULES.permit, TOWN, HOLDER, "ช้า").state.extension
        is not None
    )
    assert validity.find_standing(case, LAST - timedelta(seconds=1)) == "in-force"
    assert validity.find_standing(case, LAST) == "expired"  # also while nobody has closed it yet
    assert validity.find_standing(finished(), LAST + DAY) == "in-force"


def test_a_finished_building_waits_for_its_visit_and_not_for_its_last_day() -> None:
    assert validity.end_validity(finished(), at(LAST + DAY)) is None
    assert moments.EXPIRY not in waits(finished())


def test_defects_give_a_finished_building_back_to_its_builders() -> None:
    mended = visited(finished(), "defects")

    assert mended.construction is not None
    assert (mended.construction.finished_on, moments.EXPIRY in waits(mended)) == (None, True)
    again = construction.tell_finish(mended, at(MONDAY + 20 * DAY), HOUSE, HOLDER, MONDAY + 19 * DAY).state
    assert construction.can_accept(visited(again, "in-order", day=21))


@pytest.mark.parametrize(("day", "code"), [(MONDAY - DAY, "before-permit"), (LAST + DAY, "after-validity")])
def test_work_begins_while_the_permit_holds(day: object, code: str) -> None:
    with pytest.raises(Reject) as refusal:
        construction.tell_start(application("decided"), at(), HOUSE, HOLDER, day)  # type: ignore[arg-type]
    assert refusal.value.code == code


@pytest.mark.parametrize("day", [MONDAY, MONDAY + 5 * DAY])
def test_work_is_finished_after_it_was_begun_and_not_in_the_future(day: object) -> None:
    with pytest.raises(Reject, match="wrong-day"):
        construction.tell_finish(begun(), at(MONDAY + 4 * DAY), HOUSE, HOLDER, day)  # type: ignore[arg-type]


def test_nothing_is_begun_twice_and_nothing_finished_that_was_not_begun() -> None:
    with pytest.raises(Reject, match="already"):
        construction.tell_start(begun(), at(), HOUSE, HOLDER, MONDAY + DAY)
    with pytest.raises(Reject, match="begun"):
        construction.tell_finish(application("decided"), at(), HOUSE, HOLDER, MONDAY)


def test_where_nothing_is_built_nobody_tells_of_building() -> None:
    with pytest.raises(Reject, match="wrong-state"):
        construction.tell_start(
            application("decided"), at(), HOUSE.model_copy(update={"building_work": False}), HOLDER, MONDAY
        )


def test_a_site_is_visited_before_the_decision_and_the_applicant_told_of_both() -> None:
    planned = inspections.plan_inspection(application("accepted"), at(), OFFICER, MONDAY + DAY, beyond_due=True)
    visit = planned.state.inspections[0].id
    reported = inspections.report_inspection(
        planned.state, at(MONDAY + DAY), TOWN, OFFICER, visit, Finding("defects", "ที่ดินไม่ตรงกับโฉนด")
    )

    assert (types(planned), types(reported)) == (["inspection-planned"], ["inspected"])
    assert reported.events[0].data()["note"] == "ที่ดินไม่ตรงกับโฉนด"
    assert moments.INSPECTION not in waits(reported.state)


def test_what_a_visit_found_changes_what_the_signatory_has_read() -> None:
    planned = inspections.plan_inspection(application("examined"), at(), OFFICER, MONDAY + DAY, beyond_due=True).state
    found = Finding("in-order")
    reported = inspections.report_inspection(
        planned, at(MONDAY + DAY), TOWN, OFFICER, planned.inspections[0].id, found
    ).state

    assert decision.read_mark(planned) == decision.read_mark(application_of(planned))
    assert decision.read_mark(reported) != decision.read_mark(planned)


def booked(state: State = "accepted") -> Application:
    return inspections.plan_inspection(application(state), at(), OFFICER, MONDAY + DAY, beyond_due=True).state


def test_a_visit_is_moved_and_its_day_comes_anew() -> None:
    state = booked()
    visit = state.inspections[0].id
    state = inspections.note_inspections(state, at(MONDAY + DAY)).state  # type: ignore[union-attr]
    step = inspections.move_inspection(state, at(), OFFICER, visit, MONDAY + 2 * DAY, beyond_due=True)
    assert step is not None
    assert (types(step), step.events[0].data()["was"][:10]) == (["inspection-moved"], "2026-11-24")
    assert [one.at for one in inspections.list_awaited(step.state)] == [MONDAY + 2 * DAY]
    assert moments.INSPECTION in waits(step.state)
    same = inspections.move_inspection(step.state, at(), OFFICER, visit, MONDAY + 2 * DAY, beyond_due=True)
    assert same is None
    with pytest.raises(Reject, match="beyond-due"):
        inspections.move_inspection(step.state, at(), OFFICER, visit, MONDAY + 3 * DAY)


def test_a_visit_that_is_called_off_is_waited_for_by_nobody() -> None:
    state = booked()
    step = inspections.cancel_inspection(state, at(), OFFICER, state.inspections[0].id, "จะนัดใหม่")
    data = step.events[0].data()
    assert (types(step), data["because"], data["note"]) == (["inspection-cancelled"], "office", "จะนัดใหม่")
    assert moments.INSPECTION not in waits(step.state)
    visit = state.inspections[0].id
    with pytest.raises(Reject, match="wrong-state"):
        inspections.cancel_inspection(step.state, at(), OFFICER, visit, "")
    with pytest.raises(Reject, match="wrong-state"):
        inspections.move_inspection(step.state, at(), OFFICER, visit, MONDAY + 2 * DAY)
    with pytest.raises(Reject, match="wrong-state"):
        inspections.report_inspection(step.state, at(MONDAY + DAY), TOWN, OFFICER, visit, Finding("in-order"))


@pytest.mark.parametrize("decided", ["approved", "refused"])
def test_what_is_decided_leaves_no_visit_booked_and_the_applicant_hears_of_it(decided: str) -> None:
    state = booked("examined")
    signature = signed(decided, seen=(f"visit:{state.inspections[0].id}",))
    step = decision.decide(state, at(), RULES, TOWN, signature)
    assert (step.state.inspections[0].cancelled_because, step.state.inspections[0].booked) == ("decided", False)
    assert "inspection-cancelled" in types(step)
    assert moments.INSPECTION not in waits(step.state)


def test_a_visit_to_a_permit_that_ends_is_overtaken_without_a_word_more() -> None:
    state = inspections.plan_inspection(application("decided"), at(), OFFICER, MONDAY + DAY).state
    assert not inspections.is_overtaken(state, state.inspections[0])
    assert inspections.is_overtaken(state.model_copy(update={"standing": "revoked"}), state.inspections[0])


@pytest.mark.parametrize(
    ("found", "moment", "code"),
    [
        (Finding("defects"), MONDAY + 3 * DAY, "inspection-note"),
        (Finding("not-done"), MONDAY + 3 * DAY, "inspection-note"),
        (Finding("in-order"), MONDAY + 2 * DAY, "too-early"),
    ],
)
def test_a_visit_is_reported_on_its_day_and_says_what_is_wrong(found: Finding, moment: object, code: str) -> None:
    planned = inspections.plan_inspection(application("decided"), at(), OFFICER, MONDAY + 3 * DAY).state
    with pytest.raises(Reject) as refusal:
        inspections.report_inspection(planned, at(moment), TOWN, OFFICER, planned.inspections[0].id, found)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_visit_is_reported_once_and_must_have_been_booked() -> None:
    case = visited(begun(), "in-order")
    for visit, code in ((case.inspections[0].id, "wrong-state"), ("unknown", "unknown-inspection")):
        with pytest.raises(Reject) as refusal:
            inspections.report_inspection(case, at(MONDAY + 12 * DAY), TOWN, OFFICER, visit, Finding("in-order"))
        assert refusal.value.code == code


def test_a_holder_is_warned_once_before_the_last_day() -> None:
    warned = HOUSE.model_copy(update={"expiry_warning_days": 30})
    rules = RULES.model_copy(update={"permit": warned})
    case = decision.decide(application("examined"), at(), rules, TOWN, signed()).state

    assert case.expiry_warning_at == MONDAY + 335 * DAY  # at the hour of the signature
    step = moments.act(moments.EXPIRY_WARNING, case, at(LAST - 30 * DAY), TOWN, PERIODS)
    assert step is not None
    assert types(step) == ["expiring"]
    assert moments.EXPIRY_WARNING not in waits(step.state)


def test_a_permit_whose_extension_is_asked_for_in_time_does_not_end_while_nobody_answers() -> None:
    assert moments.EXPIRY not in waits(asked())
    assert validity.end_validity(asked(), at(LAST + 9 * DAY)) is None


def test_an_extension_moves_the_last_day_and_the_warning_and_leaves_the_decision_as_it_was_signed() -> None:
    permit = HOUSE.model_copy(update={"expiry_warning_days": 30})
    step = grant(asked(), LAST + DAY, 90, permit)

    assert (types(step), step.state.valid_until) == (["extension-answered"], LAST + 90 * DAY)
    assert step.state.expiry_warning_at == LAST + 60 * DAY
    assert step.state.decision is not None
    assert step.state.decision.valid_until == LAST


def test_a_refused_extension_ends_what_has_passed_its_day_meanwhile_and_nothing_before() -> None:
    late = validity.refuse_extension(asked(), at(LAST + DAY), signing(SIGNATORY), "ม. 35")
    early = validity.refuse_extension(asked(), at(LAST - DAY), signing(SIGNATORY), "ม. 35")

    assert (types(late), late.state.standing) == (["extension-answered", "closed"], "expired")
    assert (types(early), early.state.standing) == (["extension-answered"], "in-force")


def test_more_time_is_asked_for_before_the_last_day_once_and_while_something_is_left_to_do() -> None:
    cases = ((application("decided"), LAST, "wrong-state"), (asked(), LAST - DAY, "asked-already"),
             (finished(), LAST - DAY, "wrong-state"), (revoked(), LAST - DAY, "wrong-state"))  # fmt: skip
    for case, moment, code in cases:
        with pytest.raises(Reject) as refusal:
            validity.ask_extension(case, at(moment), RULES.permit, TOWN, HOLDER, "ช้า")
        assert refusal.value.code == code


def test_more_time_that_is_over_already_is_refused() -> None:
    with pytest.raises(Reject) as refusal:
        grant(asked(), LAST + 40 * DAY, 40)
    assert (refusal.value.code, refusal.value.status) == ("too-short", 422)
    assert grant(asked(), LAST + 40 * DAY - timedelta(seconds=1), 40).state.valid_until == LAST + 40 * DAY


def test_for_which_office_more_time_was_given_or_refused_and_a_permit_transferred_is_kept() -> None:
    steps = (
        grant(asked(), LAST, 90),
        validity.refuse_extension(asked(), at(LAST - DAY), signing(SIGNATORY), "ม. 35"),
        transfer.transfer(application("decided"), at(), HOUSE, signing(SIGNATORY), HEIR),
    )
    assert [step.state.timeline[-1].params["office"] for step in steps] == ["mayor"] * 3


def test_more_time_that_was_asked_for_in_time_outlives_a_revocation_that_is_set_aside() -> None:
    gone = revoking.revoke(asked(), at(LAST - DAY), RULES, TOWN, signing(SIGNATORY), "ม. 40").state
    appealed = appeals.make_appeal(gone, at(LAST), HOLDER, "แก้ไขแล้ว").state
    won = appeals.answer_appeal(appealed, at(LAST + 9 * DAY), signing(DEPUTY), "granted", "ฟังขึ้น").state

    assert moments.EXPIRY not in waits(won)
    assert grant(won, LAST + 10 * DAY, 90).state.valid_until == LAST + 90 * DAY
    with pytest.raises(Reject, match="nobody"):
        grant(gone, LAST, 90)


def test_more_time_is_never_more_than_the_permit_had_and_a_refusal_says_why() -> None:
    with pytest.raises(Reject, match="365"):
        grant(asked(), LAST - DAY, 366)
    with pytest.raises(Reject, match="legal reason"):
        validity.refuse_extension(asked(), at(LAST - DAY), signing(SIGNATORY), "")
    with pytest.raises(Reject, match="nobody"):
        grant(application("decided"), MONDAY, 30)


def test_a_revoked_permit_holds_no_more_at_once_and_is_final_when_nobody_appeals() -> None:
    case = revoked()
    end = appeals.appeal_end(TOWN.calendar, MONDAY, 30)
    over = moments.act(moments.APPEAL_END, case, at(end), TOWN, PERIODS)

    assert (case.standing, case.closed_at, waits(case)) == ("revoked", None, {moments.APPEAL_END})
    assert over is not None
    assert (types(over), over.events[0].data()["reason"]) == (["closed"], "revoked")


def test_a_revocation_without_a_right_to_appeal_is_final_at_once() -> None:
    final = RULES.model_copy(update={"permit": HOUSE.model_copy(update={"appeal": None})})
    step = revoking.revoke(application("decided"), at(), final, TOWN, signing(SIGNATORY), "ม. 40")

    assert types(step) == ["revoked", "closed"]


def test_only_what_is_in_force_is_revoked_and_never_without_a_reason() -> None:
    for case, reason in ((refused(), "ม. 40"), (revoked(), "ม. 40"), (application("decided"), "")):
        with pytest.raises(Reject):
            revoking.revoke(case, at(), RULES, TOWN, signing(SIGNATORY), reason)


def test_an_appeal_that_is_won_puts_a_revoked_permit_in_force_again_with_its_own_last_day() -> None:
    appealed = appeals.make_appeal(revoked(), at(MONDAY + DAY), HOLDER, "แก้ไขแล้ว")
    won = appeals.answer_appeal(appealed.state, at(MONDAY + 9 * DAY), signing(DEPUTY), "granted", "แก้ไขแล้วจริง")

    assert (appealed.state.standing, waits(appealed.state)) == ("revoked", set())
    assert (types(won), won.state.standing, won.state.valid_until) == (["appeal-answered"], "in-force", LAST)
    assert waits(won.state) == {moments.EXPIRY}


@pytest.mark.parametrize(
    ("case", "outcome", "standing", "reason"),
    [
        (revoked(), "dismissed", "revoked", "revoked"),
        (refused(), "dismissed", "final", "refused"),
        (refused(), "granted", "set-aside", "set-aside"),
    ],
)
def test_every_other_outcome_ends_the_case(case: Application, outcome: str, standing: str, reason: str) -> None:
    appealed = appeals.make_appeal(case, at(MONDAY + DAY), HOLDER, "ไม่เห็นด้วย").state
    step = appeals.answer_appeal(appealed, at(MONDAY + 9 * DAY), signing(DEPUTY), outcome, "มติที่ 4/2569")  # type: ignore[arg-type]

    assert (types(step), step.state.standing) == (["appeal-answered", "closed"], standing)
    assert step.events[1].data()["reason"] == reason


def test_an_appeal_comes_in_time_once_and_against_an_order() -> None:
    end = appeals.appeal_end(TOWN.calendar, MONDAY, 30)
    appealed = appeals.make_appeal(refused(), at(MONDAY + DAY), HOLDER, "ไม่เห็นด้วย").state
    assert appeals.end_appeal(appealed, at(end + DAY)) is None
    for case, moment in ((refused(), end), (appealed, MONDAY + 2 * DAY), (application("decided"), MONDAY)):
        with pytest.raises(Reject, match="no order"):
            appeals.make_appeal(case, at(moment), HOLDER, "ไม่เห็นด้วย")
    with pytest.raises(Reject, match="nobody has appealed"):
        appeals.answer_appeal(refused(), at(), signing(DEPUTY), "granted", "ฟังขึ้น")


def test_no_appeal_is_answered_by_who_proposed_or_signed_the_order_or_without_grounds() -> None:
    against_refusal = appeals.make_appeal(refused(), at(MONDAY + DAY), HOLDER, "ไม่เห็นด้วย").state
    against_revocation = appeals.make_appeal(revoked(), at(MONDAY + DAY), HOLDER, "แก้ไขแล้ว").state
    cases = (
        (against_refusal, EXAMINER, "x", "own-order"),
        (against_refusal, SIGNATORY, "x", "own-order"),
        (against_revocation, SIGNATORY, "x", "own-order"),
        (against_revocation, DEPUTY, "", "appeal-grounds"),
    )
    for case, signatory, reason, code in cases:
        with pytest.raises(Reject) as refusal:
            appeals.answer_appeal(case, at(MONDAY + 2 * DAY), signing(signatory), "granted", reason)
        assert refusal.value.code == code
    answered = appeals.answer_appeal(
        against_revocation, at(MONDAY + 2 * DAY), signing(DEPUTY, "clerk"), "granted", "มติที่ 4"
    )
    assert answered.state.appeal is not None
    assert answered.state.appeal.office == "clerk"


def test_whoever_takes_over_a_permit_gets_a_link_of_their_own_and_nothing_that_was_written_before() -> None:
    written = application("decided")
    step = transfer.transfer(written, at(MONDAY + DAY), HOUSE, signing(SIGNATORY), HEIR)

    (told,), (contact,) = step.events, step.contacts
    assert isinstance(told, PermitTransferred)
    assert isinstance(contact, ContactRecorded)
    assert (told.link_number, told.transferred_at) == (written.link_number + 1, MONDAY + DAY)
    assert (contact.name, contact.took_over_at) == ("สมศรี", MONDAY + DAY)
    assert (step.state.applicant, step.state.link_number) == (HEIR, written.link_number + 1)
    assert [(one.name, one.until) for one in step.state.past_holders] == [("สมชาย", MONDAY + DAY)]
    assert (step.state.theirs(MONDAY), step.state.theirs(MONDAY + 2 * DAY)) == (False, True)
    assert written.theirs(MONDAY)


def test_a_permit_goes_to_somebody_who_can_be_reached_and_only_while_it_is_in_force() -> None:
    for case, to, code in (
        (application("decided"), Applicant(name="สมศรี"), "no-contact"),
        (revoked(), HEIR, "wrong-state"),
    ):
        with pytest.raises(Reject) as refusal:
            transfer.transfer(case, at(), HOUSE, signing(SIGNATORY), to)
        assert refusal.value.code == code


def test_the_words_of_an_appeal_go_with_the_applicant() -> None:
    appealed = appeals.make_appeal(refused(), at(MONDAY + DAY), HOLDER, "ไม่เห็นด้วย").state
    over = appeals.answer_appeal(appealed, at(MONDAY + 9 * DAY), signing(DEPUTY), "dismissed", "ไม่ฟังขึ้น").state
    step = forget_applicant(over, at(MONDAY + 5000 * DAY), 3650, ())

    assert step is not None
    assert step.state.appeal is not None
    assert step.state.appeal.note == ""

"""What is signed: by whom, for which office, what they have read, and what the decision then says."""

from datetime import timedelta

import pytest

from services.permits.domain import completeness, correspondence, decision
from services.permits.domain.letters import Seal
from services.permits.domain.offices import sign_as
from services.permits.domain.rules import rules_of
from services.permits.domain.signed_acts import DECISION, note_letter_made
from shared.kernel import Reject
from tests.support.permits import (
    EXAMINER,
    MONDAY,
    RULES,
    SIGNATORY,
    TOWN,
    application,
    at,
    draft,
    signed,
    with_documents,
)

HOUR = timedelta(hours=1)
LATER = MONDAY + HOUR


def test_nobody_signs_what_they_examined() -> None:
    with pytest.raises(Reject) as refused:
        decision.decide(application("examined"), at(), RULES, TOWN, signed(by=EXAMINER))

    assert (refused.value.code, refused.value.status) == ("same-person", 403)


def test_an_office_signs_only_the_types_it_may() -> None:
    with pytest.raises(Reject) as refused:
        decision.decide(application("examined"), at(), RULES, TOWN, signed(office="clerk"))

    assert refused.value.code == "office-may-not-sign"


@pytest.mark.parametrize("reason", ["", "ระยะร่นไม่ถึง 2 เมตร"])
def test_a_refusal_needs_its_legal_reason(reason: str) -> None:
    given = signed("refused", legal_reason=reason)

    if reason:
        step = decision.decide(application("examined"), at(), RULES, TOWN, given)
        assert step.events[0].data()["legal_reason"] == reason
    else:
        with pytest.raises(Reject, match="legal reason"):
            decision.decide(application("examined"), at(), RULES, TOWN, given)


def test_a_decision_tells_its_number_code_and_whether_it_was_in_time() -> None:
    late = decision.decide(application("examined"), at(MONDAY + 3 * HOUR), RULES, TOWN, signed()).events[0].data()
    in_time = decision.decide(application("examined"), at(MONDAY + 2 * HOUR), RULES, TOWN, signed()).events[0].data()

    assert (in_time["decision"], in_time["number"], in_time["verify_code"]) == (
        "approved", "1/2569", "7QHX-29MD-KT4P",
    )  # fmt: skip
    assert (in_time["on_time"], late["on_time"]) == (True, False)


def test_reminders_and_notices_do_not_change_what_a_signatory_has_read() -> None:
    examined = application("examined")
    read = decision.read_mark(examined)
    reminded = completeness.remind(examined, at(MONDAY + 2 * HOUR), TOWN)
    assert reminded is not None
    noted = correspondence.note_notice(
        reminded.state, at(LATER), "sent", "email", "", "onestop.permit.examined.v1"
    ).state

    assert decision.need_unchanged(noted, read) is noted


def test_another_proposal_or_another_document_is_not_what_was_read() -> None:
    examined = application("examined")
    read = decision.read_mark(examined)
    proposed = decision.examine(examined, at(LATER), EXAMINER, "approve", "", "", ()).state
    replaced = examined.model_copy(update={"documents": with_documents(draft(), "plans").documents})

    for changed in (proposed, replaced):
        with pytest.raises(Reject, match="read it again"):
            decision.need_unchanged(changed, read)


SEAL = Seal(by="เทศบาล", issuer="ผู้ออกใบรับรอง", certificate="00", at=LATER, stamped=False)


def test_the_letter_is_made_once() -> None:
    made = note_letter_made(application("decided"), at(LATER), DECISION, "ab", 2, SEAL)

    assert made is not None
    assert made.state.letter
    assert (made.state.letter.sha256, made.state.letter.made_at, made.state.letter.seal) == ("ab", LATER, SEAL)
    assert note_letter_made(made.state, at(LATER), DECISION, "cd", 2, SEAL) is None


@pytest.mark.parametrize(
    ("own", "asked", "office"),
    [
        ({"mayor"}, None, "mayor"),
        ({"mayor"}, "mayor", "mayor"),
        ({"mayor", "clerk"}, "clerk", "clerk"),  # may not sign this type, which `need_signature` says
        (set(), None, "no-office"),
        ({"clerk"}, None, "no-office"),
        ({"clerk"}, "mayor", "no-office"),
    ],
)
def test_a_signatory_signs_for_an_office_of_their_own_only(own: set[str], asked: str | None, office: str) -> None:
    try:
        found, _ = sign_as(SIGNATORY, RULES, TOWN, own, MONDAY, asked)
    except Reject as refusal:
        found = refusal.code
    assert found == office


def test_nobody_signs_for_another_s_office() -> None:
    signatories = tuple(one.model_copy(update={"permits": ("house-new",)}) for one in TOWN.signatories)
    rules = rules_of(TOWN.model_copy(update={"signatories": signatories}), "house-new")

    assert sign_as(SIGNATORY, rules, TOWN, {"clerk"}, MONDAY, "clerk") == ("clerk", SIGNATORY)
    with pytest.raises(Reject, match="other-office"):
        sign_as(SIGNATORY, rules, TOWN, {"clerk"}, MONDAY, "mayor")

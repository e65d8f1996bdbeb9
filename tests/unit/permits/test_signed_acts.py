"""What is signed after the decision: each act has a letter, and everybody can tell which of them still counts."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.permits.api.letters import acts_of, public_letters
from services.permits.api.wording import Wording
from services.permits.domain import moments
from services.permits.domain.application import Application
from services.permits.domain.letters import Seal
from services.permits.domain.signed_acts import (
    act_standing,
    holder_at,
    letters_of,
    note_letter_made,
    number_of,
    turn_of_code,
    turn_of_file,
    valid_until_then,
)
from services.permits.domain.validity import expiry_at, find_standing
from shared.words import Words
from tests.support.permits import MONDAY, RULES, TOWN, application, at
from tests.support.signed_acts import DAY, extended, not_extended, revoked, transferred, won

PERIODS = moments.Periods(draft_days=90, applicant_days=3650)
SEAL = Seal(by="เทศบาล", issuer="ผู้ออกใบรับรอง", certificate="00", at=MONDAY, stamped=False)
STRINGS = Path("services/permits/pages/strings.yaml")


def standings(case: Application, on: datetime | None = None) -> list[tuple[str, str]]:
    permit = find_standing(case, on) if on else case.standing
    return [(act.kind, act_standing(case, act, permit)) for act in case.signed]


def wording(*, staff: bool = False, language: str = "th") -> Wording:
    return Wording(TOWN, Words(STRINGS), language, staff)


def test_each_act_has_a_number_of_its_own_and_its_event_says_which_letter_tells_of_it() -> None:
    case = revoked(transferred(extended(application("decided"), 10), 20).state, 30)

    assert [number_of(case, act) for act in case.signed] == ["1/2569-1", "1/2569-2", "1/2569-3"]
    assert [act.office for act in case.signed] == ["mayor"] * 3
    (event,) = transferred(extended(application("decided"), 10), 20).events
    assert event.model_dump()["letter"] == 2


def test_what_was_signed_about_a_refused_application_is_numbered_by_its_reference() -> None:
    case = application("decided")
    assert case.decision is not None
    refused = case.model_copy(update={"decision": case.decision.model_copy(update={"number": None})})

    assert number_of(refused, extended(case, 10).signed[0]) == f"{case.reference}-1"


def test_an_extension_whose_last_day_has_passed_stands_no_more_before_the_permit_is_closed_either() -> None:
    case = extended(application("decided"), 10)
    until = expiry_at(case)
    assert until is not None

    assert standings(case, until - timedelta(days=1)) == [("extension", "stands")]
    assert standings(case, until) == [("extension", "over")]


def test_a_later_extension_or_transfer_takes_the_place_of_the_one_before() -> None:
    case = extended(not_extended(extended(application("decided"), 10), 20), 30)
    assert standings(case) == [("extension", "replaced"), ("extension-refusal", "replaced"), ("extension", "stands")]

    twice = transferred(transferred(application("decided"), 10).state, 20).state
    assert standings(twice) == [("transfer", "replaced"), ("transfer", "stands")]


def test_of_a_revoked_permit_nothing_holds_but_the_revocation_until_it_is_set_aside() -> None:
    case = revoked(extended(application("decided"), 10), 30)
    assert standings(case) == [("extension", "over"), ("revocation", "stands")]

    again = won(case, 31)
    assert standings(again) == [("extension", "stands"), ("revocation", "set-aside"), ("appeal-granted", "stands")]
    assert standings(revoked(again, 40))[-3:] == [
        ("revocation", "set-aside"), ("appeal-granted", "stands"), ("revocation", "stands"),
    ]  # fmt: skip


def test_each_letter_is_owed_by_a_moment_of_its_own_in_the_pool_of_letters() -> None:
    """One that waits for a lost signature keeps no other back."""
    case = revoked(extended(application("decided"), 10), 30)
    owed = [one for one in moments.moments(case, PERIODS) if one.kind == moments.LETTER]

    assert [(one.name, one.at, one.pool) for one in owed] == [
        ("letter", MONDAY, "letters"),
        ("letter 1", MONDAY + 11 * DAY, "letters"),
        ("letter 2", MONDAY + 30 * DAY, "letters"),
    ]
    assert [moments.turn_of_moment(one.name) for one in owed] == [0, 1, 2]


def test_the_letter_of_an_act_is_made_once_and_no_other_is_touched() -> None:
    case = revoked(extended(application("decided"), 10), 30)
    made = note_letter_made(case, at(MONDAY + 31 * DAY), 1, "ab", 2, SEAL)

    assert made is not None
    assert [(turn, one.sha256) for turn, one in letters_of(made.state)] == [(0, ""), (1, "ab"), (2, "")]
    assert made.state.timeline[-1].params == {"act": "extension"}
    assert note_letter_made(made.state, at(MONDAY + 32 * DAY), 1, "cd", 2, SEAL) is None
    assert note_letter_made(made.state, at(MONDAY + 32 * DAY), 9, "cd", 2, SEAL) is None
    assert (turn_of_file(made.state, "ab"), turn_of_file(made.state, "cd")) == (1, None)


def test_a_letter_that_is_made_late_is_addressed_to_who_held_the_permit_then() -> None:
    case = transferred(extended(application("decided"), 10), 20).state
    extension, handed_over = case.signed

    assert (holder_at(case, extension.at), holder_at(case, handed_over.at)) == ("สมชาย", "สมศรี")
    longer = extended(case, 40)
    assert valid_until_then(longer, longer.signed[1]) == extension.until
    assert longer.signed[2].until == longer.valid_until != extension.until


def test_a_new_holder_has_what_the_permit_is_worth_by_and_not_what_was_refused_to_the_one_before() -> None:
    case = transferred(not_extended(extended(application("decided"), 10), 20), 30).state

    theirs = acts_of(case, RULES, wording())
    assert [one["kind"] for one in theirs] == ["extension", "transfer"]
    assert "by" not in theirs[0]
    everything = acts_of(case, RULES, wording(staff=True))
    assert [(one["kind"], one["by"]) for one in everything] == [
        ("extension", "สุดา"), ("extension-refusal", "สุดา"), ("transfer", "สุดา"),
    ]  # fmt: skip


def test_everybody_sees_all_letters_but_a_refused_extension_which_only_its_own_code_shows() -> None:
    case = not_extended(extended(application("decided"), 10), 20)
    assert case.decision is not None

    def shown(code: str) -> list[tuple[str, bool]]:
        return [(one["kind"], one["asked"]) for one in public_letters(case, wording(), code)]

    assert shown(case.decision.verify_code) == [("decision", True), ("extension", False)]
    assert shown("REFU-SED0-0000") == [("decision", False), ("extension", False), ("extension-refusal", True)]
    assert turn_of_code(case, "REFU-SED0-0000") == 2
    assert not {"legal_reason", "by", "office"} & set(public_letters(case, wording(), "x")[1]), "never a name or reason"


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_act_and_what_it_is_worth_has_words(language: str) -> None:
    case = won(revoked(not_extended(extended(application("decided"), 10), 20), 30), 31)

    for one in acts_of(case, RULES, wording(staff=True, language=language)):
        assert (one["text"], one["standing_text"]) != (one["kind"], one["standing"])
    lines = [note_letter_made(case, at(), turn, "ab", 2, SEAL) for turn, _ in letters_of(case)]
    said = [wording(language=language).entry(RULES, one.state.timeline[-1])["text"] for one in lines if one]
    assert len(set(said)) == len(lines)

"""By what an application is found: in one spelling for what people write in many."""

from datetime import timedelta

import pytest

from services.permits.api.register_search import Asked, read_year
from services.permits.domain.application import Applicant, Application
from services.permits.domain.forgetting import forget_applicant
from services.permits.domain.search_keys import (
    SPELLING,
    find_house_number,
    key_again,
    make_telephone_key,
    plots_of,
    with_search_keys,
    words_of,
)
from tests.support.permits import HOME, MONDAY, TOWN, application, at
from tests.support.signed_acts import revoked, transferred


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("99/4 หมู่ 3", "99/4"),
        ("๙๙ / ๔ ม.3 ต.แม่เหียะ", "99/4"),
        ("บ้านเลขที่ 12 ซอย 5", "12"),
        ("หมู่ 3 บ้านเลขที่ 99/4", "99/4"),
        ("หมู่ที่ 3 99/4", "99/4"),
        ("House 7, Soi 2, Moo 3", "7"),
        ("10-12 ถนนสุเทพ", "10-12"),
        ("หมู่ 3", None),
        ("หน้าวัด", None),
        ("MH-4K7T-29Q6", None),
        ("", None),
    ],
)
def test_the_number_of_a_house_is_read_out_of_its_address(address: str, number: str | None) -> None:
    assert find_house_number(address) == number


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("40178", ("40178",)),
        ("โฉนดเลขที่ ๔๐๑๗๘", ("โฉนดเลขที่40178", "40178")),
        ("99/4", ("99/4",)),
        ("น.ส.3ก 55", ("น.ส.3ก55", "55")),
        ("บ้านสวย", ()),
    ],
)
def test_what_is_typed_is_read_as_a_deed_and_as_a_house(typed: str, keys: tuple[str, ...]) -> None:
    assert plots_of(typed) == keys


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("นายสมชาย น้ำใจดี", ("สมชาย", "น้ำไจดี")),  # as words are compared, where ใ and ไ are one
        ("นางสาวสมศรี  มีสุข", ("สมศรี", "มีสุข")),
        ("น.ส. สมศรี", ("สมศรี",)),
        ("น.ส.สมศรี", ("สมศรี",)),
        ("Mr. John SMITH", ("john", "smith")),
        ("Mrmaid Kong", ("mrmaid", "kong")),
        ("บริษัท ก่อสร้างไทย จำกัด", ("บริษัท", "ก่อสร้างไทย", "จำกัด")),
        ("A B", ()),
    ],
)
def test_a_name_is_its_words_without_its_title(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def test_a_telephone_number_is_one_however_it_is_written() -> None:
    assert {make_telephone_key(one) for one in ("081-234 5678", "+66 81 234 5678", "๐๘๑๒๓๔๕๖๗๘")} == {"tel:0812345678"}
    assert make_telephone_key("") is None


def handed_in() -> Application:
    case = application("decided")
    who = case.applicant.model_copy(update={"phone": "0812345678"})
    return with_search_keys(case.model_copy(update={"applicant": who, "form": {**case.form, "deed_number": "40178"}}))


def test_it_is_handed_in_with_its_keys_and_a_draft_has_none() -> None:
    assert application("draft").person_keys == ()
    assert application("submitted").plot_keys == ("99/4",)
    assert application("submitted").person_keys == ("สมชาย",)
    assert (handed_in().plot_keys, handed_in().person_keys) == (("40178", "99/4"), ("tel:0812345678", "สมชาย"))
    assert HOME.address == "99/4 หมู่ 3"


def test_a_new_holder_is_found_and_so_is_the_one_before_but_not_by_their_telephone() -> None:
    case = transferred(handed_in(), 10, Applicant(name="นางสมศรี", email="b@example.org")).state

    assert case.person_keys == ("สมศรี", "สมชาย")


def test_whoever_is_forgotten_is_found_by_name_alone() -> None:
    closed = revoked(handed_in(), 10).model_copy(update={"closed_at": MONDAY + timedelta(days=50)})
    step = forget_applicant(closed, at(MONDAY + timedelta(days=4000)), 3650, ())

    assert step is not None
    assert step.state.person_keys == ("สมชาย",)


def test_a_name_of_many_words_has_an_end() -> None:
    case = application("decided")
    long = case.applicant.model_copy(update={"name": " ".join(f"word{at:03}" for at in range(200))})

    assert len(with_search_keys(case.model_copy(update={"applicant": long})).person_keys) == 40


@pytest.mark.parametrize(
    ("typed", "year"),
    [("2569", 2026), ("๒๕๖๙", 2026), ("2026", 2026), (" 2569 ", 2026), ("69", None), ("ปีนี้", None), ("0000", None),
     ("", None), ("²⁰²⁶", None)],
)  # fmt: skip
def test_a_year_is_read_in_either_calendar(typed: str, year: int | None) -> None:
    assert read_year(typed) == year


def test_a_year_begins_and_ends_by_the_towns_clock() -> None:
    wanted = Asked(year="2569").build_query(TOWN)

    assert wanted.since is not None
    assert wanted.until is not None
    assert (wanted.since.isoformat(), wanted.until.isoformat()) == (
        "2026-01-01T00:00:00+07:00", "2027-01-01T00:00:00+07:00",
    )  # fmt: skip
    assert Asked(year="x").wrong_year
    assert not Asked().wrong_year


def without_keys(case: Application) -> Application:
    """As a release stored it that knew of none."""
    return case.model_copy(update={"plot_keys": (), "person_keys": (), "keyed": 0})


def test_what_was_handed_in_before_there_were_keys_gets_those_that_it_would_have_today() -> None:
    case = with_search_keys(application("decided"))

    step = key_again(without_keys(case))

    assert step is not None
    assert step.state == case
    assert case.keyed == SPELLING
    assert case.person_keys
    assert not list(step.events)
    assert key_again(case) is None


def test_a_draft_gets_its_keys_when_it_is_handed_in_and_not_before() -> None:
    assert key_again(without_keys(application("draft"))) is None

"""What is taken as an address can be mailed, and what people copy along with one is taken away."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.intake.bodies import ContactBody as Resident
from services.permits.bodies import Who as Applicant
from services.permits.domain import form
from services.permits.domain.permit_type import FormField
from shared.emails import Email, read_email, same_mailbox

TYPED = [
    "som@example.com,", "som@example.com;", "<som@example.com>", "som@example.com.", "mailto:som@example.com",
    "MAILTO:som@EXAMPLE.com?subject=hi", "  som@example.com\n", "Som Chai <som@example.com>", "(som@example.com)",
    "som＠example．com", "som@example.com\u200b", "\ufeffsom@example.com", '"som@example.com"',
]  # fmt: skip
NONE = [
    "", "som", "som@example", "@example.com", "som@", "som..chai@example.com", ".som@example.com", "som.@example.com",
    "som@example..com", "som@.example.com", "som@-example.com", "som@exa mple.com", "som chai@example.com",
    "som@example.com, mali@example.com", "som@example.com\r\nBcc: all@example.com", "som@@example.com",
    "som@example.com>", "a@b.com><c@d.com", '"som chai"@example.com', "som@[127.0.0.1]", "som@example.invalid",
    "som@localhost", "som\x00@example.com", "\ud800@example.com", "s" * 70 + "@example.com",
    "som@" + "e" * 400 + ".com",
]  # fmt: skip
KEPT = ["som+tag@example.com", "o'brien@example.com", "สมชาย@example.com", "som@บริษัท.ไทย", "Som.Chai@example.co.th"]

# Another mailbox each, which a comparison by the rules of some language takes for the same.
ALIKE = [
    ("som2@example.org", "som๒@example.org"), ("som@example.org", "so\u0591m@example.org"),
    ("som@example.org", "so\u034fm@example.org"), ("som@example.org", "som\ufe0f@example.org"),
    ("さくら@example.org", "サクラ@example.org"), ("som@example.org", "söm@example.org"),
    ("som@example.org", "som\u0e4c@example.org"), ("som@example.org", "som@exämple.org"),
]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_what_was_copied_along_is_no_part_of_the_address(typed: str) -> None:
    assert read_email(typed) == "som@example.com"


@pytest.mark.parametrize("typed", NONE)
def test_what_no_mail_can_reach_is_no_address(typed: str) -> None:
    assert read_email(typed) is None
    with pytest.raises(ValidationError) as wrong:
        TypeAdapter(Email).validate_python(typed)
    assert wrong.value.errors()[0]["type"] == "not_an_email"


@pytest.mark.parametrize("typed", KEPT)
def test_unusual_addresses_are_addresses(typed: str) -> None:
    assert read_email(typed) == typed


@given(st.from_regex(r"[a-z0-9._+-]{1,70}@[A-Za-z0-9.-]{1,12}(?:\.com|\.ไทย|\.xn--o3cw4h|\.test|)", fullmatch=True))
def test_an_ordinary_address_is_what_the_library_says_it_is(typed: str) -> None:
    try:
        said = validate_email(typed.rstrip("."), check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        said = None
    assert read_email(typed) == said


@pytest.mark.parametrize("typed", [*TYPED, *KEPT, *NONE])
def test_every_door_reads_an_address_in_the_same_way(typed: str) -> None:
    """Of intake, of permits, and of a permit type's own field. An empty field is no fault."""
    if not typed.strip():
        return
    read = read_email(typed)
    for door in (Resident, Applicant):
        try:
            taken = door.model_validate({"name": "สม", "email": typed}).email
        except ValidationError:
            taken = None
        assert taken == read
    field = FormField.model_validate({"code": "mail", "label": {"th": "อีเมล", "en": "E-mail"}, "type": "email"})
    assert form._READERS["email"](field, typed) == ((read, "") if read else ("", "not-an-email"))


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_addresses_that_look_alike_are_two(one: str, other: str) -> None:
    assert same_mailbox(one) != same_mailbox(other)


@pytest.mark.parametrize("address", [*KEPT, "SOM@example.org", "ÉLAN@example.org"])
def test_capitals_are_small_letters(address: str) -> None:
    assert same_mailbox(address.upper()) == same_mailbox(address.lower()) == same_mailbox(same_mailbox(address))

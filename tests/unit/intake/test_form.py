"""What the plain form says in the API's words."""

import pytest

from services.intake.pages.report import _body


@pytest.mark.parametrize(
    ("typed", "agreed"),
    [
        ({"email": "som@example.com"}, True),
        ({"phone": "0812345678"}, False),
        ({"phone": "0812345678", "email": " "}, False),
    ],
)
def test_an_address_is_given_to_be_told_and_asked_by_mail_and_a_number_is_not(
    typed: dict[str, str], agreed: bool
) -> None:
    assert _body(typed, [])["reporter"]["consent"] is agreed

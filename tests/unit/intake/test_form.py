"""What the plain form says in the API's words."""

import pytest

from services.intake.pages.report_form import body_of


@pytest.mark.parametrize(
    ("typed", "agreed"),
    [
        ({"email": "som@example.com", "consent": "yes"}, True),
        ({"email": "som@example.com"}, False),
        ({"phone": "0812345678"}, False),
        ({"name": "สม", "consent": ""}, False),
    ],
)
def test_nobody_agrees_to_be_told_but_by_the_tick(typed: dict[str, str], agreed: bool) -> None:
    assert body_of(typed, [])["reporter"]["consent"] is agreed


def test_a_tick_alone_is_no_contact() -> None:
    assert body_of({"consent": "yes", "email": ""}, [])["reporter"] is None

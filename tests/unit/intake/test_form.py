"""What the plain form says in the API's words."""

import re

import pytest

from services.intake.pages.report_form import body_of
from tests.support.source import ROOT

SCRIPT = ROOT / "services/intake/pages/static/report.mjs"


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


def test_the_pages_script_says_every_field_that_the_plain_form_says() -> None:
    written = re.search(r"^function body\(\) \{.*?^\}", SCRIPT.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    said = set(re.findall(r"^    (\w+):", written[0], re.MULTILINE)) if written else set()

    assert said | {"photos"} == body_of({}, []).keys()  # the photos are added when the report is sent (`queue.mjs`)

"""What an officer writes at the permit desk is kept until it is taken: a sign-in that ended loses no sentence."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path("services/permits/pages/templates")
DESK = ("desk_case.html", "consult_parts.html", "life_parts.html")
HOLDER = {"extension", "appeal"}  # at the holder's own page, who is not signed in
_FORM = re.compile(
    r'<form method="post" action="\{\{ at \}\}/(?P<to>[^"]*)"(?P<more>.*?)>(?P<within>.*?)</form>', re.DOTALL
)
WRITTEN = [
    (name, form["to"], form["more"])
    for name in DESK
    for form in _FORM.finditer((TEMPLATES / name).read_text(encoding="utf-8"))
    if "ui.textarea" in form["within"] or "answer_fields" in form["within"]
]


@pytest.mark.parametrize(("name", "to", "more"), WRITTEN, ids=[to for _, to, _ in WRITTEN])
def test_a_form_with_words_of_an_officer_keeps_them(name: str, to: str, more: str) -> None:
    assert "data-keep=" in more or to in HOLDER, f"{name}: {to}"


def test_the_forms_are_found_at_all() -> None:
    assert len(WRITTEN) >= 12

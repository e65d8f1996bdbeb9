"""Every line that the domain writes into a timeline, every state and every refusal has words."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import yaml

from services.permits.api.wording import Wording
from services.permits.domain.application import Standing, State
from services.permits.domain.decision import tells_proposal
from services.permits.domain.lanes import ConditionResult
from services.permits.domain.permit_type import Text
from services.permits.domain.rules import rules_of
from shared.town.vocabulary import PROPOSALS, word
from shared.words import Words
from tests.support.permits import RULES, TOWN, application, permit_town

PERMITS = Path("services/permits")
STRINGS = yaml.safe_load((PERMITS / "pages" / "strings.yaml").read_text(encoding="utf-8"))


def written() -> Iterator[str]:
    """The types of entries, as the calls of `with_entry` name them; not the pieces of one that is put together."""
    for file in sorted((PERMITS / "domain").glob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "with_entry":
                named = call.args[2].body if isinstance(call.args[2], ast.IfExp) else call.args[2]
                other = call.args[2].orelse if isinstance(call.args[2], ast.IfExp) else named
                yield from (str(one.value) for one in (named, other) if isinstance(one, ast.Constant))


def test_the_lines_are_found_at_all() -> None:
    assert {"opened", "accepted", "decided", "letter-made", "fees-due", "inspection-due"} <= set(written())


@pytest.mark.parametrize(
    "key",
    [
        *(f"timeline.{one}" for one in sorted(set(written()))),
        "timeline.examined-unsigned",
        *(f"timeline.{one}-of-another" for one in ("receipt", "refunded", "payment-cancelled")),
        "timeline.document-received",
        "timeline.document-replaced",
        *(f"timeline.notice-{outcome}" for outcome in ("sent", "failed", "skipped")),
        *(f"timeline.closed-{reason}" for reason in ("expired", "refused")),
        *(f"state.{state}" for state in get_args(State)),
        *(f"standing.{standing}" for standing in get_args(Standing)),
    ],
)
def test_it_is_said_in_both_languages(key: str) -> None:
    assert set(STRINGS[key]) == {"th", "en"}


@pytest.mark.parametrize(
    ("limit", "thai", "english"),
    [
        ("<= 150.0", "ไม่เกิน 150 ม.", "at most 150 m"),
        (">= 2.50", "ไม่น้อยกว่า 2.5 ม.", "at least 2.5 m"),
        ("= 1", "1 ม.", "1 m"),
        ("<= 200", "ไม่เกิน 200 ม.", "at most 200 m"),
        ("house, shop", "", ""),
    ],
)
def test_a_limit_is_said_in_words(limit: str, thai: str, english: str) -> None:
    place = permit_town()
    rules = rules_of(place, next(iter(place.permits)))
    said = []
    for language in ("th", "en"):
        wording = Wording(place, Words(PERMITS / "pages" / "strings.yaml"), language, staff=False)
        unit = Text(th="ม.", en="m")
        one = ConditionResult(code="x", name=unit, value="1", limit=limit, unit=unit, passed=True)
        said.append(wording.condition(rules, one)["limit_text"])

    assert said == [thai, english]


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_the_examiner_proposes_is_told_to_the_applicant_once_it_is_signed(language: str) -> None:
    def told(state: State, *, staff: bool) -> str:
        case = application(state)
        (line,) = [entry for entry in case.timeline if entry.type == "examined"]
        wording = Wording(TOWN, Words(PERMITS / "pages" / "strings.yaml"), language, staff)
        return str(wording.entry(RULES, line, proposal=tells_proposal(case, staff=staff))["text"])

    proposal = word(PROPOSALS, "approve", language)
    assert proposal not in told("examined", staff=False)
    assert proposal in told("examined", staff=True)
    assert proposal in told("decided", staff=False)

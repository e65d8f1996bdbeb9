"""Applications as the first release stored them, in every state: they are read, stepped and woken, and lose nothing.

The files are never edited; a later release adds its own beside them. `rules` is what the applications are judged by.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import json_util

from services.permits import letter
from services.permits.domain import cancelling, completeness, decision, handing_in, moments, paying
from services.permits.domain.application import Application
from services.permits.domain.documents import list_documents
from services.permits.domain.rules import Rules
from shared.kernel import Reject, Step
from tests.contracts.test_stored_state import lost
from tests.support.permits import CASHIER, EXAMINER, FORM, HOME, MONDAY, OFFICER, TOWN, a_payment, at, signed
from tests.support.stored import read, through_bson

FOLDER = Path("tests/contracts/permits")
RULES = Rules.model_validate_json((FOLDER / "rules.r1.json").read_text(encoding="utf-8"))
APPLICATIONS = sorted(path for path in FOLDER.glob("*.r1.json") if not path.name.startswith("rules."))
PERIODS = moments.Periods(draft_days=90, applicant_days=3650)
LATER = at(MONDAY + timedelta(days=5000))
each_application = pytest.mark.parametrize("path", APPLICATIONS, ids=[path.name for path in APPLICATIONS])
ACTS: dict[str, Callable[[Application], Step[Application] | None]] = {
    "fill in": lambda one: handing_in.fill_in(one, FORM, handing_in.plot_of(TOWN, HOME, FORM), one.applicant),
    "submit": lambda one: handing_in.submit(one, LATER, RULES, TOWN, declared=True),
    "accept": lambda one: completeness.accept(one, LATER, RULES, TOWN, OFFICER),
    "request": lambda one: completeness.request_documents(one, LATER, RULES, TOWN, OFFICER, ["plans"], "x"),
    "examine": lambda one: decision.examine(one, LATER, EXAMINER, "approve", "", "", ()),
    "decide": lambda one: decision.decide(one, LATER, RULES, TOWN, signed()),
    "withdraw": lambda one: handing_in.withdraw(one, LATER, OFFICER, "x"),
    "pay": lambda one: paying.pay(one, LATER, a_payment(), TOWN),
    "refund": lambda one: paying.refund(one, LATER, CASHIER, "x", "y"),
    "cancel the payment": lambda one: cancelling.cancel(one, LATER, CASHIER, "x", TOWN),
}
# A value that a newer release may have stored, for every code in the state.
NEWER = {
    "state": "sealed", "standing": "suspended", "clock.lane": "express", "decision.decision": "in-part",
    "proposal.proposal": "hear-first", "applicant.language": "shan", "timeline.0.level": "committee",
    "timeline.0.type": "sealed",
}  # fmt: skip


def with_newer(state: dict[str, Any]) -> dict[str, Any]:
    """The stored state with codes of a newer release wherever it has one."""
    for path, code in NEWER.items():
        *parents, name = path.split(".")
        place: Any = state
        for parent in parents:
            place = place[int(parent)] if isinstance(place, list) else place and place.get(parent)
        if place and place.get(name):
            place[name] = code
    return state


def act_on(application: Application) -> list[str]:
    """The acts that it takes; each other one is refused and not an error. Its moments, documents, letter too."""
    taken = []
    for name, act in ACTS.items():
        try:
            step = act(application)
        except Reject:
            continue
        taken += [name] if step is not None else []
    for moment in moments.moments(application, PERIODS):
        moments.act(moment.name, application, LATER, TOWN, PERIODS)
    list_documents(application, RULES.permit)
    if application.decision is not None:
        assert letter.compose(application, RULES, TOWN, "https://town.example")
    return taken


@each_application
def test_it_is_read_and_written_back_without_loss(path: Path) -> None:
    stored = read(path)

    assert lost(stored, through_bson(Application.model_validate(stored).model_dump())) == []


@each_application
def test_it_takes_the_acts_of_its_state(path: Path) -> None:
    taken = act_on(Application.model_validate(read(path)))

    assert taken == {
        "draft": ["fill in", "submit", "withdraw"],
        "submitted": ["accept", "request", "withdraw"],
        "documents-requested": ["fill in", "withdraw"],
        "accepted": ["request", "examine", "withdraw"],
        "examined": ["request", "examine", "decide", "withdraw"],
    }.get(path.name.partition(".")[0], [])


@each_application
def test_a_code_of_a_newer_release_is_kept_and_no_act_is_taken_in_a_state_nobody_knows(path: Path) -> None:
    newer = with_newer(read(path))
    application = Application.model_validate(newer)

    assert act_on(application) == []
    assert lost(newer, through_bson(application.model_dump())) == []


def test_the_rules_of_then_say_the_same() -> None:
    assert (RULES.permit.name.th, [office.code for office in RULES.offices]) == ("บ้าน", ["mayor"])
    assert [lane.code for lane in RULES.permit.lanes] == ["fast", "normal"]
    assert [str(amount) for _, amount in RULES.permit.fees_for(FORM)] == ["2000"]
    stored = json_util.loads((FOLDER / "rules.r1.json").read_text(encoding="utf-8"))
    assert lost(stored, json_util.loads(RULES.content)) == []

"""The letters of an application as they are shown: to its holder and the staff, and by their code to everybody."""

from typing import Any

from services.permits.api.wording import Wording
from services.permits.domain.application import Application
from services.permits.domain.letters import SignedAct
from services.permits.domain.rules import Rules
from services.permits.domain.signed_acts import (
    DECISION,
    act_of,
    act_standing,
    is_for_holder,
    number_of,
    turn_of_code,
)
from services.permits.domain.validity import find_standing
from shared.kernel import now

# Of the register nobody but who has its letter hears that somebody asked in vain.
_NOT_PUBLIC = ("extension-refusal",)


def acts_of(application: Application, rules: Rules, wording: Wording) -> list[dict[str, Any]]:
    """What was signed after the decision, as far as it is for the reader, with whether its letter is there."""
    titles = {office.code: office.title.get(wording.language) for office in rules.offices}
    return [
        _act(application, act, wording)
        | {
            "legal_reason": act.legal_reason,
            "office": act.stand_in.says(wording.language) if act.stand_in else titles.get(act.office, act.office),
            "letter": bool(act.letter.sha256),
        }
        | ({"by": act.name} if wording.staff else {})
        for act in application.signed
        if wording.staff or is_for_holder(application, act)
    ]


def public_letters(application: Application, wording: Wording, code: str) -> list[dict[str, Any]]:
    """Every letter that the register knows, the decision's first; `asked`: the one of this code."""
    asked = turn_of_code(application, code)
    told = [one for one in application.signed if one.kind not in _NOT_PUBLIC or one.turn == asked]
    shown = [_decision(application, wording), *(_act(application, act, wording) for act in told)]
    return [{**one, "asked": one["turn"] == asked} for one in shown]


def public_letter(application: Application, wording: Wording, turn: int) -> dict[str, Any]:
    """One of them."""
    act = act_of(application, turn)
    return _act(application, act, wording) if act else _decision(application, wording)


def _act(application: Application, act: SignedAct, wording: Wording) -> dict[str, Any]:
    standing = act_standing(application, act, find_standing(application, now()))
    return {
        "turn": act.turn,
        "kind": act.kind,
        "text": wording.say_code("act", act.kind),
        "number": number_of(application, act),
        "at": act.at,
        "standing": standing,
        "standing_text": wording.say_code("act-standing", standing),
        "verify_code": act.verify_code,
        "sha256": act.letter.sha256 or None,
    }


def _decision(application: Application, wording: Wording) -> dict[str, Any]:
    decision, letter, standing = application.decision, application.letter, find_standing(application, now())
    if decision is None:
        raise ValueError(f"{application.reference} is not decided")
    return {
        "turn": DECISION,
        "kind": "decision",
        "text": wording.say_code("act", "decision"),
        "number": decision.number,
        "at": decision.at,
        "standing": standing,
        "standing_text": wording.say_code("standing", standing) if standing else None,
        "verify_code": decision.verify_code,
        "sha256": (letter.sha256 if letter else "") or None,
    }

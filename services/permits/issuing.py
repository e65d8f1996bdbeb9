"""What was signed becomes the letter that is issued: set, with the scanned signature where its owner placed it, and
sealed."""

from datetime import datetime

from services.permits import act_letter, letter
from services.permits.commands import Desk
from services.permits.domain.application import Application, Decision
from services.permits.domain.letters import SignedAct
from services.permits.domain.rules import Rules
from services.permits.domain.signed_acts import act_of, number_of
from services.permits.domain.stand_in import StandIn
from services.permits.seal import Sealed, seal
from shared.kernel import Transient


async def issue(desk: Desk, application: Application, turn: int, at: datetime) -> Sealed:
    """The letter of that turn, by the rules of the day on which it was handed in. `Transient` while something that it
    needs is away."""
    act = act_of(application, turn)
    return await _issue_act(desk, application, act, at) if act else await _issue_decision(desk, application, at)


async def _issue_decision(desk: Desk, application: Application, at: datetime) -> Sealed:
    decision, rules = letter.decision_of(application), await desk.rules_for(application)
    by = decision.by
    picture = await desk.store.signatures.picture(decision.scanned, by.sub) if decision.scanned else None
    pdf = await letter.make(application, rules, desk.town, desk.settings.public_url, picture)
    reason = _write_reason(application, decision)
    return await _seal_letter(desk, pdf, at, f"{by.name}, {_write_title(decision.office, by.stand_in, rules)}", reason)


async def _issue_act(desk: Desk, application: Application, act: SignedAct, at: datetime) -> Sealed:
    if act.kind not in act_letter.KINDS:
        raise Transient(f"only a newer release has a letter for {act.kind!r}")
    rules = await desk.rules_for(application)
    pdf = await act_letter.make(application, act, rules, desk.town, desk.settings.public_url)
    reason = f"{act_letter.subject_of(act, rules)} หนังสือเลขที่ {number_of(application, act)}"
    return await _seal_letter(desk, pdf, at, f"{act.name}, {_write_title(act.office, act.stand_in, rules)}", reason)


async def _seal_letter(desk: Desk, pdf: bytes, at: datetime, signatory: str, reason: str) -> Sealed:
    return await seal(pdf, desk.settings, at, signatory=signatory, reason=reason, place=desk.town.name.th)


def _write_title(code: str, stand_in: StandIn | None, rules: Rules) -> str:
    if stand_in:
        return stand_in.says("th")
    return next((office.title.th for office in rules.offices if office.code == code), code)


def _write_reason(application: Application, decision: Decision) -> str:
    what = f"ใบอนุญาตเลขที่ {decision.number}" if decision.number else f"คำขอเลขที่ {application.reference}"
    return f"แจ้งผลการพิจารณา {what}"

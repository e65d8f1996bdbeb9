"""A decision becomes the letter that is issued: set, with the scanned signature where its owner placed it, and
sealed."""

from datetime import datetime

from services.permits import letter
from services.permits.commands import Desk
from services.permits.domain.application import Application, Decision
from services.permits.domain.rules import Rules
from services.permits.seal import Sealed, seal


async def issue(desk: Desk, application: Application, at: datetime) -> Sealed:
    """By the rules of the day on which it was handed in. `Transient` while something that it needs is away."""
    decision, rules = letter.decision_of(application), await desk.rules_for(application)
    by = decision.by
    picture = await desk.store.signatures.picture(decision.scanned, by.sub) if decision.scanned else None
    pdf = await letter.make(application, rules, desk.town, desk.settings.public_url, picture)
    signatory = f"{by.name}, {_title(decision, rules)}"
    return await seal(
        pdf, desk.settings, at, signatory=signatory, reason=_reason(application, decision), place=desk.town.name.th
    )


def _title(decision: Decision, rules: Rules) -> str:
    return next((office.title.th for office in rules.offices if office.code == decision.office), decision.office)


def _reason(application: Application, decision: Decision) -> str:
    what = f"ใบอนุญาตเลขที่ {decision.number}" if decision.number else f"คำขอเลขที่ {application.reference}"
    return f"แจ้งผลการพิจารณา {what}"

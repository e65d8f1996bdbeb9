"""Permits of the small town with what was signed after their decision, so many days after it."""

from datetime import timedelta

from services.permits.domain import appeals, revoking, transfer, validity
from services.permits.domain.application import Actor, Applicant, Application
from shared.kernel import Step
from tests.support.permits import HOUSE, MONDAY, RULES, TOWN, at, signing

DAY = timedelta(days=1)
HEIR = Applicant(name="สมศรี", email="b@example.org")
DEPUTY = Actor(sub="deputy", name="วีระ", level="signatory")


def extended(case: Application, day: int, days: int = 30) -> Application:
    """More time was asked for, and given the day after."""
    asked = validity.ask_extension(case, at(MONDAY + day * DAY), RULES.permit, TOWN, Actor(), "ช้า").state
    given = signing(code=f"EXTE-NDED-{day:04}")
    return validity.grant_extension(asked, at(MONDAY + (day + 1) * DAY), RULES, TOWN, given, days).state


def not_extended(case: Application, day: int) -> Application:
    """It was asked for, and refused the day after."""
    asked = validity.ask_extension(case, at(MONDAY + day * DAY), RULES.permit, TOWN, Actor(), "ช้า").state
    return validity.refuse_extension(asked, at(MONDAY + (day + 1) * DAY), signing(code="REFU-SED0-0000"), "ม. 35").state


def transferred(case: Application, day: int, to: Applicant = HEIR) -> Step[Application]:
    """It has another holder."""
    return transfer.transfer(case, at(MONDAY + day * DAY), HOUSE, signing(code=f"TRAN-SFER-{day:04}"), to)


def revoked(case: Application, day: int) -> Application:
    """It was taken away."""
    signed = signing(code=f"REVO-KED0-{day:04}")
    return revoking.revoke(case, at(MONDAY + day * DAY), RULES, TOWN, signed, "ม. 40").state


def won(case: Application, day: int) -> Application:
    """The appeal against that was allowed, the day after."""
    appealed = appeals.make_appeal(case, at(MONDAY + day * DAY), Actor(), "ไม่จริง").state
    signed = signing(DEPUTY, code="APPE-AL00-0000")
    return appeals.answer_appeal(appealed, at(MONDAY + (day + 1) * DAY), signed, "granted", "มติที่ 4/2569").state

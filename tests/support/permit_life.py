"""A permit after its decision, at each stage that tests begin with."""

from datetime import UTC, datetime, timedelta

from services.permits.domain import construction, decision, inspections, moments, revoking, validity
from services.permits.domain.application import Actor, Applicant, Application
from services.permits.domain.inspections import Finding
from services.permits.domain.permit_type import PermitType
from shared.kernel import Step
from tests.support.permits import HOUSE, MONDAY, OFFICER, RULES, SIGNATORY, TOWN, application, at, signed, signing

DAY = timedelta(days=1)
LAST = datetime(2027, 11, 23, 16, 59, 59, 999000, UTC)  # the end of the day in Bangkok, a year after the signature
PERIODS = moments.Periods(draft_days=90, applicant_days=3650)
HOLDER = Actor()
DEPUTY = Actor(sub="deputy", name="วีระ", level="signatory")  # signed nothing before
HEIR = Applicant(name="สมศรี", email="b@example.org")


def types(step: Step[Application]) -> list[str]:
    return [event.type.removeprefix("onestop.permit.").removesuffix(".v1") for event in step.events]


def waits(state: Application) -> set[str]:
    waited = moments.moments(state, PERIODS)
    return {one.name for one in waited if one.kind not in (moments.LETTER, moments.FEES_DUE)}


def begun() -> Application:
    return construction.tell_start(application("decided"), at(), HOUSE, HOLDER, MONDAY + DAY).state


def finished() -> Application:
    return construction.tell_finish(begun(), at(MONDAY + 9 * DAY), HOUSE, HOLDER, MONDAY + 8 * DAY).state


def visited(case: Application, result: str, day: int = 10) -> Application:
    booked = inspections.plan_inspection(case, at(MONDAY + (day - 1) * DAY), OFFICER, MONDAY + day * DAY).state
    found = Finding(result, "" if result == "in-order" else "ผนังไม่ตรงแบบ")  # type: ignore[arg-type]
    visit = booked.inspections[-1].id
    return inspections.report_inspection(booked, at(MONDAY + day * DAY), TOWN, OFFICER, visit, found).state


def revoked() -> Application:
    return revoking.revoke(application("decided"), at(), RULES, TOWN, signing(SIGNATORY), "ม. 40").state


def application_of(case: Application) -> Application:
    """The same without its visits."""
    return case.model_copy(update={"inspections": ()})


def refused() -> Application:
    return decision.decide(application("examined"), at(), RULES, TOWN, signed("refused")).state


def asked() -> Application:
    return validity.ask_extension(
        application("decided"), at(LAST - DAY), RULES.permit, TOWN, HOLDER, "ผู้รับเหมาทิ้งงาน"
    ).state


def grant(case: Application, moment: datetime, days: int, permit: PermitType = HOUSE) -> Step[Application]:
    rules = RULES.model_copy(update={"permit": permit})
    return validity.grant_extension(case, at(moment), rules, TOWN, signing(SIGNATORY), days)

"""What is done with a permit once it is decided, and visits to its place: who may, load, decide, save as one step.

By its holder: the work begins and is finished, more time, an appeal. By the office: inspections, acceptance, answers,
transfer and revocation. What ends by itself stands in `domain/moments.py`.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime, time
from typing import Literal

from services.permits.codes import verify_code
from services.permits.commands import Desk
from services.permits.domain import appeals, construction, inspections, revoking, transfer, validity
from services.permits.domain.application import Actor, Applicant, Application, need
from services.permits.domain.inspections import Finding
from services.permits.domain.offices import sign_as
from services.permits.domain.rules import Rules
from services.permits.domain.signed_acts import Signing
from services.permits.inspection_bodies import InspectionDay
from shared.events.permit_life import AppealOutcome
from shared.kernel import Case, Cause, Step

BuildingStep = Literal["started", "finished"]


async def _prepare_signing(
    desk: Desk, case: Case[Application], signatory: Actor, rules: Rules, own: Collection[str]
) -> Callable[[Cause], Signing]:
    """For an office of one's `own` that signs this type; under a code that nobody can guess, the same for the same
    request. Asked for by the step itself: a request that comes again when it is done is answered, whoever is back in
    their office by then."""

    town = await desk.town_now()

    def sign(cause: Cause) -> Signing:
        code = verify_code(desk.settings.link_secret, f"{case.id}:{cause.id}")
        office, actor = sign_as(signatory, rules, town, own, cause.at)
        return Signing(actor, office, code)

    return sign


async def tell_building_step(
    desk: Desk, case: Case[Application], actor: Actor, step: BuildingStep, on: date, cause: Cause
) -> Case[Application]:
    """The holder says when the work began, or that it is finished."""
    permit = (await desk.rules_for(case.state)).permit
    day = datetime.combine(on, time.min, desk.town.calendar.zone)
    tell = construction.tell_start if step == "started" else construction.tell_finish
    return await desk.store.applications.step(
        case.id, lambda state, cause: tell(need(state), cause, permit, actor, day), cause
    )


async def accept_building(desk: Desk, case_id: str, officer: Actor, cause: Cause) -> Case[Application]:
    """What was built stands as it was permitted."""
    return await desk.store.applications.step(
        case_id, lambda state, cause: construction.accept(need(state), cause, officer), cause
    )


async def plan_inspection(
    desk: Desk, case_id: str, inspector: Actor, day: InspectionDay, cause: Cause
) -> Case[Application]:
    """Book a day on which the place is looked at."""

    def plan(state: Application | None, cause: Cause) -> Step[Application]:
        return inspections.plan_inspection(need(state), cause, inspector, day.at, beyond_due=day.beyond_due)

    return await desk.store.applications.step(case_id, plan, cause)


async def move_inspection(
    desk: Desk, case_id: str, inspector: Actor, inspection: str, day: InspectionDay, cause: Cause
) -> Case[Application]:
    """Move the visit to another time; the holder is told."""

    def move(state: Application | None, cause: Cause) -> Step[Application] | None:
        return inspections.move_inspection(need(state), cause, inspector, inspection, day.at, beyond_due=day.beyond_due)

    return await desk.store.applications.step(case_id, move, cause)


async def cancel_inspection(
    desk: Desk, case_id: str, inspector: Actor, inspection: str, note: str, cause: Cause
) -> Case[Application]:
    """Call the visit off, and say why; the holder is told."""
    return await desk.store.applications.step(
        case_id,
        lambda state, cause: inspections.cancel_inspection(need(state), cause, inspector, inspection, note),
        cause,
    )


async def report_inspection(
    desk: Desk, case_id: str, inspector: Actor, inspection: str, found: Finding, cause: Cause
) -> Case[Application]:
    """Write down what was found at the visit."""

    def report(state: Application | None, cause: Cause) -> Step[Application]:
        return inspections.report_inspection(need(state), cause, desk.town, inspector, inspection, found)

    return await desk.store.applications.step(case_id, report, cause)


async def ask_extension(
    desk: Desk, case: Case[Application], actor: Actor, reason: str, cause: Cause
) -> Case[Application]:
    """The holder asks for more time; a signatory answers (`answer_extension`)."""
    permit = (await desk.rules_for(case.state)).permit
    return await desk.store.applications.step(
        case.id,
        lambda state, cause: validity.ask_extension(need(state), cause, permit, desk.town, actor, reason),
        cause,
    )


async def answer_extension(
    desk: Desk,
    case: Case[Application],
    signatory: Actor,
    own: Collection[str],
    days: int | None,
    reason: str,
    cause: Cause,
) -> Case[Application]:
    """So many days more, or (None) none, with the reason; for an office of one's `own` that signs this type."""
    rules = await desk.rules_for(case.state)
    signing = await _prepare_signing(desk, case, signatory, rules, own)

    def answer(state: Application | None, cause: Cause) -> Step[Application]:
        if days is None:
            return validity.refuse_extension(need(state), cause, signing(cause), reason)
        return validity.grant_extension(need(state), cause, rules, desk.town, signing(cause), days)

    return await desk.store.applications.step(case.id, answer, cause)


async def transfer_permit(
    desk: Desk, case: Case[Application], signatory: Actor, own: Collection[str], to: Applicant, cause: Cause
) -> Case[Application]:
    """Another holder, with a link of their own; for an office of one's `own` that signs this type."""
    rules = await desk.rules_for(case.state)
    signing = await _prepare_signing(desk, case, signatory, rules, own)

    def hand_over(state: Application | None, cause: Cause) -> Step[Application]:
        return transfer.transfer(need(state), cause, rules.permit, signing(cause), to)

    return await desk.store.applications.step(case.id, hand_over, cause)


async def revoke_permit(
    desk: Desk, case: Case[Application], signatory: Actor, own: Collection[str], legal_reason: str, cause: Cause
) -> Case[Application]:
    """Take it away, for an office of one's `own` that signs this type."""
    rules = await desk.rules_for(case.state)
    signing = await _prepare_signing(desk, case, signatory, rules, own)

    def take_away(state: Application | None, cause: Cause) -> Step[Application]:
        return revoking.revoke(need(state), cause, rules, desk.town, signing(cause), legal_reason)

    return await desk.store.applications.step(case.id, take_away, cause)


async def make_appeal(desk: Desk, case_id: str, actor: Actor, reason: str, cause: Cause) -> Case[Application]:
    """The applicant or holder appeals against the refusal or the revocation; the committee's answer is
    `answer_appeal`."""
    return await desk.store.applications.step(
        case_id, lambda state, cause: appeals.make_appeal(need(state), cause, actor, reason), cause
    )


async def answer_appeal(
    desk: Desk,
    case: Case[Application],
    signatory: Actor,
    own: Collection[str],
    outcome: AppealOutcome,
    reason: str,
    cause: Cause,
) -> Case[Application]:
    """Sign what the committee has decided, for an office of one's `own` that signs this type."""
    signing = await _prepare_signing(desk, case, signatory, await desk.rules_for(case.state), own)

    def answer(state: Application | None, cause: Cause) -> Step[Application]:
        return appeals.answer_appeal(need(state), cause, signing(cause), outcome, reason)

    return await desk.store.applications.step(case.id, answer, cause)

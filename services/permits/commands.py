"""What can be asked of the permit office, by program or page: who may, load, decide, save as one step.

The events of a step leave by the kernel's relay; notify hears them and tells people. What happens later by itself
stands in `domain/moments.py`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

from services.permits import watch
from services.permits.bodies import Examination, NewApplication, Signature
from services.permits.codes import verify_code
from services.permits.domain import completeness, correspondence, decision, form, handing_in, noting
from services.permits.domain.application import Actor, Application, Decision, need
from services.permits.domain.filled_in import FilledIn, need_same_form
from services.permits.domain.form import FormFaults
from services.permits.domain.handing_in import can_go_on
from services.permits.domain.moments import Periods
from services.permits.domain.offices import sign_as
from services.permits.domain.paying import hold_clock
from services.permits.domain.rules import Rules, is_offered, rules_of
from services.permits.settings import Settings
from services.permits.store import Store
from shared.files.budget import Budget
from shared.files.scanner import Scanner
from shared.kernel import Case, Cause, DuplicateKey, Reject, Step, fingerprint, now
from shared.people import Person
from shared.references import make_reference
from shared.telemetry import get_log
from shared.town import Town
from shared.town.away import with_marked
from shared.words.dates import BUDDHIST_ERA

log = get_log(__name__)

_ATTEMPTS = 8  # references are 35 bits: a second attempt is rare, an eighth never comes


@dataclass(frozen=True)
class Desk:
    """What every use case needs: where applications are kept, the town, the settings, how long things are kept, who
    looks at files, and how much room drafts have."""

    store: Store
    town: Town
    settings: Settings
    periods: Periods
    scanner: Scanner
    budget: Budget  # of drafts' files

    async def rules_for(self, application: Application) -> Rules:
        """By what this application is judged: the rules that it was handed in under, for a draft today's."""
        pin = application.pin
        rules = await self.store.find_rules(pin.hash) if pin else None
        if pin and rules is None:  # they are kept before any application refers to them, and never removed
            log.error("kept rules are gone: restore them; today's are used", extra={"rules": pin.hash})
        return rules or rules_of(self.town, application.type)

    async def town_now(self) -> Town:
        """The town of the profile, with whoever was marked as away since: read at each act, so that it counts at once
        in every replica."""
        return with_marked(self.town, await self.store.absences.list_marked(), now())


async def open_draft(
    desk: Desk, body: NewApplication, language: str, key: str | None, who: Person | None = None
) -> Case[Application]:
    """A draft. The same key finds the same draft; for another body it is refused."""
    if not is_offered(desk.town, body.type):
        raise Reject("unknown-type", f"there is no permit type {body.type!r}", status=422)
    values = _read_form(rules_of(desk.town, body.type), body.form)
    case_id = await desk.store.case_id("applications", key)
    cause = Cause.request(key=key, scope="applications", by=who, act="open")
    plot, body_hash = handing_in.plot_of(desk.town, body.location.location(), values), fingerprint(body)
    for attempt in range(_ATTEMPTS):
        draft = Application(
            id=case_id,
            reference=make_reference(desk.town.reference_prefix, case_id, attempt),
            type=body.type,
            fingerprint=body_hash,
            form=values,
            location=plot.location,
            zone=plot.zone,
            applicant=body.applicant.applicant(language),
            created_at=cause.at,
        )
        try:
            case = await desk.store.applications.step(case_id, partial(handing_in.open_draft, draft=draft), cause)
        except DuplicateKey:
            continue
        if case.state.fingerprint != body_hash:
            raise Reject("idempotency-key-reused", "this key was used for another application", status=422)
        return case
    raise Reject("no-reference", "no free reference was found", status=503)


async def fill_in_form(desk: Desk, case: Case[Application], sent: FilledIn, cause: Cause) -> Case[Application]:
    """Replace the whole form, and where it is and who asks, before anybody has accepted it; refused where the town's
    form changed."""
    if not can_go_on(desk.town, case.state):
        raise Reject("type-gone", "applications of this permit type are not taken any more")
    values = _read_form(await desk.rules_for(case.state), sent.answers)
    plot = handing_in.plot_of(desk.town, sent.where, values)

    def fill_in(state: Application | None, _: Cause) -> Step[Application]:
        return handing_in.fill_in(need_same_form(need(state), sent), values, plot, sent.who)

    return await desk.store.applications.step(case.id, fill_in, cause)


async def submit_application(desk: Desk, case: Case[Application], cause: Cause, *, declared: bool) -> Case[Application]:
    """Hand in the application, or the answer to a request; what nobody need look at is accepted with it. Its rules are
    kept before anything refers to them."""
    rules = await desk.rules_for(case.state)
    if case.state.pin is None:
        await desk.store.keep_rules(rules)

    def submit(state: Application | None, cause: Cause) -> Step[Application]:
        lane = completeness.find_hoped_lane(need(state), rules, desk.town)
        handed_in = handing_in.submit(need(state), cause, rules, desk.town, declared=declared, lane=lane)
        accepted = completeness.accept_by_itself(handed_in.state, cause, rules, desk.town)
        events = [*handed_in.events, *accepted.events] if accepted else handed_in.events
        return Step(accepted.state if accepted else handed_in.state, events, handed_in.contacts)

    return await desk.store.applications.step(case.id, submit, cause)


async def amend_application(desk: Desk, case_id: str, cause: Cause) -> Case[Application]:
    """Take it back to correct it, before anybody has found it complete; nobody looks at it until it comes again."""
    return await desk.store.applications.step(case_id, lambda state, cause: handing_in.amend(need(state), cause), cause)


async def write_message(desk: Desk, case_id: str, actor: Actor, text: str, cause: Cause) -> Case[Application]:
    """Add to the thread between applicant and office: a question, or an answer to one."""
    return await desk.store.applications.step(
        case_id, lambda state, cause: correspondence.write(need(state), cause, actor, text), cause
    )


async def add_note(desk: Desk, case_id: str, author: Actor, text: str, cause: Cause) -> Case[Application]:
    """Add a note that only the staff read."""
    return await desk.store.applications.step(
        case_id, lambda state, cause: noting.add_note(need(state), cause, author, text), cause
    )


async def withdraw_application(desk: Desk, case_id: str, actor: Actor, reason: str, cause: Cause) -> Case[Application]:
    """Its applicant takes it back, or an officer for them, who says why (`reason`); the clock stops for good."""
    return await desk.store.applications.step(
        case_id, lambda state, cause: handing_in.withdraw(need(state), cause, actor, reason), cause
    )


async def renew_link(desk: Desk, case_id: str, cause: Cause) -> Case[Application]:
    """Whoever else has the link holds nothing from now on."""
    return await desk.store.applications.step(case_id, lambda state, _: handing_in.renew_link(need(state)), cause)


async def accept_application(
    desk: Desk, case: Case[Application], officer: Actor, read: str | None, cause: Cause
) -> Case[Application]:
    """Complete: the clock starts. `read`: the mark of what the officer has read, which must be what it is."""
    rules = await desk.rules_for(case.state)

    def accept(state: Application | None, cause: Cause) -> Step[Application]:
        application = decision.need_unchanged(need(state), read) if read else need(state)
        return completeness.accept(application, cause, rules, desk.town, officer)

    return await desk.store.applications.step(case.id, accept, cause)


async def propose_decision(
    desk: Desk, case_id: str, examiner: Actor, body: Examination, cause: Cause
) -> Case[Application]:
    """The examiner proposes a decision to whoever signs; while its fees have to be paid first the clock stands
    still."""
    proposal: Literal["approve", "refuse"] = "approve" if body.proposal in ("approve", "approved") else "refuse"

    def propose(state: Application | None, cause: Cause) -> Step[Application]:
        given = decision.examine(need(state), cause, examiner, proposal, body.note, body.legal_reason, body.conditions)
        return hold_clock(given, cause, desk.town)

    return await desk.store.applications.step(case_id, propose, cause)


async def sign_decision(
    desk: Desk, case: Case[Application], signatory: Actor, own: Collection[str], body: Signature, cause: Cause
) -> Case[Application]:
    """Sign what was read, for an office of one's `own`. The number is taken only when nothing speaks against the
    signature any more."""
    application, rules = case.state, await desk.rules_for(case.state)
    if application.decision is not None and application.decision.by.sub != signatory.sub:
        raise Reject("wrong-state", "this application is decided already")
    if application.decision is None:
        office, signatory = sign_as(signatory, rules, await desk.town_now(), own, cause.at, body.office)
    else:  # it may be the same request again, and whom they stood in for is back by now: it was judged when it came
        office, signatory = application.decision.office, application.decision.by
    scanned = (
        await desk.store.signatures.to_place(signatory.sub) if body.scanned and application.decision is None else ""
    )
    signature = _build_decision(desk, application, office, signatory, body, cause.at, scanned)
    read = body.read_mark or decision.read_mark(application)
    if application.decision is None:
        decision.need_unchanged(application, read)
        decision.need_signature(application, rules, signature)
        if signature.decision == "approved":
            year = cause.at.astimezone(ZoneInfo(desk.town.timezone)).year + BUDDHIST_ERA
            signature = signature.model_copy(update={"number": await desk.store.numbers.give(case.id, year)})

    def sign(state: Application | None, cause: Cause) -> Step[Application]:
        return decision.decide(decision.need_unchanged(need(state), read), cause, rules, desk.town, signature)

    decided = await desk.store.applications.step(case.id, sign, cause)
    if not decided.repeated:
        watch.count_decided(decided.state)
    return decided


def _build_decision(
    desk: Desk, application: Application, office: str, signatory: Actor, body: Signature, at: datetime, scanned: str
) -> Decision:
    proposal = application.proposal
    approved = body.decision in ("approve", "approved")
    reason = proposal.legal_reason if body.legal_reason is None and proposal else body.legal_reason
    conditions = proposal.conditions if body.conditions is None and proposal else body.conditions
    return Decision(
        by=signatory,
        office=office,
        decision="approved" if approved else "refused",
        scanned=scanned,
        legal_reason="" if approved else reason or "",
        conditions=tuple(conditions or ()) if approved else (),
        at=at,
        number=None,
        verify_code=verify_code(desk.settings.link_secret, application.id),
        on_time=True,
        seen=tuple(body.seen),
    )


def _read_form(rules: Rules, raw: Mapping[str, object]) -> dict[str, str]:
    values, faults = form.read(rules.permit, raw)
    if faults:
        raise FormFaults(faults)
    return values

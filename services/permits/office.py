"""What can be asked of the permit office, by program or page: each a decision of the domain, saved as one step."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

from services.permits.codes import verify_code
from services.permits.domain import completeness, decision, documents, form, handing_in
from services.permits.domain.application import Actor, Applicant, Application, Decision, Location, Upload, need
from services.permits.domain.form import Fault
from services.permits.requests import Examination, NewApplication, Signature
from services.permits.settings import Settings
from services.permits.store import Store
from shared.kernel import Case, Cause, DuplicateKey, Reject, fingerprint
from shared.references import make_reference
from shared.town import Town
from shared.town.models import PermitType
from shared.words.dates import BUDDHIST_ERA

_ATTEMPTS = 8  # references are 35 bits: a second attempt is rare, an eighth never comes


class FormFaults(Exception):
    """The form holds values that its fields do not take."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.code}" for fault in faults))
        self.faults = faults


class Office:
    """The permit office of one town."""

    def __init__(self, store: Store, town: Town, settings: Settings) -> None:
        self.store = store
        self.town = town
        self.settings = settings

    def permit(self, code: str) -> PermitType:
        """A permit type; Reject when the town has none of that name."""
        if code not in self.town.permits:
            raise Reject("unknown-type", f"there is no permit type {code!r}", status=422)
        return self.town.permits[code]

    async def open(self, body: NewApplication, language: str, key: str | None) -> Case[Application]:
        """A draft. The same key finds the same draft; for another body it is refused."""
        values = self._read(body.type, body.form)
        case_id = await self.store.case_id("applications", key)
        cause = Cause.request(key=key, scope="applications")
        where, printed = self._in_town(body.location.location()), fingerprint(body)
        for attempt in range(_ATTEMPTS):
            draft = Application(
                id=case_id, reference=make_reference(self.town.reference_prefix, case_id, attempt), type=body.type,
                fingerprint=printed, form=values, location=where, zone=self._zone(where),
                applicant=body.applicant.applicant(language), created_at=cause.at,
            )  # fmt: skip
            try:
                case = await self.store.cases.step(case_id, partial(handing_in.open_draft, draft=draft), cause)
            except DuplicateKey:
                continue
            if case.state.fingerprint != printed:
                raise Reject("idempotency-key-reused", "this key was used for another application", status=422)
            return case
        raise Reject("no-reference", "no free reference was found", status=503)

    async def fill_in(self, case_id: str, permit_type: str, raw: Mapping[str, object], where: Location,
                      who: Applicant, cause: Cause) -> Case[Application]:  # fmt: skip
        """The whole form anew."""
        values = self._read(permit_type, raw)
        self._in_town(where)
        return await self.store.cases.step(
            case_id, lambda state, _: handing_in.fill_in(need(state), values, where, self._zone(where), who), cause
        )  # fmt: skip

    async def hand_in(self, case: Case[Application], code: str, content: bytes, filename: str,
                      cause: Cause) -> Case[Application]:  # fmt: skip
        """A document. The same file once more changes nothing."""
        permit = self.permit(case.state.type)
        document = documents.requirement(permit, code)
        kind = documents.check_file(document, content)
        digest = hashlib.sha256(content).hexdigest()
        if documents.has(case.state, code, digest):
            return case
        documents.check_room(case.state, permit, code, len(content))  # and once more in the step: before it is stored
        file_id = await self.store.keep_file(case.id, content, kind)
        upload = Upload(id=file_id, sha256=digest, size=len(content), media_type=kind,
                        filename=_shown(filename) or code, at=cause.at)  # fmt: skip
        try:
            after = await self.store.cases.step(
                case.id, lambda state, why: documents.hand_in(need(state), why, permit, code, upload), cause
            )
        except Reject:
            await self.store.forget_file(file_id)
            raise
        handed_in = after.state.documents.get(code, ())
        if file_id not in {one.id for one in handed_in}:  # a repetition: the first one's file is kept
            await self.store.forget_file(file_id)
        if digest not in {one.sha256 for one in handed_in}:
            raise Reject("idempotency-key-reused", "this key was used for another file", status=422)
        return after

    async def submit(self, case_id: str, cause: Cause) -> Case[Application]:
        """Hand in the application, or the answer to a request."""
        return await self.store.cases.step(
            case_id, lambda state, why: handing_in.submit(need(state), why, self.town, self._open_fields(state)), cause
        )

    async def withdraw(self, case_id: str, actor: Actor, reason: str, cause: Cause) -> Case[Application]:
        """Take it back."""
        return await self.store.cases.step(
            case_id, lambda state, why: handing_in.withdraw(need(state), why, actor, reason), cause
        )

    async def accept(self, case_id: str, officer: Actor, cause: Cause) -> Case[Application]:
        """Complete: the clock starts."""
        return await self.store.cases.step(
            case_id, lambda state, why: completeness.accept(need(state), why, self.town, officer), cause
        )

    async def request_documents(self, case_id: str, officer: Actor, requirements: list[str], note: str,
                                cause: Cause) -> Case[Application]:  # fmt: skip
        """Ask for more; a running clock stands still."""
        return await self.store.cases.step(
            case_id,
            lambda state, why: completeness.request_documents(need(state), why, self.town, officer, requirements, note),
            cause,
        )

    async def examine(self, case_id: str, examiner: Actor, body: Examination, cause: Cause) -> Case[Application]:
        """Propose a decision."""
        proposal: Literal["approve", "refuse"] = "approve" if body.proposal in ("approve", "approved") else "refuse"
        return await self.store.cases.step(
            case_id,
            lambda state, why: decision.examine(need(state), why, examiner, proposal, body.note, body.legal_reason,
                                                body.conditions),
            cause,
        )  # fmt: skip

    async def decide(
        self, case: Case[Application], signatory: Actor, body: Signature, cause: Cause
    ) -> Case[Application]:
        """Sign. The number is taken only when nothing speaks against the signature any more."""
        if case.state.decision is not None and case.state.decision.by.sub != signatory.sub:
            raise Reject("wrong-state", "this application is decided already")
        made = self._decision(case, signatory, body, cause.at)
        if case.state.decision is None:
            if body.version is not None and body.version != case.version:
                raise Reject("changed", "the application has changed since it was read; read it again before signing")
            decision.may_decide(case.state, self.town, signatory, made.office, made.decision == "approved",
                                made.legal_reason)  # fmt: skip
        if made.decision == "approved" and case.state.decision is None:
            year = cause.at.astimezone(ZoneInfo(self.town.timezone)).year + BUDDHIST_ERA
            made = made.model_copy(update={"number": await self.store.permit_number(case.id, year)})
        read = case.state.proposal
        return await self.store.cases.step(
            case.id,
            lambda state, why: decision.decide(decision.as_read(need(state), read), why, self.town, made),
            cause,
        )

    def _decision(self, case: Case[Application], signatory: Actor, body: Signature, at: datetime) -> Decision:
        proposal = case.state.proposal
        approved = body.decision in ("approve", "approved")
        reason = proposal.legal_reason if body.legal_reason is None and proposal else body.legal_reason
        conditions = proposal.conditions if body.conditions is None and proposal else body.conditions
        offices = decision.offices(self.town, case.state.type)
        return Decision(
            by=signatory, office=body.office or offices[0].code, decision="approved" if approved else "refused",
            legal_reason="" if approved else reason or "", conditions=tuple(conditions or ()) if approved else (),
            at=at, number=None, verify_code=verify_code(self.settings.link_secret, case.id), on_time=True,
            valid_until=None,
        )  # fmt: skip

    def _read(self, permit_type: str, raw: Mapping[str, object]) -> dict[str, str]:
        values, faults = form.read(self.permit(permit_type), raw)
        if faults:
            raise FormFaults(faults)
        return values

    def _open_fields(self, state: Application | None) -> list[str]:
        return form.missing(self.permit(state.type), state.form) if state else []

    def _in_town(self, where: Location) -> Location:
        """The office has no say beyond the town's bounds, which are a box around all of it."""
        if not self.town.bounds.holds(where.latitude, where.longitude):
            raise Reject("outside-town", "the place lies outside the town; check latitude and longitude", status=422)
        return where

    def _zone(self, where: Location) -> str | None:
        zone = self.town.zone_of(where.latitude, where.longitude)
        return zone.code if zone else None


def _shown(filename: str) -> str:
    """A name that can stand on a page and in a list: no line breaks, nothing that turns the reading direction."""
    return "".join(one for one in filename if one.isprintable())[:200]

"""One application at the desk: the page of it, what somebody may do there, and the way back after an act."""

from collections.abc import Awaitable
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits.access import DESK_ROLES, FOR_APPLICANTS, WRITERS
from services.permits.api.views import show_to
from services.permits.domain.appeals import find_orderers
from services.permits.domain.application import Application
from services.permits.domain.completeness import land_use
from services.permits.domain.construction import can_accept
from services.permits.domain.consulting import consultees, is_judged
from services.permits.domain.documents import list_missing_documents
from services.permits.domain.due_time import count_days_in_time, decision_due
from services.permits.domain.findings import list_unjudged, to_replace
from services.permits.domain.inspections import PHOTOS_MOST, may_inspect
from services.permits.domain.noting import may_note
from services.permits.domain.offices import ways_to_sign
from services.permits.domain.permit_type import PermitType
from services.permits.domain.reaching import is_told_by_mail
from services.permits.domain.signed_acts import find_owed_since
from services.permits.pages.absences import away_now
from services.permits.pages.plots import show_plot
from services.permits.pages.responses import responses_for
from shared.kernel import Case, Reject, now
from shared.web import Person, Problem, is_freshly_proven, page, say_refusal
from shared.web.security_log import note_refusal


async def case_page(
    request: Request,
    case: Case[Application],
    who: Person,
    problem: str = "",
    status: int = 200,
    typed: dict[str, Any] | None = None,
    *,
    whole: bool = False,
) -> HTMLResponse:
    """The application, what this officer may do with it, and why what they did was refused."""
    showing, application = show_to(request, staff=True), case.state
    desk = showing.desk
    rules = await desk.rules_for(application)
    older = await desk.store.read_older_timeline(case.id) if whole else ()
    proposal = application.proposal
    town = await desk.town_now()
    ways = ways_to_sign(rules, town, who.signs_for, now())
    return page(
        request,
        "desk_case.html",
        status_code=status,
        application=await showing.full(application, older),
        problem=problem,
        typed=typed or {},
        photos_most=PHOTOS_MOST,
        due_before=decision_due(application),
        days_in_time=count_days_in_time(application, desk.town, now()),
        mails_neighbours=is_told_by_mail(desk.town),
        consultees=[(code, showing.consultee(code)) for code in consultees(desk.town)],
        wrong_documents=to_replace(application),
        unjudged_names=[
            one.name.get(showing.language)
            for one in rules.permit.documents
            if one.code in list_unjudged(application, rules.permit)
        ],
        open_documents=list_missing_documents(application, rules.permit),
        offices=[(way.office.code, way.says(showing.language)) for way in ways],
        away=away_now(showing, town),
        same_person=proposal is not None and proposal.by.sub == who.sub,
        can=acts_of(application, who) | acts_after(application, rules.permit, who),
        land_use=land_use(application, desk.town),
        plot=show_plot(application, show_to(request, staff=True)),
        letter_owed_since=find_owed_since(application),
        scanned=await desk.store.signatures.current(who.sub) if "signatory" in who.roles else None,
        fresh=await is_freshly_proven(request),
        responses_to=lambda act: responses_for(desk.town, application, act, showing.language),
    )


def acts_of(application: Application, who: Person) -> dict[str, bool]:
    """Which acts the state and the person's roles allow; the domain has the last word."""
    state = application.state
    return {
        "accept": state == "submitted" and bool(who.roles & {"officer", "examiner"}),
        "find": state in ("submitted", "accepted", "examined") and bool(who.roles & FOR_APPLICANTS),
        "request": state in ("submitted", "accepted", "examined")
        and bool(who.roles & {"officer", "examiner", "signatory"}),
        "examine": state in ("accepted", "examined") and "examiner" in who.roles,
        "decide": state == "examined" and "signatory" in who.roles,
        "write": state != "withdrawn" and application.forgotten_at is None and bool(who.roles & WRITERS),
        "note": may_note(application) and bool(who.roles & {*DESK_ROLES}),
    }


def acts_after(application: Application, permit: PermitType, who: Person) -> dict[str, bool]:
    """The same of what comes after the decision, and of visits to the place."""
    officer, signatory = bool(who.roles & FOR_APPLICANTS), "signatory" in who.roles
    in_force, built = application.standing == "in-force", application.construction
    asked, appeal = application.extension is not None, application.appeal
    return {
        "consult": officer and is_judged(application),
        "inspect": officer and may_inspect(application),
        "tell_start": officer and in_force and permit.building_work and not (built and built.started_on),
        "tell_finish": officer and in_force and bool(built and built.started_on and not built.finished_on),
        "accept_building": "examiner" in who.roles and can_accept(application),
        "answer_extension": signatory and in_force and asked,
        "transfer": signatory and in_force,
        "revoke": signatory and in_force,
        "answer_appeal": signatory
        and bool(appeal and not appeal.outcome)
        and application.closed_at is None
        and who.sub not in find_orderers(application),
    }


async def answer_act(
    request: Request, case: Case[Application], who: Person, typed: dict[str, Any], act: Awaitable[object], to: str = ""
) -> Response:
    """Back to the application; or its page with the reason, and with what was typed."""
    try:
        await act
    except Reject as error:
        note_refusal(request, Problem(error.status, error.code))  # the page says it, so nobody else writes it down
        return await case_page(request, case, who, say_refusal(request, error), error.status, typed)
    return RedirectResponse(f"/permits/desk/{case.state.reference}{to}", 303)

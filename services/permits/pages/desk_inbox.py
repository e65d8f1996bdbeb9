"""The permit desk's inbox: what waits, by stage and lateness, with counts; and what a signatory signs row by row."""

from dataclasses import replace
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from services.permits import commands
from services.permits.access import (
    DESK_LIMITED,
    Member,
    Signatory,
    TheDesk,
    as_actor,
    cause_of,
    find_for_staff,
    teams_of,
)
from services.permits.api.places import desk_key, desk_place
from services.permits.api.views import Showing, show_to
from services.permits.bodies import Signature
from services.permits.domain.application import WITH_THE_OFFICE, Application
from services.permits.domain.decision import read_mark
from services.permits.domain.offices import ways_to_sign
from services.permits.pages.absences import away_now
from services.permits.pages.forms import text_of
from services.permits.queries import Filter
from services.permits.store import COUNTED_MOST
from shared.kernel import Reject, now
from shared.people import PermitTeams
from shared.town import Town
from shared.web import Paging, Person, Problem, freshly_proven, need_proof, page, read_paging, say_refusal
from shared.web.security_log import note_refusal

router = APIRouter(prefix="/permits/desk", include_in_schema=False)
LISTS = {
    "open": WITH_THE_OFFICE,
    "check": ("submitted",),
    "running": ("accepted", "examined"),
    "sign": ("examined",),
    "waiting": ("documents-requested",),
    "asks": (),  # after the decision: more time, an appeal, work that is finished
    "done": ("decided", "withdrawn"),
}
UNCOUNTED = "done"  # years of it
TO_SIGN_MOST = 50  # rows of one page, each read before it is signed
_FIRST_TO_SIGN = Paging(TO_SIGN_MOST, None)


@router.get("")
async def board(
    request: Request,
    desk: TheDesk,
    who: Member,
    pages: Annotated[Paging, Depends(read_paging)],
    view: str = "open",
    permit_type: str = "",
    zone: str = "",
    late: str = "",
    reference: str = "",
) -> Response:
    """What is due first stands first. A reference leads to its application."""
    if reference.strip():
        found = await find_for_staff(request, desk, reference, who)
        return RedirectResponse(f"/permits/desk/{found.state.reference}", 303)
    view = view if view in LISTS else "open"
    chosen = {"permit_type": permit_type, "zone": zone, "late": "yes" if late else ""}
    town = await desk.town_now()
    teams = await teams_of(desk, who, town)
    cases = await desk.store.list_desk(_build_query(teams, view, chosen), after=desk_place(pages), limit=pages.fetch)
    rows = pages.answer(cases, desk_key)
    showing = show_to(request, staff=True)
    counted = [name for name in LISTS if name != UNCOUNTED]
    return page(
        request,
        "desk.html",
        items=[await _row(showing, case.state) for case in rows["items"]],
        view=view,
        views=list(LISTS),
        counts={name: await desk.store.count_desk(_build_query(teams, name, chosen)) for name in counted},
        most=COUNTED_MOST,
        chosen=chosen,
        next=rows["next"],
        signs="signatory" in who.roles,
        away=away_now(showing, town),
    )


def _build_query(teams: PermitTeams, view: str, chosen: dict[str, str]) -> Filter:
    return Filter(
        LISTS[view],
        teams,
        chosen["permit_type"] or None,
        chosen["zone"] or None,
        late_at=now() if chosen["late"] else None,
        asks=view == "asks",
    )


async def _row(showing: Showing, application: Application) -> dict[str, Any]:
    in_force, built = application.standing == "in-force", application.construction
    return {
        **await showing.summary(application),
        "applicant": application.applicant.name,
        "zone_name": showing.zone_name(application.zone),
        "asks": [
            name
            for name, waits in (
                ("extension", in_force and application.extension is not None),
                ("appeal", application.appeal is not None and application.appeal.outcome is None),
                ("finished", in_force and bool(built and built.finished_on)),
            )
            if waits and application.closed_at is None
        ],
    }


class Signed(NamedTuple):
    """What became of one row."""

    reference: str
    number: str = ""  # of the permit; empty for a refusal of it
    problem: str = ""


@router.get("/sign")
async def to_sign(
    request: Request, desk: TheDesk, who: Signatory, pages: Annotated[Paging, Depends(read_paging)]
) -> HTMLResponse:
    """Everything that waits for this signatory, page by page, each with what speaks for and against it."""
    return await _to_sign(request, desk, who, [], pages=pages)


@router.post("/sign", dependencies=[DESK_LIMITED, Depends(need_proof)])
async def sign(request: Request, desk: TheDesk, who: Signatory) -> HTMLResponse:
    """As the examiner proposed, each row that is ticked on its own: one that is refused keeps no other back."""
    async with request.form() as sent:
        if "scanned" in sent:
            await freshly_proven(request)
        ticked = [str(one) for one in sent.getlist("sign")][:TO_SIGN_MOST]
        ended = [await _sign_one(request, desk, who, reference, sent) for reference in dict.fromkeys(ticked)]
    return await _to_sign(request, desk, who, ended, 200 if ended else 422)


async def _sign_one(request: Request, desk: TheDesk, who: Person, reference: str, sent: FormData) -> Signed:
    try:
        case = await find_for_staff(request, desk, reference, who)
        proposal = case.state.proposal
        if proposal is None:
            raise Reject("wrong-state", "nobody has proposed anything yet")
        mark, scanned = text_of(sent, f"mark-{reference}") or "none", "scanned" in sent
        seen = text_of(sent, f"seen-{reference}").split()
        body = Signature(decision=proposal.proposal, read_mark=mark, scanned=scanned, seen=seen)
        cause = cause_of(None, "decide", case.id, who)
        decided = await commands.sign_decision(desk, case, as_actor(who, "signatory"), who.signs_for, body, cause)
    except Reject as error:
        note_refusal(request, Problem(error.status, error.code))
        return Signed(reference[:40], problem=say_refusal(request, error))
    except Problem:
        return Signed(reference[:40], problem=show_to(request).say("sign.unknown"))
    number = decided.state.decision.number if decided.state.decision else None
    return Signed(reference, number or "")


async def _to_sign(
    request: Request,
    desk: TheDesk,
    who: Person,
    ended: list[Signed],
    status: int = 200,
    pages: Paging = _FIRST_TO_SIGN,
) -> HTMLResponse:
    town = await desk.town_now()
    wanted = Filter(LISTS["sign"], await teams_of(desk, who, town))
    pages = replace(pages, limit=min(pages.limit, TO_SIGN_MOST))
    found = pages.answer(await desk.store.list_desk(wanted, after=desk_place(pages), limit=pages.fetch), desk_key)
    showing = show_to(request, staff=True)
    rows = []
    for case in found["items"]:
        # The list leaves out the documents, which the mark is made of.
        whole = await desk.store.applications.get(case.id)
        if whole is not None and whole.state.state == "examined":
            rows.append(await _row_to_sign(showing, whole.state, who, town))
    scanned = await desk.store.signatures.current(who.sub)
    told = {"rows": rows, "ended": ended, "scanned": scanned, "next": found["next"], "away": away_now(showing, town)}
    return page(request, "to_sign.html", status_code=status, nothing=status == 422, **told)


async def _row_to_sign(showing: Showing, application: Application, who: Person, town: Town) -> dict[str, Any]:
    full, proposal = await showing.full(application), application.proposal
    rules = [rule for one in full["lane"]["conditions"] for rule in one["rules"]]
    ways = ways_to_sign(await showing.desk.rules_for(application), town, who.signs_for, now())
    return full | {
        "mark": read_mark(application),
        "own": proposal is not None and proposal.by.sub == who.sub,
        "no_office": not ways,
        "stand_in": ways[0].says(showing.language) if ways and ways[0].stand_in else None,
        "failed_rules": [rule for rule in rules if not rule["passed"]],
        "rules": rules,
    }

"""Who asks about which report: everybody, a follower or the reporter by a secret link, or staff."""

from dataclasses import replace
from typing import Annotated, cast
from urllib.parse import urlencode

from fastapi import Depends, Header, Query, Request

from services.intake.commands import Desk, Visit
from services.intake.domain.report import REPORTER, Report
from services.intake.domain.viewer import EVERYBODY, STAFF, Viewer
from shared.kernel import Case
from shared.readers import sight_of
from shared.references import read_reference
from shared.secret_links import case_secret, opens
from shared.web import Person, Problem, idempotency_key, note, person, staff, web_of
from shared.web.case_keys import CaseKey, keeps_no_cookies, key_of

SECRET_HEADER = "X-Report-Secret"  # noqa: S105  # the name of a header


async def desk_of(request: Request) -> Desk:
    """Dependency: the desk of the app that serves this request."""
    return cast(Desk, request.app.state.desk)


TheDesk = Annotated[Desk, Depends(desk_of)]
Key = Annotated[str | None, Depends(idempotency_key)]
Officer = Annotated[Person, Depends(staff("officer", "supervisor"))]


async def visit_report(
    request: Request,
    desk: TheDesk,
    reference: str,
    secret: Annotated[str | None, Query(max_length=64)] = None,
    party: Annotated[str, Query(max_length=64)] = "",
    secret_header: Annotated[str | None, Header(alias=SECRET_HEADER, max_length=64)] = None,
) -> Visit:
    """Dependency: the report of the path's reference, for whoever holds its secret or for anybody.

    The secret comes as `?secret=`, as a header, or in the cookie of a browser that has opened the link before.
    """
    case = await find_report(request, desk, reference)
    shown = CaseKey(given, party) if (given := secret or secret_header) else None
    viewer = await _viewer(request, desk, case, shown)
    if not sight_of(viewer.role, case.state.openness).case:
        raise Problem(404, "key-not-kept" if keeps_no_cookies(request) else "unknown-report")
    if viewer.role == "staff" and case.state.openness != "open":  # more than everybody may read of it
        note("case-read", request, case_id=case.id)
    return Visit(case, viewer, await person(request))


TheVisit = Annotated[Visit, Depends(visit_report)]


async def find_report(request: Request, desk: Desk, typed: str) -> Case[Report]:
    """The report that somebody named; 404 when there is none."""
    reference = read_reference(web_of(request).town.reference_prefix, typed)
    case = await desk.store.find_by_reference(reference) if reference else None
    if case is None:
        raise Problem(404, "unknown-report")
    return case


async def _viewer(request: Request, desk: Desk, case: Case[Report], shown: CaseKey | None) -> Viewer:
    """By the link that is shown; else as the member of staff who is signed in; else by the link opened here before."""
    if viewer := await _holder(request, desk, case, shown):
        return viewer
    who = await person(request)
    if who and _reads(who, case.state):
        return STAFF
    return await _holder(request, desk, case, key_of(request, case.state.reference)) or EVERYBODY


async def _holder(request: Request, desk: Desk, case: Case[Report], key: CaseKey | None) -> Viewer | None:
    """Whose link it is; None for no link of this report."""
    if key is None:
        return None
    if _opens(request, case, key.secret):
        return Viewer("reporter", REPORTER)
    if key.party and _opens(request, case, key.secret, key.party) and await desk.store.follows(case.id, key.party):
        return Viewer("follower", key.party)
    return None


def _opens(request: Request, case: Case[Report], secret: str, party: str = "") -> bool:
    number = 0 if party else case.state.link_number
    return opens(secret, web_of(request).settings.link_secrets, case.id, party, number)


def _reads(who: Person, report: Report) -> bool:
    """Officers read every report in full, a crew only what its own team holds."""
    own = who.team is not None and who.team == report.team
    return who.may("officer", "supervisor") or (own and who.may("crew"))


def secret_of(request: Request, case: Case[Report], party: str = "") -> str:
    """The secret that opens this report, for its reporter or for the follower of that party."""
    number = 0 if party else case.state.link_number
    return case_secret(web_of(request).settings.link_secret, case.id, party, number)


def as_follower(request: Request, visit: Visit) -> Visit:
    """The same visit as the follower whose link this is, even if they have left since."""
    asked = request.query_params
    key = CaseKey(asked["secret"], asked.get("party", "")) if "secret" in asked else None
    key = key or key_of(request, visit.report.reference)
    follows = key and key.party and _opens(request, visit.case, key.secret, key.party)
    return replace(visit, viewer=Viewer("follower", key.party)) if key and follows else visit


def own_key(request: Request, visit: Visit) -> CaseKey | None:
    """The key of whoever looks at it by a link of their own."""
    match visit.viewer.role:
        case "reporter":
            return CaseKey(secret_of(request, visit.case))
        case "follower":
            party = visit.viewer.party
            return CaseKey(secret_of(request, visit.case, party), party)
        case _:
            return None


def link_of(request: Request, reference: str, key: CaseKey) -> str:
    """The address that opens this report with somebody's own rights, on any device: a secret, never logged or
    listed."""
    named = {"party": key.party} if key.party else {}
    origin = web_of(request).settings.public_url.rstrip("/")
    return f"{origin}/track/{reference}?{urlencode({**named, 'secret': key.secret})}"

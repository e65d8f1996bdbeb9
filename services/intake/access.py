"""Who asks about which report: everybody, a follower or the reporter by a secret link, or staff."""

from typing import Annotated, cast

from fastapi import Depends, Header, Query, Request

from services.intake.commands import Desk, Visit
from services.intake.domain.report import REPORTER, Report
from services.intake.domain.viewer import EVERYBODY, STAFF, Viewer
from shared.kernel import Case
from shared.references import read_reference
from shared.secret_links import case_secret, opens
from shared.web import Person, Problem, idempotency_key, person, staff, web_of

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
    """Dependency: the report of the path's reference, for whoever holds its secret (`?secret=`, header) or anybody."""
    case = await find_report(request, desk, reference)
    viewer = await _viewer(request, desk, case, secret or secret_header, party)
    if not case.state.listed and viewer.role == "public":
        raise Problem(404, "unknown-report")
    return Visit(case, viewer)


TheVisit = Annotated[Visit, Depends(visit_report)]


async def find_report(request: Request, desk: Desk, typed: str) -> Case[Report]:
    """The report that somebody named; 404 when there is none."""
    reference = read_reference(web_of(request).town.reference_prefix, typed)
    case = await desk.store.by_reference(reference) if reference else None
    if case is None:
        raise Problem(404, "unknown-report")
    return case


async def _viewer(request: Request, desk: Desk, case: Case[Report], secret: str | None, party: str) -> Viewer:
    if _opens(request, secret, case.id):
        return Viewer("reporter", REPORTER)
    if party and _opens(request, secret, case.id, party) and await desk.store.follows(case.id, party):
        return Viewer("follower", party)
    who = await person(request)
    return STAFF if who and _reads(who, case.state) else EVERYBODY


def _opens(request: Request, secret: str | None, case_id: str, party: str = "") -> bool:
    return opens(secret, web_of(request).settings.link_secret, case_id, party)


def _reads(who: Person, report: Report) -> bool:
    """Officers read every report in full, a crew only what its own team holds."""
    own = who.team is not None and who.team == report.team
    return who.may("officer", "supervisor") or (own and who.may("crew"))


def secret_of(request: Request, case_id: str, party: str = "") -> str:
    """The secret that opens this report."""
    return case_secret(web_of(request).settings.link_secret, case_id, party)


def as_follower(request: Request, visit: Visit) -> Visit:
    """The same visit as the follower whose link this is, even if they have left since."""
    party, secret = (request.query_params.get(name, "") for name in ("party", "secret"))
    follows = party and _opens(request, secret, visit.case.id, party)
    return Visit(visit.case, Viewer("follower", party)) if follows else visit


def tracking_url(request: Request, reference: str, secret: str) -> str:
    """The reporter's own link."""
    return f"{web_of(request).settings.public_url.rstrip('/')}/track/{reference}?secret={secret}"

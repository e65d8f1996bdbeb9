"""Who asks about which report: everybody, a follower or the reporter by a secret link, or staff."""

from dataclasses import dataclass
from typing import Annotated, Literal, cast

from fastapi import Depends, Header, Query, Request

from services.intake.domain.report import REPORTER, Report
from services.intake.store import Store
from shared.kernel import Case, Cause
from shared.references import read_reference
from shared.secret_links import case_secret, opens
from shared.web import Person, Problem, person, web_of

SECRET_HEADER = "X-Report-Secret"  # noqa: S105  # the name of a header


@dataclass(frozen=True)
class Viewer:
    """`reporter` holds the report's secret, `follower` the one of their party."""

    role: Literal["public", "follower", "reporter", "staff"] = "public"
    party: str | None = None

    @property
    def sees_all(self) -> bool:
        """The exact place, the text as written, private notes."""
        return self.role in ("reporter", "staff")

    def need(self, *roles: str) -> None:
        """403 for everybody else."""
        if self.role not in roles:
            raise Problem(403, "secret-needed")


EVERYBODY = Viewer()


@dataclass(frozen=True)
class Seen:
    """A report and who looks at it."""

    case: Case[Report]
    viewer: Viewer

    @property
    def report(self) -> Report:
        return self.case.state


def store_of(request: Request) -> Store:
    """The store of the app that serves this request."""
    return cast(Store, request.app.state.store)


Reports = Annotated[Store, Depends(store_of)]


async def seen(
    request: Request,
    store: Reports,
    reference: str,
    secret: Annotated[str | None, Query(max_length=64)] = None,
    party: Annotated[str, Query(max_length=64)] = "",
    secret_header: Annotated[str | None, Header(alias=SECRET_HEADER, max_length=64)] = None,
) -> Seen:
    """Dependency: the report of the path's reference, for who holds its secret (`?secret=` or header) or anybody."""
    case = await find(request, store, reference)
    viewer = await _viewer(request, case, secret or secret_header, party)
    if not case.state.listed and viewer.role == "public":
        raise Problem(404, "unknown-report")
    return Seen(case, viewer)


SeenReport = Annotated[Seen, Depends(seen)]


async def find(request: Request, store: Store, typed: str) -> Case[Report]:
    """The report that somebody named; 404 when there is none."""
    reference = read_reference(web_of(request).town.reference_prefix, typed)
    case = await store.by_reference(reference) if reference else None
    if case is None:
        raise Problem(404, "unknown-report")
    return case


async def _viewer(request: Request, case: Case[Report], secret: str | None, party: str) -> Viewer:
    key = web_of(request).settings.link_secret
    if opens(secret, key, case.id):
        return Viewer("reporter", REPORTER)
    if party in case.state.followers and opens(secret, key, case.id, party):
        return Viewer("follower", party)
    who = await person(request)
    return Viewer("staff") if who and _reads(who, case.state) else EVERYBODY


def _reads(who: Person, report: Report) -> bool:
    """Officers read every report in full, a crew only what its own team holds."""
    own = who.team is not None and who.team == report.team
    return who.may("officer", "supervisor") or (own and who.may("crew"))


def secret_of(request: Request, case_id: str, party: str = "") -> str:
    """The secret that opens this report."""
    return case_secret(web_of(request).settings.link_secret, case_id, party)


def followed(request: Request, case_id: str) -> bool:
    """Whether the link is one of a follower, also of one who has left since."""
    party, secret = (request.query_params.get(name) for name in ("party", "secret"))
    return bool(party) and opens(secret, web_of(request).settings.link_secret, case_id, str(party))


def tracking_url(request: Request, reference: str, secret: str) -> str:
    """The reporter's own link."""
    return f"{web_of(request).settings.public_url.rstrip('/')}/track/{reference}?secret={secret}"


def cause_of(key: str | None, what: str, case_id: str) -> Cause:
    """The cause of a request about a case; a repeated key is the same cause."""
    return Cause.request(key=key, scope=f"{what}:{case_id}")

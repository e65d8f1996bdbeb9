"""Who may: who asks about which application (its applicant by the secret, staff, or anybody), and whose office an act
of the desk needs. Dependencies of routes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Literal, cast

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel

from services.permits.commands import Desk
from services.permits.domain.application import Actor, Application, Level
from shared.kernel import Case, Cause, fingerprint, now
from shared.people import PermitTeams, permit_teams
from shared.references import read_reference
from shared.secret_links import case_secret, opens
from shared.town.away import list_covered
from shared.town.models import Town
from shared.web import Person, Problem, idempotency_key, note, person, rate_limit, staff, web_of
from shared.web.case_keys import keeps_no_cookies, key_of

SECRET_HEADER = "X-Application-Secret"  # noqa: S105 - the name of a header
# Of one address: a household or an architect at work on an application; and a whole office that shares its address.
LIMITED = Depends(rate_limit("applicants", per_minute=60, burst=30))
READ_LIMITED = Depends(rate_limit("application-pages", per_minute=240, burst=120))  # each is drawn and judged anew
DESK_LIMITED = Depends(rate_limit("desk", per_minute=600, burst=200))
Key = Annotated[str | None, Depends(idempotency_key)]
Invoice = Annotated[int, Query(alias="invoice", ge=1, le=99)]  # which of an application's invoices; 1 is its own

DESK_ROLES = ("officer", "examiner", "signatory", "supervisor")
WRITERS = frozenset({"officer", "examiner", "signatory"})
FOR_APPLICANTS = frozenset({"officer", "examiner"})  # who may act in an applicant's name

SignedIn = Annotated[Person | None, Depends(person)]
Member = Annotated[Person, Depends(staff(*DESK_ROLES))]


def office(*roles: str) -> Callable[[Request], Awaitable[Person]]:
    """Dependency: who holds one of these offices. An administrator may look at everything, but an act of law needs the
    office itself; what starts or stops the clock is one, as is a receipt."""
    signed_in = staff(*roles)

    async def need(request: Request) -> Person:
        who = await signed_in(request)
        if not who.roles & set(roles):
            raise Problem(403, "role", detail_args={"roles": ", ".join(roles)})
        return who

    return need


Officer = Annotated[Person, Depends(office("officer", "examiner"))]
Asker = Annotated[Person, Depends(office("officer", "examiner", "signatory"))]  # of the applicant, for documents
Colleague = Annotated[Person, Depends(office(*DESK_ROLES))]  # who may leave the others a note
Examiner = Annotated[Person, Depends(office("examiner"))]
Signatory = Annotated[Person, Depends(office("signatory"))]
Cashier = Annotated[Person, Depends(office("cashier"))]
Bookkeeper = Annotated[Person, Depends(staff("cashier", "supervisor"))]  # who may look into the books


@dataclass(frozen=True)
class Visit:
    """An application and who looks at it."""

    case: Case[Application]
    viewer: Literal["public", "applicant", "staff"]
    signed_in: Person | None = None  # also an officer who was handed the applicant's link

    @property
    def application(self) -> Application:
        return self.case.state

    @property
    def who(self) -> Person | None:
        """As whom the staff see it."""
        return self.signed_in if self.viewer == "staff" else None

    @property
    def sees_all(self) -> bool:
        """Form, place, documents and timeline."""
        return self.viewer != "public"

    def need(self, *viewers: str) -> None:
        """Refuse (403) whoever looks at the application as none of these."""
        if self.viewer not in viewers:
            raise Problem(403, "secret-needed")


async def desk_of(request: Request) -> Desk:
    """The permit desk of the app that serves this request."""
    return cast(Desk, request.app.state.desk)


TheDesk = Annotated[Desk, Depends(desk_of)]


async def visit_application(
    request: Request,
    desk: TheDesk,
    reference: str,
    secret: Annotated[str | None, Query(max_length=64)] = None,
    secret_header: Annotated[str | None, Header(alias=SECRET_HEADER, max_length=64)] = None,
) -> Visit:
    """Dependency: the application of the path's reference, as for a report: by the link that is shown; else as the
    member of staff who is signed in; else by the link opened here before. Nobody else sees a draft."""
    case = await find_application(desk, reference)
    who = await person(request)
    if _opens(request, case, secret or secret_header):
        return Visit(case, "applicant", who)
    if who is not None and await works_on(desk, who, case.state):
        note("contact-read", request, case_id=case.id)
        return Visit(case, "staff", who)
    if _keeps_link(request, case):
        return Visit(case, "applicant", who)
    if case.state.submitted_at is None:
        raise Problem(404, "key-not-kept" if keeps_no_cookies(request) else "unknown-application")
    return Visit(case, "public")


TheVisit = Annotated[Visit, Depends(visit_application)]


async def visit_money(
    request: Request,
    desk: TheDesk,
    reference: str,
    secret: Annotated[str | None, Query(max_length=64)] = None,
    secret_header: Annotated[str | None, Header(alias=SECRET_HEADER, max_length=64)] = None,
) -> Visit:
    """Dependency: the invoice of an application, for its applicant, who works on it, and cashiers: of the application
    itself they see nothing more."""
    who = await person(request)
    if who is not None and "cashier" in who.roles:
        return Visit(await find_for_cashier(desk, reference), "staff", who)
    visit = await visit_application(request, desk, reference, secret, secret_header)
    visit.need("applicant", "staff")
    return visit


OfMoney = Annotated[Visit, Depends(visit_money)]


async def find_for_cashier(desk: Desk, typed: str) -> Case[Application]:
    """The application that somebody named, whichever team works on it; a draft costs nothing yet."""
    case = await find_application(desk, typed)
    if case.state.submitted_at is None:
        raise Problem(404, "unknown-application")
    return case


async def visit_own_page(request: Request, visit: TheVisit) -> Visit:
    """Dependency: the same on the applicant's pages, where the link opened here goes first. Staff have the desk; who
    opens these pages with an applicant's link does what the applicant asks for, at the counter or on the telephone."""
    return replace(visit, viewer="applicant") if _keeps_link(request, visit.case) else visit


OnOwnPage = Annotated[Visit, Depends(visit_own_page)]


def _keeps_link(request: Request, case: Case[Application]) -> bool:
    kept = key_of(request, case.state.reference)
    return kept is not None and _opens(request, case, kept.secret)


def _opens(request: Request, case: Case[Application], secret: str | None) -> bool:
    return opens(secret, web_of(request).settings.link_secrets, case.id, number=case.state.link_number)


async def teams_of(desk: Desk, who: Person, town: Town | None = None) -> PermitTeams:
    """Whose applications they work on today: also of a team whose place theirs takes. `town`: as it is now, where it
    has been read already."""
    covered = list_covered(town or await desk.town_now(), who.team, now()) if "examiner" in who.roles else ()
    return permit_teams(who, desk.town.triage, covered)


async def works_on(desk: Desk, who: Person, application: Application) -> bool:
    """Whether a member of staff may open this application: never a draft, which nobody has handed in."""
    if application.submitted_at is None or application.pin is None:
        return False
    teams = await teams_of(desk, who)
    return teams is None or application.pin.team in teams


async def find_for_staff(request: Request, desk: Desk, typed: str, who: Person) -> Case[Application]:
    """The application that somebody named, for who works on it: a draft is as unknown as one that is not there."""
    case = await find_application(desk, typed)
    if case.state.submitted_at is None:
        raise Problem(404, "unknown-application")
    if not await works_on(desk, who, case.state):
        raise Problem(403, "other-permits")
    note("contact-read", request, case_id=case.id)
    return case


async def find_application(desk: Desk, typed: str) -> Case[Application]:
    """The application that somebody named; 404 when there is none."""
    reference = read_reference(desk.town.reference_prefix, typed)
    case = await desk.store.find_by_reference(reference) if reference else None
    if case is None:
        raise Problem(404, "unknown-application")
    return case


def secret_of(request: Request, case: Case[Application]) -> str:
    """The secret that opens this application now; with each new link the one before opens nothing any more."""
    return case_secret(web_of(request).settings.link_secret, case.id, number=case.state.link_number)


def secret_link(request: Request, case: Case[Application], secret: str = "") -> str:
    """The applicant's own link, by this secret or the one that opens it now: to come back, on any device."""
    public_url = web_of(request).settings.public_url.rstrip("/")
    return f"{public_url}/permits/{case.state.reference}?secret={secret or secret_of(request, case)}"


def need_for_applicant(who: Person | None) -> None:
    """Who of the staff may act in an applicant's name; the applicant always may."""
    if who is not None and not who.roles & FOR_APPLICANTS:
        raise Problem(403, "role", detail_args={"roles": ", ".join(sorted(FOR_APPLICANTS))})


def need_office(who: Person | None) -> None:
    """Who of the staff may write to an applicant: those who decide on it, not those who look on."""
    if who is not None and not who.roles & WRITERS:
        raise Problem(403, "role", detail_args={"roles": ", ".join(sorted(WRITERS))})


def as_actor(who: Person, level: Level) -> Actor:
    """A member of the staff as the domain knows them."""
    return Actor(sub=who.sub, name=who.name, level=level)


def actor_of(visit: Visit) -> Actor:
    """Who acts for the applicant: they themselves, or an officer whom they asked to."""
    visit.need("applicant", "staff")
    need_for_applicant(visit.who)
    return as_actor(visit.who, "officer") if visit.who else Actor()


def cause_of(
    key: str | None,
    what: str,
    case_id: str,
    who: Person | None = None,
    body: BaseModel | None = None,
    by: Person | None = None,
) -> Cause:
    """The cause of a request about a case: the same for the same key from the same person for the same act. With
    another body the same key is refused. `by`: who is signed in while the act is the applicant's."""
    content, scope = fingerprint(body) if body else "", f"{what}:{case_id}:{who.sub if who else ''}"
    return Cause.request(key=key, scope=scope, content=content, by=who or by, act=what)

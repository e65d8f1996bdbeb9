"""What routes and pages need of the app, and who may read whose notices."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.notify.domain.file import APPLICANT, REPORTER, CaseFile
from services.notify.domain.planning import BY_ROLE
from services.notify.links import Links
from services.notify.store import Store
from services.notify.wording import Wording
from shared.kernel import Case
from shared.references import read_reference
from shared.web import Person, Problem, web_of


def store_of(request: Request) -> Store:
    """The store of the app that serves this request."""
    return cast(Store, request.app.state.store)


def links_of(request: Request) -> Links:
    """The same for links."""
    return cast(Links, request.app.state.links)


def wording_of(request: Request) -> Wording:
    """The same for words."""
    return cast(Wording, request.app.state.wording)


TheStore = Annotated[Store, Depends(store_of)]
TheLinks = Annotated[Links, Depends(links_of)]
TheWording = Annotated[Wording, Depends(wording_of)]


async def find(request: Request, store: Store, typed: str) -> Case[CaseFile]:
    """The file that somebody named by its reference; 404 when there is none."""
    reference = read_reference(web_of(request).town.reference_prefix, typed)
    case = await store.file_of(reference) if reference else None
    if case is None:
        raise Problem(404, "unknown-case")
    return case


def party_of(links: Links, case: Case[CaseFile], secret: str | None, party: str) -> str | None:
    """Whose link it is: the named follower's, else that of whose case it is; None for a wrong secret."""
    owner = APPLICANT if case.state.party(APPLICANT) else REPORTER
    whose = party or owner
    return whose if case.state.party(whose) and links.opens(secret, case.id, whose) else None


def offices_of(who: Person) -> list[str]:
    """The offices whose notices a member of staff reads; levels are found by their beginning."""
    own = [f"team:{who.team}"] if who.team else []
    return own + [role for role in BY_ROLE if who.may(role)]

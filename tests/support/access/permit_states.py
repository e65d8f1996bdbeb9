"""What an application has come to after its decision, as it is stored: for the cases of the matrix."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from services.permits.domain.application import Application
from services.permits.domain.letters import LetterProgress, SignedAct
from services.permits.domain.permit_life import AskedExtension, Construction, Inspection, MadeAppeal, Revocation
from services.permits.domain.signed_request import mark_of
from shared.kernel import now
from tests.support.permits import a_bill


def visited(**report: Any) -> dict[str, Any]:
    """The place was looked at."""
    return {"inspections": (Inspection(id="visit", at=now(), noted=True, **report),)}


def _finished() -> dict[str, Any]:
    days = Construction(started_on=now() - timedelta(days=9), finished_on=now() - timedelta(days=1))
    return {"construction": days, **visited(result="in-order", reported_at=now())}


def _revoked() -> dict[str, Any]:
    gone = Revocation(at=now(), office="mayor", legal_reason="x", appeal_until=now() + timedelta(days=30))
    return {"standing": "revoked", "revocation": gone}


LATER_STATES: Mapping[str, Callable[[], dict[str, Any]]] = {  # of a permit that was decided: what came since
    "billed": lambda: {"bill": a_bill()},
    "paid": lambda: {"bill": a_bill(paid=True)},
    "visited": visited,
    "finished": _finished,
    "extension-asked": lambda: {"extension": AskedExtension(note="x", at=now())},
    "revoked": _revoked,
    "appealed": lambda: _revoked() | {"appeal": MadeAppeal(against="revocation", note="x", at=now())},
}


PHOTOGRAPHED: Mapping[str, dict[str, Any]] = {  # the same, with a photo of the place; what is reported of it
    "photographed": {},
    "reported": {"result": "in-order", "reported_at": now()},
}


def extension_of(code: str) -> SignedAct:
    """What the holder may have a letter of, whoever held it then; `code`: by which everybody finds it."""
    owed = LetterProgress(owed_since=now())
    return SignedAct(
        turn=1, kind="extension", at=now(), sub="signatory", name="x", office="mayor", verify_code=code, letter=owed
    )


def sign_anew(copied: Application) -> Application:
    """Its request form bears the code of the copy."""
    mark = mark_of(copied)
    documents = {
        code: tuple(one.model_copy(update={"form_mark": one.form_mark and mark}) for one in versions)
        for code, versions in copied.documents.items()
    }
    return copied.model_copy(update={"documents": documents})

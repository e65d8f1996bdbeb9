"""The preferences of one party of one case, opened by the signed link that every mail carries."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.notify.api.access import TheLinks, TheStore
from services.notify.domain.recipient import Recipient, Said, erase_at_once, prefer
from services.notify.links import Links
from services.notify.store import Store
from shared.events import contact_key
from shared.kernel import Cause, Decide, Step, now
from shared.web import Problem, page, rate_limit

router = APIRouter(include_in_schema=False)
# Generous, because the one clicks of a whole mail provider's customers come from few addresses.
Limited = Depends(rate_limit("preferences", per_minute=600, burst=200))
Action = Literal["mute", "unmute", "language", "erase"]
Done = Literal["muted", "unmuted", "language", "erased"] | None
_DONE = {"mute": "muted", "unmute": "unmuted", "language": "language", "erase": "erased"}


@router.get("/preferences/{token}", dependencies=[Limited])
async def show(request: Request, token: str, store: TheStore, links: TheLinks, done: Done = None) -> HTMLResponse:
    """Opening the link changes nothing: mail scanners open links too."""
    case_id, party = _whose(links, token)
    file = await store.files.get(case_id)
    found = await store.recipients.get(contact_key(case_id, party))
    person = found.state if found else Recipient(case_id=case_id, party=party)
    reference = (file.state.reference if file else None) or ""
    inbox = links.inbox(reference, case_id, party) if reference else None
    return page(request, "preferences.html", token=token, person=person, reference=reference, inbox=inbox, done=done)


@router.post("/preferences/{token}", dependencies=[Limited])
async def change(
    token: str, store: TheStore, links: TheLinks,
    action: Annotated[Action | None, Form()] = None,
    language: Annotated[Literal["th", "en"], Form()] = "th",
    one_click: Annotated[str | None, Form(alias="List-Unsubscribe")] = None,
) -> Response:  # fmt: skip
    """A button of the page, or the one click of a mail program (RFC 8058), which wants no page and no redirect."""
    case_id, party = _whose(links, token)
    if one_click == "One-Click":
        await _step(store, case_id, party, _preferred(case_id, party, muted=True))
        return Response(status_code=200)
    match action:
        case "mute" | "unmute":
            await _step(store, case_id, party, _preferred(case_id, party, muted=action == "mute"))
        case "language":
            await _step(store, case_id, party, _preferred(case_id, party, language=language))
        case "erase":
            await _erase(store, case_id, party)
        case None:
            raise Problem(400, "http-400")
    return RedirectResponse(f"/preferences/{token}?done={_DONE[action]}", 303)


def _whose(links: Links, token: str) -> tuple[str, str]:
    found = links.read_token(token)
    if found is None:
        raise Problem(404, "http-404")
    return found


def _preferred(
    case_id: str, party: str, *, muted: bool | None = None, language: Literal["th", "en"] | None = None
) -> Decide[Recipient]:
    return lambda person, _: Step(prefer(person, case_id, party, muted=muted, language=language))


async def _step(store: Store, case_id: str, party: str, decide: Decide[Recipient]) -> None:
    await store.recipients.step(contact_key(case_id, party), decide, Cause.request())


async def _erase(store: Store, case_id: str, party: str) -> None:
    """After whatever was said of the contact by a clock that goes before ours: by its time a tombstone is judged."""
    key = contact_key(case_id, party)
    found = await store.recipients.get(key)
    cause = Cause.request(at=max(now(), (found and found.state.said_at) or now()))
    said = Said(cause.at, "notify")
    await store.recipients.step(key, lambda person, _: erase_at_once(person, case_id, party, said), cause)

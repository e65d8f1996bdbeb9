"""One's own scanned signature: seen, replaced and removed by who signs with it, and by nobody else. Whoever comes here
has just shown who they are; whose signature is meant is never asked of the request."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits.access import DESK_LIMITED, Signatory, TheDesk
from services.permits.api.views import show_to
from services.permits.commands import Desk
from services.permits.signature_picture import BYTES_MOST, cut_out
from shared.kernel import Reject
from shared.web import Person, Problem, freshly_proven, note, page, say_refusal
from shared.web.uploads import receive_file

PATH = "/permits/signature"
router = APIRouter(prefix="/permits/signature", include_in_schema=False, dependencies=[Depends(freshly_proven)])
LATEST = 20  # letters that the page names; the trail has them all
_ENVELOPE = 1024 * 1024  # of the form around the file


@router.get("")
async def show(request: Request, desk: TheDesk, who: Signatory) -> HTMLResponse:
    """The signature that is kept, and the letters on which it was placed."""
    return await _page(request, desk, who)


@router.get("/picture")
async def picture(desk: TheDesk, who: Signatory) -> Response:
    """As it will lie on a letter."""
    current = await desk.store.signatures.current(who.sub)
    if current is None:
        raise Problem(404, "http-404")
    content = await desk.store.signatures.picture(current[0], who.sub)
    return Response(content, media_type="image/png", headers={"Cache-Control": "no-store"})


@router.post("/keep", max_body_size=BYTES_MOST + _ENVELOPE, dependencies=[DESK_LIMITED])
async def keep(request: Request, desk: TheDesk, who: Signatory) -> Response:
    """Another one counts from now on; letters that are signed already keep theirs."""
    try:
        async with receive_file(request, most=BYTES_MOST) as file:
            if file is None or not file.size:
                return await _page(request, desk, who, show_to(request).say("signature.no-file"), 422)
            png = await cut_out(file.path, desk.scanner)
    except Reject as error:
        return await _page(request, desk, who, say_refusal(request, error), error.status)
    await desk.store.signatures.keep(who.sub, png)
    note("signature-kept", request)
    return RedirectResponse(PATH, 303)


@router.post("/remove", dependencies=[DESK_LIMITED])
async def remove(request: Request, desk: TheDesk, who: Signatory) -> Response:
    """It cannot be placed any more."""
    await desk.store.signatures.remove(who.sub)
    note("signature-removed", request)
    return RedirectResponse(PATH, 303)


async def _page(request: Request, desk: Desk, who: Person, problem: str = "", status: int = 200) -> HTMLResponse:
    current = await desk.store.signatures.current(who.sub)
    opens = current is not None and await desk.store.signatures.opens(current[0], who.sub)
    signed = [case.state for case in await desk.store.list_signed(who.sub, LATEST)]
    return page(
        request,
        "signature.html",
        status_code=status,
        problem=problem,
        current=current,
        opens=opens,
        most=BYTES_MOST // (1024 * 1024),
        signed=[(one.reference, one.decision) for one in signed],
    )

"""Help for the town's own people: what each button does, by what one is here for, and what goes on offline."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.dispatch.access import Worker
from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.rights import leads, sees_all
from services.dispatch.domain.states import ActName
from services.dispatch.pages.show import show

router = APIRouter(include_in_schema=False)

# The acts that have a button on the pages of that role, as they come up in a day.
BY_ROLE: dict[str, Sequence[ActName]] = {
    "crew": (
        "acknowledge", "start", "complete", "pause", "resume", "take", "drop", "refer", "take_back", "refuse",
    ),
    "lead": ("give", "send_back"),
    "desk": (
        "assign", "prioritise", "refer", "tell_agency", "take_back", "split", "verify", "send_back", "adopt",
        "put_aside", "cancel",
    ),
}  # fmt: skip


@router.get("/crew/help")
async def staff_help(request: Request, who: Worker) -> HTMLResponse:
    """One's own part is unfolded; the others are there to know what a colleague can do."""
    unfolded = {"desk"} if sees_all(who) else {"crew", "lead"} if leads(who) else {"crew"}
    return show(
        request, "help.html", parts=BY_ROLE, unfolded=unfolded, icons={name: act.icon for name, act in ACTS.items()}
    )

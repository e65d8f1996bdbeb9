"""The town plan for everybody: what may be built where, and a proposal tried on its plot, seen from all sides.

Without a script the same facts are a form, a drawing and tables; the address of the page is the proposal.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from services.permits.access import TheDesk
from services.permits.api.plan import layers_of
from services.permits.api.plan_layers import feature_of
from services.permits.api.views import Showing, show_to
from services.permits.commands import Desk
from services.permits.domain.permit_type import Choice, FormField, Text
from services.permits.domain.proposal import Trial, try_out
from services.permits.domain.rules import rules_of
from services.permits.pages.plan_form import MOST, Asked, read_proposal, read_query, refusal_of, takes_proposal
from services.permits.plot_drawing import draw
from shared.kernel import Reject
from shared.web import page, rate_limit

router = APIRouter(include_in_schema=False, dependencies=[Depends(rate_limit("plan-page", per_minute=120, burst=60))])


@router.get("/plan")
async def plan(
    request: Request, desk: TheDesk, compared: Annotated[str, Query(alias="with", max_length=MOST)] = ""
) -> HTMLResponse:
    """The plan, with the proposal of the address on it; `with`: another one beside it."""
    uses = _uses(desk)
    own = read_proposal(desk.town, dict(request.query_params))
    other = read_query(desk.town, compared) if compared else None
    shown, errors = _try_proposal(request, desk, own, uses)
    beside, _ = _try_proposal(request, desk, other, uses) if other else (None, {})
    say = show_to(request).say
    return page(
        request,
        "plan.html",
        status_code=422 if errors else 200,
        typed=own.typed,
        errors={name: say(words) for name, words in errors.items()},
        applied_for=[(code, permit.name) for code, permit in desk.town.permits.items() if takes_proposal(permit)],
        uses=[(choice.code, choice.label) for choice in uses],
        proposals=[one for one in (shown, beside) if one],
        compared=compared if beside else "",
        query=own.query,
        start=layers_of(request).start,
        zones=desk.town.land_use,
        use_names={choice.code: choice.label for choice in uses},
    )


def _uses(desk: Desk) -> tuple[Choice, ...]:
    """What the town's forms call the uses of a building, each once."""
    found: dict[str, Text] = {}
    for code in desk.town.permits:
        fields = rules_of(desk.town, code).permit.fields
        found |= {choice.code: choice.label for one in fields if one.code == "use" for choice in one.choices}
    return tuple(Choice(code=code, label=label) for code, label in found.items())


def _try_proposal(
    request: Request, desk: Desk, asked: Asked, uses: tuple[Choice, ...]
) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """What the plan says of a proposal, as the page shows it; or what is wrong with it."""
    if asked.proposal is None:
        return None, asked.errors
    try:
        trial = try_out(desk.town, asked.proposal)
    except Reject as error:
        return None, dict([refusal_of(error)])
    showing, place = show_to(request), asked.proposal
    use = FormField(code="use", label=Text(th="", en=""), type="choice", choices=uses)
    return {
        "trial": trial,
        "rules": [showing.rule(rule, [use]) for rule in trial.rules],
        "sides": [(showing.say(f"plan.side.{side.faces}"), side) for side in trial.site.survey.sides],
        "drawing": draw(desk.town, trial.site.parcel, trial.mass, trial.shadow, (place.longitude, place.latitude)),
        "map": _for_map(trial, place.longitude, place.latitude),
        "road": _road(trial, showing),
        "query": asked.query,
        "moment": place.moment,
    }, {}


def _road(trial: Trial, showing: Showing) -> str:
    parcel = trial.site.parcel
    if parcel is None or parcel.road_width_m is None:
        return ""
    width = showing.say("plan.metres", value=f"{parcel.road_width_m:g}")
    return f"{parcel.road_name.get(showing.language)} · {width}" if parcel.road_name else width


def _for_map(trial: Trial, longitude: float, latitude: float) -> dict[str, Any]:
    """What the map draws of it."""
    parcel = trial.site.parcel
    return {
        "at": [longitude, latitude],
        "height": trial.height_m,
        "parcel": feature_of(parcel.shape) if parcel else None,
        "mass": feature_of(trial.mass, height=trial.height_m) if trial.mass else None,
        "sun": {"azimuth": trial.sun.azimuth, "elevation": trial.sun.elevation} if trial.shadow and trial.sun else None,
        "shadow": feature_of(trial.shadow) if trial.shadow else None,
    }

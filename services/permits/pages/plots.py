"""The plot of an application as whoever applies, the officers and neighbours see it: drawn from above, with what was
measured."""

from typing import Any

from services.permits.api.views import Showing
from services.permits.domain.application import Application
from services.permits.domain.completeness import site_of
from services.permits.domain.survey import distance_to, list_plots_around
from services.permits.plot_drawing import draw_application


def show_plot(application: Application, showing: Showing, theirs: str = "") -> dict[str, Any] | None:
    """None where neither a parcel is known nor a footprint drawn. `theirs`: the deed of a neighbour's plot."""
    other = showing.town.ground.parcel_of(theirs) if theirs else None
    border = other.shape if other else None
    drawing = draw_application(application, showing.town, border)
    if drawing is None:
        return None
    site = site_of(application, showing.town)
    beside = list_plots_around(showing.town, site.parcel) if site.parcel else []
    return {
        "drawing": drawing,
        "parcel": site.parcel,
        "to_theirs_m": distance_to(application.location.footprint, border) if border else None,
        "area_m2": site.survey.area_m2,
        "around": [(deed, showing.say(f"plan.side.{at}")) for deed, at in beside],
        "sides": [(showing.say(f"plan.side.{side.faces}"), side) for side in site.survey.sides],
    }

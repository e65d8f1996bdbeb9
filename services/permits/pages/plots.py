"""The plot of an application as its applicant and the officers see it: drawn from above, with what was measured."""

from typing import Any

from services.permits.api.views import Showing
from services.permits.domain.application import Application
from services.permits.domain.completeness import site_of
from services.permits.pages.plan_picture import draw_application


def show_plot(application: Application, showing: Showing) -> dict[str, Any] | None:
    """None where neither a parcel is known nor a footprint drawn."""
    drawing = draw_application(application, showing.town)
    if drawing is None:
        return None
    site = site_of(application, showing.town)
    return {
        "drawing": drawing,
        "parcel": site.parcel,
        "area_m2": site.survey.area_m2,
        "sides": [(showing.say(f"plan.side.{side.faces}"), side) for side in site.survey.sides],
    }

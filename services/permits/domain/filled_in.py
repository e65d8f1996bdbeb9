"""A form as it was sent, and whether it was filled in over what stands there now: an applicant has it open twice, or
shares the link with a draftsman."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.permits.domain.application import Applicant, Application, Location
from shared.kernel import Reject, fingerprint


@dataclass(frozen=True)
class FilledIn:
    """`read`: the `form_mark` of what was opened; None: whoever sends it says nothing of that."""

    answers: Mapping[str, object]
    where: Location
    who: Applicant
    read: str | None = None


def form_mark(application: Application) -> str:
    """Of all that the form holds; papers, and lines of the timeline, leave it."""
    return fingerprint(application.form, application.location, application.applicant)


def need_same_form(application: Application, sent: FilledIn) -> Application:
    """The application, as long as it is what its writer had before them."""
    if sent.read and sent.read != form_mark(application):
        raise Reject("form-changed", "the form was changed since it was opened; read it again first")
    return application

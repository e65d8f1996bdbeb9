"""What still stands between an application and the office: answers that the law's form needs, and documents."""

from services.permits.domain import form as forms
from services.permits.domain.application import Applicant, Application
from services.permits.domain.documents import list_missing_documents
from services.permits.domain.permit_type import PermitType

CONTACT, ADDRESS = "applicant.contact", "location.address"  # beside the codes of the profile's own fields


def open_answers(application: Application, permit: PermitType) -> list[str]:
    """What is still to be filled in. An order that takes effect when its addressee is told of it (Administrative
    Procedure Act B.E. 2539, section 42) needs a way to tell them; a permit names the place that it is for."""
    open_first = [] if _can_be_told(application.applicant) else [CONTACT]
    if not application.location.address:
        open_first.append(ADDRESS)
    return [*open_first, *forms.list_missing(permit, application.form)]


def list_lacking(application: Application, permit: PermitType) -> list[str]:
    """Codes of everything that is missing; empty when it can be handed in."""
    documents = [document.code for document in list_missing_documents(application, permit)]
    return [*open_answers(application, permit), *documents]


def _can_be_told(who: Applicant) -> bool:
    return bool(who.phone or who.email or who.line_id or who.address)

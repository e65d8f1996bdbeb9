"""What programs and pages may send about a visit to the site: shapes and sizes."""

from services.permits.bodies import Body, Note
from services.permits.consult_bodies import BeyondDue
from shared.events.permit_life import InspectionResult
from shared.times import Time


class InspectionDay(Body):
    """`POST …/inspections`, `POST …/inspections/{inspection}/move`."""

    at: Time
    beyond_due: BeyondDue = False


class InspectionOff(Body):
    """`POST …/inspections/{inspection}/cancel`: `note` says why, to the applicant."""

    note: Note = ""


class InspectionReport(Body):
    """`POST …/inspections/{inspection}`; a note is needed unless all was in order."""

    result: InspectionResult
    note: Note = ""

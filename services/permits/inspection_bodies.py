"""What programs and pages may send about a visit to the site: shapes and sizes."""

from services.permits.bodies import Body, Note
from shared.events.permit_life import InspectionResult
from shared.times import Time


class InspectionDay(Body):
    """`POST …/inspections`."""

    at: Time


class InspectionReport(Body):
    """`POST …/inspections/{inspection}`; a note is needed unless all was in order."""

    result: InspectionResult
    note: Note = ""

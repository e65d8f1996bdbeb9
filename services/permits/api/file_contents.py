"""What the whole file of an application holds, and what each part of it is called, for who takes it out. The names are
ours alone: what a file was called by whoever sent it is no name to unpack by."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.permits.domain.application import Application
from services.permits.domain.documents import ENDINGS
from services.permits.domain.findings import list_current, told_to_applicant
from services.permits.domain.inspections import photos_for
from services.permits.domain.letters import Seal
from services.permits.domain.marking import group_marks
from services.permits.domain.paper import Mark, Upload
from services.permits.domain.permit_life import Photo
from services.permits.domain.signed_acts import DECISION


def documents_in(application: Application, *, staff: bool) -> Sequence[tuple[str, Upload]]:
    """Every version of every document whose file is still there; for its holder none that the one before handed in."""
    versions = [(code, upload) for code, uploads in application.documents.items() for upload in uploads]
    kept = [(code, upload) for code, upload in versions if not upload.removed]
    return [(_document(code, upload), upload) for code, upload in kept if staff or application.theirs(upload.at)]


def photos_in(application: Application, *, staff: bool) -> Sequence[tuple[str, Photo]]:
    """The photos of visits that are still there: the applicant's with the report of each."""
    return [
        (_photo(visit, photo.number), photo)
        for visit, one in enumerate(application.inspections, 1)
        for photo in photos_for(one, staff=staff)
        if not photo.removed
    ]


def list_marked(
    application: Application, *, staff: bool
) -> Sequence[tuple[str, Upload, dict[int, list[tuple[int, Mark]]]]]:
    """The documents on which something is marked, with the pages and marks that a picture shows: the applicant's since
    they were asked for another. Their file is still there."""
    found = {
        code: finding
        for code, finding in list_current(application).items()
        if finding.marks and (staff or told_to_applicant(application, code))
    }
    uploads = {code: upload for code in found if (upload := application.latest(code)) and not upload.removed}
    return [(code, upload, group_marks(found[code])) for code, upload in uploads.items()]


def as_filed(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the page says, with the photos by their names; without the link by which somebody answers in another's name,
    and without mail addresses of neighbours, for a file goes from hand to hand. Neighbours, who are named, are in a
    part of their own."""
    consultations = [{name: value for name, value in one.items() if name != "link"} for one in told["consultations"]]
    inspections = [
        {**one, "photos": [_with_file(visit, photo) for photo in one["photos"]]}
        for visit, one in enumerate(told["inspections"], 1)
    ]
    neighbours = [{name: value for name, value in one.items() if name != "email"} for one in told["neighbours"]]
    return {**told, "consultations": consultations, "inspections": inspections, "neighbours": neighbours}


def texts_of(
    filed: Mapping[str, Any], seals: Mapping[int, Seal | None], documents: Sequence[tuple[str, Upload]], *, staff: bool
) -> Mapping[str, Any]:
    """The parts for programs. Who was asked, neighbours among them, and what they think, is between the officers; what
    is open of it is told by the parts that it comes from."""
    findings = [
        {"requirement": one["requirement"], "name": one["name"], **one["finding"]}
        for one in filed["documents"]
        if one["finding"]
    ]
    return {
        "application.json": {name: value for name, value in filed.items() if name not in ("neighbours", "open_points")},
        "timeline.json": filed["timeline"],
        "checks.json": filed["lane"],
        "decision.json": {"decision": filed["decision"], "signature": seals.get(DECISION)},
        "signed.json": [one | {"signature": seals.get(one["turn"])} for one in filed["signed"]],
        "documents.json": [{"file": name, **upload.model_dump(exclude={"id"})} for name, upload in documents],
        "findings.json": findings,
        "inspections.json": filed["inspections"],
        **({"consultations.json": filed["consultations"], "neighbours.json": filed["neighbours"]} if staff else {}),
    }


def name_marked_page(code: str, version: int, page: int) -> str:
    """The picture of a page with what was marked on it."""
    return f"marks/{code}-{version}-page-{page}.png"


def _document(code: str, upload: Upload) -> str:
    return f"documents/{code}-{upload.number}.{ENDINGS.get(upload.media_type, 'bin')}"


def _photo(visit: int, number: int) -> str:
    return f"inspections/{visit}-{number}.jpg"


def _with_file(visit: int, photo: Mapping[str, Any]) -> dict[str, Any]:
    return {"file": None if photo["removed"] else _photo(visit, photo["number"]), **photo}

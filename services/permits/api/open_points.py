"""What stands open or against an application, in words: for those who propose and sign, and for nobody else."""

from typing import Any

from services.permits.api.wording import Wording
from services.permits.domain.application import Application
from services.permits.domain.open_points import OpenPoint, open_points
from services.permits.domain.permit_type import PermitType
from shared.words.dates import datetime_text


def open_points_of(application: Application, permit: PermitType, wording: Wording) -> list[dict[str, Any]]:
    """Each with its sentence; `name` is what a signature names as seen, which it must where it `weighs`."""
    if not wording.staff:
        return []
    return [
        {
            "name": one.name,
            "kind": one.kind,
            "weighs": one.weighs,
            "at": one.at,
            "words": one.words,
            "text": _sentence(one, permit, wording),
        }
        for one in open_points(application, permit)
    ]


def _sentence(one: OpenPoint, permit: PermitType, wording: Wording) -> str:
    at = datetime_text(one.at, wording.town.calendar.zone, wording.language) if one.at else ""
    return wording.say(f"open.{one.kind}", who=_who(one, permit, wording), at=at)


def _who(one: OpenPoint, permit: PermitType, wording: Wording) -> str:
    """Of whom or of what it is."""
    if one.consultee:
        return wording.consultee(one.consultee)
    if one.place:
        return wording.say("open.neighbour", place=one.place)
    names = {document.code: document.name.get(wording.language) for document in permit.documents}
    return names.get(one.about, "")

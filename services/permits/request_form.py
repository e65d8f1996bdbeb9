"""The law's request form (แบบ ข.1 and its kin) with what the applicant wrote in it, as PDF to be signed by hand."""

import asyncio
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.permits.domain.application import Application
from services.permits.domain.permit_type import PermitType, RequestForm, all_hold
from services.permits.domain.signed_request import mark_of
from services.permits.letter import value_text
from shared.documents import typeset
from shared.files import apart
from shared.kernel import Reject, now
from shared.town import Town
from shared.words.dates import date_text, datetime_text

TEMPLATE = Path(__file__).parent / "pages" / "templates" / "request_form.typ"
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]{1,64})\}")
_UNKNOWN = "................................"
_LONG = ("post", "address", "works", "method", "co_applicants", "content", "protection")  # a longer line to write on


async def make(application: Application, permit: PermitType, town: Town, at: datetime) -> bytes:
    """The form as PDF. Reject when this permit type has none."""
    if permit.request_form is None:
        raise Reject("no-request-form", "this permit type has no request form to print", status=404)
    return await typeset(TEMPLATE, compose(application, permit, permit.request_form, town, at), at)


async def is_unsigned(file: Path, application: Application, permit: PermitType, town: Town) -> bool:
    """Whether the file shows this form and nothing else: as it left us, printed into another PDF, or as a picture. What
    anybody writes, signs or stamps on it makes it another; so does what a scanner adds. Whoever asks holds a turn of
    `apart.TURNS`."""
    if permit.request_form is None:
        return False
    told, at = compose(application, permit, permit.request_form, town, now()), now()
    for paper in told["papers"][1]:
        paper["there"] = True  # with every tick: it is not known which were there when it was printed
    made = await typeset(TEMPLATE, told, at)
    async with apart.room() as room:
        ours = room.path / "ours.pdf"
        await asyncio.to_thread(ours.write_bytes, made)
        said = await room.ask("shared.files.likeness", file, ours, room.path)
    return said is not None and bool(said["same"])


def compose(
    application: Application, permit: PermitType, request: RequestForm, town: Town, at: datetime
) -> dict[str, Any]:
    """All that the form says, as text: the template only sets it. It is in Thai, as the law has it."""
    values, printed = _list_values(application, permit, town), datetime_text(at, ZoneInfo(town.timezone), "th")
    return {
        "code": request.code,
        "title": request.title,
        "author": town.name.th,
        "written_at": ["เขียนที่", town.name.th],
        "date": "วันที่ ................ เดือน ................................ พ.ศ. ................",
        "received": [
            "เลขรับที่ ..........................",
            "วันที่ ...............................",
            "ลงชื่อ ........................ ผู้รับคำขอ",
        ],
        "clauses": [
            _runs(clause.text, values) for clause in request.clauses if all_hold(clause.when, application.form)
        ],
        "papers": [
            "เอกสารที่แนบ",
            [_build_paper(application, one) for one in _list_attached(permit, request, application)],
        ],
        "sign": "(ลงชื่อ)",
        "signers": _list_signers(request, application, values),
        "footer": f"คำขอ {application.reference} · รหัสข้อมูล {mark_of(application)} · พิมพ์จากระบบ {printed}",
        "note": "เมื่อแก้ไขข้อมูลในระบบหลังพิมพ์ รหัสข้อมูลจะเปลี่ยน กรุณาพิมพ์และลงนามใหม่",
    }


def _list_attached(permit: PermitType, request: RequestForm, application: Application) -> list[tuple[str, str]]:
    documents = permit.documents_for(application.form)
    return [(document.code, document.name.th) for document in documents if document.code != request.document]


def _build_paper(application: Application, document: tuple[str, str]) -> dict[str, Any]:
    code, name = document
    return {"name": name, "there": application.latest(code) is not None}


def _list_values(application: Application, permit: PermitType, town: Town) -> dict[str, str]:
    who, where = application.applicant, application.location
    fields = {field.code: field for field in permit.fields}
    written = {
        code: _write_day(value) if fields[code].type == "date" else value_text(fields[code], value, "th")
        for code, value in application.form.items()
        if code in fields
    }
    known = {"name": who.name, "phone": who.phone, "email": who.email, "post": who.address, "address": where.address}
    known |= {"place": town.locality.th if town.locality else None, "type": permit.name.th, "town": town.name.th}
    known |= {"reference": application.reference}
    return written | {name: value for name, value in known.items() if value}


def _write_day(written: str) -> str:
    return date_text(datetime.combine(date.fromisoformat(written), time.min, ZoneInfo("UTC")), ZoneInfo("UTC"), "th")


def _runs(text: str, values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Words of the law, what was written, and lines for what was not, in their order."""
    runs: list[dict[str, Any]] = []
    for number, part in enumerate(_PLACEHOLDER.split(text)):
        if number % 2 == 0:
            runs += [{"kind": "text", "text": part}] if part else []
        elif part in values:
            runs.append({"kind": "value", "text": " ".join(values[part].split("\n"))})
        else:
            runs.append({"kind": "blank", "wide": part in _LONG})
    return runs


def _list_signers(request: RequestForm, application: Application, values: Mapping[str, str]) -> list[str]:
    """A line for each who signs; where several are written below each other, one for each of them."""
    asked = [clause.text for clause in request.signers if all_hold(clause.when, application.form)]
    return [_fill_in(text, one) for text in asked for one in _pair_up(text, values)]


def _pair_up(text: str, values: Mapping[str, str]) -> list[Mapping[str, str]]:
    several = next((one for one in _PLACEHOLDER.findall(text) if "\n" in values.get(one, "")), "")
    return [{**values, several: name} for name in values[several].split("\n")] if several else [values]


def _fill_in(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], _UNKNOWN), text)

"""The decision letter (หนังสือแจ้งผลการพิจารณา): what it says, as data, and its page as PDF. The letter is in Thai, as
the law has it, and says what stood in the profile of the day on which the application was handed in. Letters of what is
signed later (`act_letter.py`) are on the same sheet (`build_sheet`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno

from services.permits.domain.application import Application, Decision
from services.permits.domain.bill import Bill
from services.permits.domain.money import baht
from services.permits.domain.permit_type import FormField, PermitType
from services.permits.domain.rules import Rules
from services.permits.domain.stand_in import StandIn
from shared.documents import picture, typeset
from shared.town import Town
from shared.words.dates import date_text, datetime_text

TEMPLATE = Path(__file__).parent / "pages" / "templates" / "letter.typ"
_BOTH_FORMS = re.compile(r"คำขอ (\S+) ใบอนุญาต (\S+)")  # as profiles named them until they had `permit_code`
_LOGO_FORMATS = {".svg": "svg", ".png": "png", ".jpg": "jpg"}
# Electronic Transactions Act B.E. 2544, section 9: a signature by electronic means counts as one on paper.
_ELECTRONIC = (
    "ลงลายมือชื่อด้วยวิธีการทางอิเล็กทรอนิกส์",
    "เมื่อวันที่ {at}",
    "ตามพระราชบัญญัติว่าด้วยธุรกรรมทางอิเล็กทรอนิกส์ พ.ศ. 2544",
    "มาตรา 9",
)


@dataclass(frozen=True)
class Signature:
    """Who signed, for which office, in whose place, when, and where it is verified. `scanned`: their own signature as a
    PNG, where they placed it."""

    name: str
    office: str
    at: datetime
    verify_code: str
    stand_in: StandIn | None = None
    scanned: bytes | None = None


async def make(application: Application, rules: Rules, town: Town, public_url: str, signature: bytes | None) -> bytes:
    """The letter before it is sealed. `signature`: the signatory's scanned one, a PNG, where they placed it."""
    decision = decision_of(application)
    return await typeset(TEMPLATE, compose(application, rules, town, public_url, signature), decision.at)


def build_sheet(
    application: Application, rules: Rules, town: Town, public_url: str, signature: Signature, numbers: Sequence[str]
) -> dict[str, Any]:
    """What every letter has around its words: whose it is, its numbers and day, who signed, and where to verify it."""
    zone = ZoneInfo(town.timezone)
    return {
        "footer": f"คำขอ {application.reference}",
        "town": town.name.th,
        "address": town.contact.address.th,
        "logo": logo_of(town),
        "kind": None,
        "numbers": [*numbers, f"คำขอเลขที่ {application.reference}"],
        "date": date_text(signature.at, zone, "th"),
        "grant": None,
        "conditions": None,
        "reason": None,
        "closing": "จึงเรียนมาเพื่อทราบ",
        "verify": _verify(signature.verify_code, public_url),
        "signed": _show_signature(signature, rules, zone),
    }


def decision_of(application: Application) -> Decision:
    """The decision that the letter is about; a bug (`ValueError`) where there is none yet."""
    if application.decision is None:
        raise ValueError(f"{application.reference} is not decided")
    return application.decision


def compose(
    application: Application, rules: Rules, town: Town, public_url: str, signature: bytes | None = None
) -> dict[str, Any]:
    """All that the letter says: the template only sets it."""
    decision, permit, zone = decision_of(application), rules.permit, ZoneInfo(town.timezone)
    approved, name = decision.decision == "approved", permit.name.th
    form = f" ({code})" if (code := forms_of(permit)[1]) else ""
    numbers = [f"ใบอนุญาตเลขที่ {decision.number}"] if decision.number else []
    signed = Signature(
        decision.by.name, decision.office, decision.at, decision.verify_code, decision.by.stand_in, signature
    )
    return build_sheet(application, rules, town, public_url, signed, numbers) | {
        "title": f"หนังสือแจ้งผลการพิจารณาคำขออนุญาต{name} {decision.number or application.reference}",
        "kind": f"ใบอนุญาต{name}{form}" if approved else None,
        "heads": [["เรื่อง", f"แจ้งผลการพิจารณาคำขออนุญาต{name}"], ["เรียน", application.applicant.name]],
        "opening": _write_opening(application, permit, town, zone),
        "verdict": "อนุญาต" if approved else "ไม่อนุญาต",
        "grant": f"อนุญาตให้ {application.applicant.name} {name} โดยมีรายละเอียดดังนี้" if approved else None,
        "rows": _list_rows(application, permit, town, zone),
        "conditions": {"title": "เงื่อนไข", "items": list(decision.conditions)} if decision.conditions else None,
        "reason": None if approved else reason_of(decision.legal_reason, permit),
    }


def forms_of(permit: PermitType) -> tuple[str, str]:
    """The numbers of the law's forms, of the request and of the permit; empty where there is none. What was pinned
    while a profile named both in one text still has them there."""
    both = _BOTH_FORMS.fullmatch(permit.form_code.th)
    if both and permit.permit_code is None:
        return f"แบบ {both[1]}", f"แบบ {both[2]}"
    request = permit.form_code.th
    return "" if permit.name.th in request else request, permit.permit_code.th if permit.permit_code else ""


def _write_opening(application: Application, permit: PermitType, town: Town, zone: ZoneInfo) -> dict[str, str]:
    """The town's name is a part of its own: it stays in one line."""
    form = f" ({code})" if (code := forms_of(permit)[0]) else ""
    submitted = date_text(application.submitted_at or application.created_at, zone, "th")
    return {
        "before": f"ตามที่ท่านได้ยื่นคำขออนุญาต{permit.name.th}{form} ต่อ",
        "town": town.name.th,
        "after": f" เมื่อวันที่ {submitted} นั้น เจ้าพนักงานท้องถิ่นได้ตรวจพิจารณาแล้ว อาศัยอำนาจตาม{permit.law.th} มีคำสั่งดังนี้",
    }


def _list_rows(application: Application, permit: PermitType, town: Town, zone: ZoneInfo) -> list[list[str]]:
    """Place, form, fees and period: label and value."""
    decision, where = decision_of(application), application.location
    village = next((one.name.th for one in town.zones if one.code == application.zone), "")
    rows = [
        *place_rows(application, town),
        ("พิกัด / หมู่บ้านหรือเขต" if village else "พิกัด", f"{where.latitude:.5f}, {where.longitude:.5f} {village}".strip()),
        *list_form_rows(application, permit.model_copy(update={"fields": _in_letter(permit)})),
    ]
    if decision.decision == "approved":
        fees = ((fee.name.th, amount) for fee, amount in permit.fees_for(application.form))
        rows += [("ค่าธรรมเนียม", fees_text(fees)), ("การชำระค่าธรรมเนียม", payment_text(application.bill, zone))]
    if decision.valid_until:
        rows.append(("ใบอนุญาตใช้ได้ถึงวันที่", date_text(decision.valid_until, zone, "th")))
    return [[label, value] for label, value in rows if value]


def place_rows(application: Application, town: Town) -> list[tuple[str, str]]:
    """Where it is, as an address has it."""
    address, locality = application.location.address or "", town.locality.th if town.locality else ""
    return [("ที่ตั้ง", address), ("ตำบล อำเภอ จังหวัด", locality)]


def _in_letter(permit: PermitType) -> tuple[FormField, ...]:
    return tuple(field for field in permit.fields if field.in_letter)


def fees_text(fees: Iterable[tuple[str, int]]) -> str:
    """The fees one by one and their sum, as Thai text for the letter; amounts are satang. Empty without fees."""
    named = list(fees)
    if not named:
        return ""
    each = ", ".join(f"{name} {baht(amount)} บาท" for name, amount in named)
    return f"{each} รวม {baht(sum(amount for _, amount in named))} บาท"


def payment_text(bill: Bill | None, zone: ZoneInfo) -> str:
    """Proof of what was paid by the time that the letter is made, or until when it is to be paid."""
    if bill is None:
        return ""
    if bill.payment is None:
        return f"ชำระภายในวันที่ {date_text(bill.due_at, zone, 'th')}"
    paid = f"ชำระแล้ว {baht(bill.payment.satang)} บาท เมื่อวันที่ {date_text(bill.payment.paid_on, zone, 'th')}"
    return f"{paid} ใบเสร็จรับเงินเลขที่ {bill.payment.receipt}" if bill.payment.receipt else paid


def reason_of(text: str, permit: PermitType, *, final: bool = False) -> dict[str, str | None]:
    """Why, and the right to appeal against it, unless it is `final`."""
    appeal = None
    if permit.appeal and not final:
        appeal = (
            f"หากท่านไม่เห็นด้วยกับคำสั่งนี้ ท่านมีสิทธิอุทธรณ์ต่อคณะกรรมการพิจารณาอุทธรณ์ภายใน {permit.appeal.days} วัน"
            f"นับแต่วันที่ได้รับแจ้งคำสั่ง ตาม{permit.appeal.law.th}"
        )
    return {"title": "เหตุผล", "text": text, "appeal": appeal}


def _verify(code: str, public_url: str) -> dict[str, Any]:
    url = f"{public_url}/verify/{code}"
    drawn = BytesIO()
    segno.make(url, error="m").save(drawn, kind="svg", scale=4, border=1)
    return {
        "qr": _draw_picture("svg", drawn.getvalue(), f"คิวอาร์โค้ดสำหรับตรวจสอบหนังสือ {url}"),
        "help": "ตรวจสอบหนังสือฉบับนี้และเทียบไฟล์ได้ที่",
        "url": url,
        "label": "รหัสตรวจสอบ",
        "code": code,
    }


def _show_signature(signature: Signature, rules: Rules, zone: ZoneInfo) -> dict[str, Any]:
    office = next((office for office in rules.offices if office.code == signature.office), None)
    in_place = signature.stand_in
    titles = in_place.lines("th") if in_place else [office.title.th if office else signature.office]
    if office and office.acting_for:
        titles.append(office.acting_for.th)
    return {
        "regards": "ขอแสดงความนับถือ",
        "picture": _draw_picture("png", signature.scanned, f"ลายมือชื่อของ {signature.name}")
        if signature.scanned
        else None,
        "name": signature.name,
        "titles": titles,
        "electronically": [line.format(at=datetime_text(signature.at, zone, "th")) for line in _ELECTRONIC],
    }


def list_form_rows(application: Application, permit: PermitType, language: str = "th") -> list[tuple[str, str]]:
    """The form as people read it: label and value with its unit, in the order of the profile."""
    written = [(field, application.form[field.code]) for field in permit.fields if field.code in application.form]
    return [(field.label.get(language), value_text(field, value, language)) for field, value in written]


def value_text(field: FormField, value: str, language: str) -> str:
    """A value as people read it: a choice by its name, a number with its unit."""
    if field.type == "choice":
        value = next((choice.label.get(language) for choice in field.choices if choice.code == value), value)
    if field.type == "yesno":
        value = {"th": {"yes": "ใช่", "no": "ไม่ใช่"}}.get(language, {}).get(value, value)
    return f"{value} {field.unit.get(language)}" if field.unit else value


def logo_of(town: Town) -> Mapping[str, Any] | None:
    """The town's mark, as a template takes it."""
    name = town.branding.logo
    path = town.directory / name if name else None
    if path is None or path.suffix not in _LOGO_FORMATS or not path.is_file():
        return None
    return _draw_picture(_LOGO_FORMATS[path.suffix], path.read_bytes(), f"ตรา{town.name.th}")


def _draw_picture(kind: str, content: bytes, says: str) -> dict[str, Any]:
    """`says`: what a program that reads aloud says of it."""
    return {"format": kind, "content": picture(content), "says": says}

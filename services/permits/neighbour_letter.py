"""The letter that asks a neighbour (หนังสือสอบถามความเห็นของผู้อยู่ข้างเคียง): what it says, as data, and its page as PDF.

It names neither who applies nor how to reach them: the place, what is to be built there, how large, and how to answer.
"""

from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno
from shapely import Polygon

from services.permits.domain.application import Application
from services.permits.domain.completeness import site_of
from services.permits.domain.neighbour import Neighbour
from services.permits.domain.neighbours import select_for_neighbours
from services.permits.domain.permit_type import PermitType
from services.permits.domain.survey import distance_to
from services.permits.letter import list_form_rows, logo_of
from services.permits.plot_drawing import draw_application, on_paper
from shared.documents import picture, typeset
from shared.neighbour_links import PAGE, neighbour_path
from shared.town import Town
from shared.words.dates import date_text

TEMPLATE = Path(__file__).parent / "pages" / "templates" / "neighbour.typ"


async def make(
    application: Application, permit: PermitType, town: Town, one: Neighbour, code: str, public_url: str
) -> bytes:
    """The letter as PDF, to be printed and signed by hand; the same whenever it is printed."""
    return await typeset(TEMPLATE, compose(application, permit, town, one, code, public_url), one.asked_at)


def compose(
    application: Application, permit: PermitType, town: Town, one: Neighbour, code: str, public_url: str
) -> dict[str, Any]:
    """All that the letter says: the template only sets it."""
    zone, kind, origin = ZoneInfo(town.timezone), permit.name.th, public_url.rstrip("/")
    due = date_text(one.due_at, zone, "th")
    return {
        "title": f"หนังสือสอบถามความเห็นของผู้อยู่ข้างเคียง คำขอ {application.reference}",
        "footer": f"คำขอ {application.reference}",
        "town": town.name.th,
        "address": town.contact.address.th,
        "logo": logo_of(town),
        "number": f"คำขอเลขที่ {application.reference}",
        "date": date_text(one.asked_at, zone, "th"),
        "heads": [
            ["เรื่อง", f"ขอทราบความเห็นเกี่ยวกับคำขออนุญาต{kind}"],
            ["เรียน", f"{one.name or 'เจ้าของหรือผู้ครอบครอง'} {one.place}"],
        ],
        "opening": f"ด้วย{town.name.th}ได้รับคำขออนุญาต{kind} ในที่ดินซึ่งอยู่ข้างเคียงกับที่ดินหรืออาคารของท่าน โดยมีรายละเอียดดังนี้",
        "rows": _list_rows(application, permit, town, one),
        "drawing": _draw_plot(application, town, one),
        "asking": _write_question(town, due),
        "closing": "จึงเรียนมาเพื่อโปรดทราบและแจ้งความเห็น",
        "answer": _answer(application, code, origin),
        "signed": ["ขอแสดงความนับถือ", "(ลงชื่อ) ................................................", "เจ้าหน้าที่ผู้รับผิดชอบ"],
        "slip": _build_slip(application, town, one),
    }


def _write_question(town: Town, due: str) -> list[str]:
    asked = f"{town.name.th}จึงขอทราบว่าท่านยินยอมหรือคัดค้าน พร้อมเหตุผล ภายในวันที่ {due}"
    return [
        f"เพื่อประกอบการพิจารณา {asked} หากพ้นกำหนด เจ้าพนักงานท้องถิ่นจะพิจารณาคำขอต่อไปตามกฎหมาย",
        "ความเห็นของท่านใช้ประกอบการพิจารณาคำขอนี้เท่านั้น และจะไม่เผยแพร่ชื่อของท่าน",
    ]


def _draw_plot(application: Application, town: Town, one: Neighbour) -> dict[str, Any] | None:
    """The plot from above, as whoever applies and those who decide see it; None where neither plot nor footprint is
    known."""
    theirs = _find_their_plot(town, one)
    drawing = draw_application(application, town, theirs)
    if drawing is None:
        return None
    called = {
        "plot": "เส้นหนา แปลงที่ขออนุญาต",
        "theirs": "เส้นประ ที่ดินของท่าน",
        "mass": "เทาเข้ม อาคารที่เสนอ",
        "building": "เทาอ่อน อาคารเดิม",
    }
    legend = " · ".join(called[kind] for kind in drawing.kinds if kind in called)
    content = picture(on_paper(drawing, f"{drawing.scale_m} เมตร"))
    says = f"ผังบริเวณ ทิศเหนืออยู่ด้านบน: {legend}"
    return {"format": "svg", "content": content, "says": says, "legend": f"ทิศเหนืออยู่ด้านบน · {legend}"}


def _find_their_plot(town: Town, one: Neighbour) -> Polygon | None:
    found = town.ground.parcel_of(one.deed_number) if one.deed_number else None
    return found.shape if found else None


def _list_distances(application: Application, town: Town, one: Neighbour) -> list[tuple[str, str]]:
    """To their border where their plot is known, else the smallest of the plot's own."""
    theirs, ring = _find_their_plot(town, one), application.location.footprint
    metres, label = site_of(application, town).survey.setback_m, "ระยะจากอาคารถึงแนวเขตที่ใกล้ที่สุด"
    if theirs is not None:
        metres, label = distance_to(ring, theirs), "ระยะจากอาคารถึงแนวเขตที่ดินของท่าน"
    return [] if metres is None else [(label, f"{metres} เมตร")]


def _list_rows(application: Application, permit: PermitType, town: Town, one: Neighbour) -> list[list[str]]:
    village = next((zone.name.th for zone in town.zones if zone.code == application.zone), "")
    place = " ".join(part for part in (application.location.address, village) if part)
    seen = permit.model_copy(update={"fields": select_for_neighbours(permit)})
    deed = application.parcel.deed_number if application.parcel else ""
    where = [("ที่ตั้ง", place), ("โฉนดที่ดินเลขที่", deed), ("ประเภท", permit.name.th)]
    rows = [*where, *list_form_rows(application, seen), *_list_distances(application, town, one)]
    return [[label, value] for label, value in rows if value]


def _answer(application: Application, code: str, origin: str) -> dict[str, Any]:
    url = f"{origin}{neighbour_path(application.reference, code)}"
    drawn = BytesIO()
    segno.make(url, error="m").save(drawn, kind="svg", scale=4, border=1)
    says = f"คิวอาร์โค้ดสำหรับตอบ {url}"
    return {
        "qr": {"format": "svg", "content": picture(drawn.getvalue()), "says": says},
        "help": "สแกนเพื่ออ่านรายละเอียดและตอบโดยไม่ต้องมีบัญชีผู้ใช้ หรือเปิด",
        "url": f"{origin}{PAGE}",
        "typed": [f"เลขที่คำขอ {application.reference}", f"รหัสตอบ {code}"],
    }


def _build_slip(application: Application, town: Town, one: Neighbour) -> dict[str, Any]:
    return {
        "title": f"แบบตอบ คำขอ {application.reference} ({one.place})",
        "choices": ["ยินยอม", "คัดค้าน"],
        "reason": "เหตุผล",
        "sign": ["(ลงชื่อ)", "(ตัวบรรจง)"],
        "help": f"ตัดส่วนนี้ส่งที่{town.contact.office.th} {town.contact.address.th}",
    }

"""A town with just what pages show, for tests that are not about profiles."""

from pathlib import Path
from typing import Any

from shared.calendar.working import ALWAYS_OPEN
from shared.town.models import Bounds, Branding, Contact, EmergencyNumber, Point, Text, Town, TownCalendar, Zone

SQUARE = ((98.93, 18.72), (98.99, 18.72), (98.99, 18.77), (98.93, 18.77), (98.93, 18.72))


def small_town() -> Town:
    """Unvalidated as a whole on purpose: no categories, teams or rules."""
    fields = dict[str, Any](
        directory=Path(),
        code="smalltown",
        reference_prefix="MH",
        name=Text(th="เทศบาลเมืองตัวอย่าง", en="Sample Town Municipality"),
        kind=Text(th="เทศบาลเมือง", en="town municipality"),
        timezone="Asia/Bangkok",
        languages=("th", "en"),
        bounds=Bounds(south=18.72, west=98.93, north=18.77, east=98.99),
        centre=Point(latitude=18.745, longitude=98.96),
        contact=Contact(
            office=Text(th="ศูนย์บริการเบ็ดเสร็จ", en="One-stop service centre"),
            address=Text(th="ถนนตัวอย่าง ตำบลตัวอย่าง", en="Sample Road"),
            phone="053 000 000",
            email="centre@town.example",
            hours=Text(th="จันทร์–ศุกร์ 08:30–16:30 น.", en="Monday to Friday, 08:30–16:30"),
        ),
        emergency=(EmergencyNumber(name=Text(th="ดับเพลิงและกู้ภัย", en="Fire and rescue"), phone="199"),),
        branding=Branding(primary="#17594a", accent="#c77700"),
        layers=(),
        calendar=TownCalendar(timezone="Asia/Bangkok", hours=ALWAYS_OPEN, years=(2026, 2027)),
        zones=(Zone(code="one", name=Text(th="หมู่ 1", en="Village 1"), approximate=True, polygons=((SQUARE,),)),),
        teams={},
    )
    return Town.model_construct(**fields)

"""The mayor is away for three days, and the deputy mayor signs in their place."""

from shared.events.absences import AbsencesChanged, AwayOffice
from shared.events.ids import derive_id
from tools.contract.examples.story import REPORTED, story

_LIST = "01KB57W5Z0M7Q2C9X4H6TGA8RE"
_MAYOR = AwayOffice(
    id=derive_id(_LIST, "mayor"), office="mayor", deputy="deputy-mayor", first_day="2026-11-24", last_day="2026-11-26",
    capacity="acting", order="คำสั่งที่ 812/2569", level="mayor",
)  # fmt: skip

ABSENCES = story(_LIST, REPORTED, (0, AbsencesChanged(actor="supervisor-pranee", absences=[_MAYOR])))

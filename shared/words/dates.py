"""Times and durations as residents read them: the town's own time, and the Buddhist year in Thai."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

THAI_MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
THAI_SHORT = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
BUDDHIST_ERA = 543  # years before the common era's
_UNITS = ((86400, "วัน", "day"), (3600, "ชั่วโมง", "hour"), (60, "นาที", "minute"))


def date_text(moment: datetime, zone: ZoneInfo, language: str, *, short: bool = False) -> str:
    """`23 พฤศจิกายน 2569`, `23 พ.ย. 2569`, `23 November 2026`, `23 Nov 2026`."""
    local = moment.astimezone(zone)
    if language == "th":
        months = THAI_SHORT if short else THAI_MONTHS
        return f"{local.day} {months[local.month - 1]} {local.year + BUDDHIST_ERA}"
    month = ENGLISH_MONTHS[local.month - 1]
    return f"{local.day} {month[:3] if short else month} {local.year}"


def month_text(day: date, language: str, *, short: bool = False) -> str:
    """`พฤศจิกายน 2569`, `พ.ย. 2569`, `November 2026`, `Nov 2026`."""
    noon = datetime(day.year, day.month, 1, 12, tzinfo=UTC)
    return date_text(noon, ZoneInfo("UTC"), language, short=short).partition(" ")[2]


def datetime_text(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """`23 พ.ย. 2569 เวลา 09.15 น.`, `23 Nov 2026, 09:15`."""
    date, local = date_text(moment, zone, language, short=True), moment.astimezone(zone)
    return f"{date} เวลา {local:%H.%M} น." if language == "th" else f"{date}, {local:%H:%M}"


def duration_text(span: timedelta, language: str) -> str:
    """The two largest units: `1 วัน 3 ชั่วโมง`, `2 hours 5 minutes`; below a minute: `less than a minute`."""
    left = int(abs(span.total_seconds()))
    parts: list[str] = []
    for seconds, thai, english in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {thai}" if language == "th" else f"{count} {english}{'s' if count > 1 else ''}")
        elif parts:
            break  # "1 day", not "1 day 5 minutes"
    if not parts:
        return "ไม่ถึงนาที" if language == "th" else "less than a minute"
    return " ".join(parts[:2])


def relative_text(moment: datetime, now: datetime, language: str) -> str:
    """`5 นาทีที่แล้ว`, `อีก 2 ชั่วโมง`, `in 2 hours`; only the largest unit."""
    span = moment - now
    if abs(span) < timedelta(minutes=1):
        return "เมื่อสักครู่" if language == "th" else "just now"
    seconds = int(abs(span.total_seconds()))
    size, thai, english = next(unit for unit in _UNITS if seconds >= unit[0])
    count = seconds // size
    amount = f"{count} {thai}" if language == "th" else f"{count} {english}{'s' if count > 1 else ''}"
    if language == "th":
        return f"อีก {amount}" if span > timedelta() else f"{amount}ที่แล้ว"
    return f"in {amount}" if span > timedelta() else f"{amount} ago"

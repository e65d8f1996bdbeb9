"""The decision letter as PDF: HTML printed by Chromium, the only writer tried whose Thai is right to eye and copy."""

import asyncio
import base64
import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.permits.domain.application import Application
from shared.kernel import Transient
from shared.town import Town
from shared.words.dates import date_text

TEMPLATES = Path(__file__).parent / "pages" / "templates"
FONTS = Path(__file__).parents[2] / "shared" / "web" / "static" / "fonts"
PRINT_SECONDS = 60.0  # a cold Chromium on a busy machine; usually one second
_LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}


@dataclass(frozen=True)
class Letter:
    """The bytes as they are kept and sent, and their hash."""

    pdf: bytes
    sha256: str


async def make(case: Application, town: Town, *, chromium: str, public_url: str) -> Letter:
    """Draw and print; Transient when the browser is missing or fails, so that it is tried again."""
    pdf = await print_html(html(case, town, public_url), chromium)
    return Letter(pdf, hashlib.sha256(pdf).hexdigest())


def html(case: Application, town: Town, public_url: str) -> str:
    """The letter in Thai, complete in itself: fonts, logo and QR code are inside."""
    decision = case.decision
    if decision is None:
        raise ValueError(f"{case.reference} is not decided")
    zone = ZoneInfo(town.timezone)

    def thai_date(moment: datetime) -> str:
        return date_text(moment, zone, "th")

    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                      trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    permit = town.permits[case.type]
    verify_url = f"{public_url}/verify/{decision.verify_code}"
    return env.get_template("letter.html").render(
        case=case, decision=decision, permit=permit, town=town, thai_date=thai_date, verify_url=verify_url,
        office=next(office for office in town.signatories if office.code == decision.office),
        rows=[row for row in form_rows(case, town) if row[1] != case.location.address],  # said as the place
        fees=permit.fees_for(dict(case.form)), zone=town.zone_of(case.location.latitude, case.location.longitude),
        qr=segno.make(verify_url, error="m").svg_data_uri(scale=4, border=1),
        logo=_logo(town), fonts={name: _data("font/woff2", FONTS / f"sarabun-{name}-normal.woff2")
                                 for name in ("thai-400", "thai-700", "latin-400", "latin-700")},
    )  # fmt: skip


def form_rows(case: Application, town: Town, language: str = "th") -> list[tuple[str, str]]:
    """The form as people read it: label and value with its unit, in the order of the profile."""
    rows = []
    for field in town.permits[case.type].fields:
        value = case.form.get(field.code)
        if value is None:
            continue
        if field.type == "choice":
            value = next((choice.label.get(language) for choice in field.choices if choice.code == value), value)
        if field.type == "yesno":
            value = {"th": {"yes": "ใช่", "no": "ไม่ใช่"}}.get(language, {}).get(value, value)
        unit = f" {field.unit.get(language)}" if field.unit else ""
        rows.append((field.label.get(language), value + unit))
    return rows


async def print_html(text: str, chromium: str) -> bytes:
    """A4, in a browser of its own that reaches no network; the page's own policy forbids scripts."""
    program = chromium or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise Transient("no Chromium to print letters with: install it or set CHROMIUM")
    with tempfile.TemporaryDirectory(prefix="letter-") as folder:
        source, target = Path(folder) / "letter.html", Path(folder) / "letter.pdf"
        await asyncio.to_thread(source.write_text, text, encoding="utf-8")
        await _run(program, folder, source, target)
        if not target.exists():
            raise Transient("Chromium printed nothing")
        return await asyncio.to_thread(target.read_bytes)


async def _run(program: str, folder: str, source: Path, target: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        program, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={target}",
        f"--user-data-dir={folder}/profile",
        # The page is our own template with escaped text; containers rarely allow Chromium's sandbox.
        "--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND", source.as_uri(),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PRINT_SECONDS):
            _, said = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise Transient(f"Chromium ended with {process.returncode}: {said[-300:].decode(errors='replace')}")


def _logo(town: Town) -> str:
    name = town.branding.logo
    path = town.directory / name if name else None
    if path is None or path.suffix not in _LOGO_TYPES or not path.is_file():
        return ""
    return _data(_LOGO_TYPES[path.suffix], path)


def _data(media_type: str, path: Path) -> str:
    return f"data:{media_type};base64,{base64.b64encode(path.read_bytes()).decode()}"

"""The decision letter as PDF: HTML printed by Chromium, the only one tried whose Thai looks right and copies right."""

import asyncio
import base64
import hashlib
import os
import shutil
import signal
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.permits.domain.application import Application
from services.permits.domain.permit_type import FormField, PermitType
from services.permits.domain.rules import Rules
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


async def make(application: Application, rules: Rules, town: Town, *, chromium: str, public_url: str) -> Letter:
    """Draw and print; Transient when the browser is missing or fails, so that it is tried again."""
    pdf = await print_html(write_html(application, rules, town, public_url), chromium)
    return Letter(pdf, hashlib.sha256(pdf).hexdigest())


def write_html(application: Application, rules: Rules, town: Town, public_url: str) -> str:
    """The letter in Thai, complete in itself: fonts, logo and QR code are inside."""
    decision = application.decision
    if decision is None:
        raise ValueError(f"{application.reference} is not decided")
    zone = ZoneInfo(town.timezone)

    def thai_date(moment: datetime) -> str:
        return date_text(moment, zone, "th")

    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    permit = rules.permit
    rows = form_rows(application, permit)
    verify_url = f"{public_url}/verify/{decision.verify_code}"
    return env.get_template("letter.html").render(
        application=application,
        decision=decision,
        permit=permit,
        town=town,
        thai_date=thai_date,
        verify_url=verify_url,
        office=next((office for office in rules.offices if office.code == decision.office), None),
        rows=[row for row in rows if row[1] != application.location.address],  # said as the place
        fees=permit.fees_for(application.form),
        zone=next((zone for zone in town.zones if zone.code == application.zone), None),
        qr=segno.make(verify_url, error="m").svg_data_uri(scale=4, border=1),
        logo=_logo(town),
        fonts={
            name: _data("font/woff2", FONTS / f"sarabun-{name}-normal.woff2")
            for name in ("thai-400", "thai-600", "latin-400", "latin-600")
        },
    )


def form_rows(application: Application, permit: PermitType, language: str = "th") -> list[tuple[str, str]]:
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
    process = await _start(
        program, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={target}",
        f"--user-data-dir={folder}/profile",
        # The page is our own template with escaped text; containers rarely allow Chromium's sandbox.
        "--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND", source.as_uri(),
    )  # fmt: skip
    try:
        async with asyncio.timeout(PRINT_SECONDS):
            _, output = await process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):  # it has just ended
            os.killpg(process.pid, signal.SIGKILL)  # what is on the PATH may be a script, and the browser its child
        await process.wait()
        raise
    if process.returncode:
        raise Transient(f"Chromium ended with {process.returncode}: {output[-300:].decode(errors='replace')}")


async def _start(*command: str) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, start_new_session=True
        )
    except OSError as error:  # a path that is wrong can be set right
        raise Transient(f"Chromium cannot be started: {error}") from error


def _logo(town: Town) -> str:
    name = town.branding.logo
    path = town.directory / name if name else None
    if path is None or path.suffix not in _LOGO_TYPES or not path.is_file():
        return ""
    return _data(_LOGO_TYPES[path.suffix], path)


def _data(media_type: str, path: Path) -> str:
    return f"data:{media_type};base64,{base64.b64encode(path.read_bytes()).decode()}"

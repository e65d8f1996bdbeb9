"""The routing rules tried out at the desk: on one case, on several at once, and a changed file on those that came."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse

from services.dispatch.access import Officer, TheDesk
from services.dispatch.commands import Desk
from services.dispatch.domain.routing import Facts, Routed, explain, route
from services.dispatch.pages.rules import split_rules
from services.dispatch.pages.show import show
from services.dispatch.questions import facts_of_question
from services.dispatch.rule_trial import FILE_BYTES, compare_apart, examine_file
from services.dispatch.typed_cases import ANSWER, CASES_MOST, TypedCase, read_case, read_cases
from shared.events.reports import Channel, ReportKind
from shared.kernel import now
from shared.town import Town
from shared.web import rate_limit

router = APIRouter(prefix="/desk/routing", include_in_schema=False)

PASTED_BYTES = FILE_BYTES  # of cases; the same for both forms
DAYS = (7, 30, 90)  # back from now, for a changed file
SHOWN = 100  # cases that go elsewhere; the counts say how many there are
_LIMITED = Depends(rate_limit("routing-trials", per_minute=20, burst=10))


@dataclass(frozen=True)
class TriedCase:
    """One case of several, and where it goes; None where it could not be read."""

    typed: TypedCase
    facts: Facts | None = None
    routed: Routed | None = None

    def address(self, zone: ZoneInfo) -> str:
        """Where this one is tried alone, with each rule; the form has times of the town."""
        asked = self.typed.question
        if asked is None:
            return "/desk/routing"
        own = {f"{ANSWER}{asked.category}.{code}": answer for code, answer in self.typed.answers.items()}
        said = {"category": asked.category, "text": asked.text, "channel": asked.channel, "kind": asked.kind, **own}
        placed = {"latitude": asked.lat, "longitude": asked.lon} if asked.lat is not None else {}
        when = {"at": f"{asked.at.astimezone(zone):%Y-%m-%dT%H:%M}"} if asked.at else {}
        return f"/desk/routing?{urlencode({**said, **placed, **when})}"


@router.get("")
async def try_one(request: Request, desk: TheDesk, _: Officer) -> HTMLResponse:
    """Where would this go, and why. Without a category nothing is asked yet."""
    values = {name: value[:4000] for name, value in request.query_params.items()}
    category = values.get("category", "")
    own = f"{ANSWER}{category}."
    answers = {ANSWER + name.removeprefix(own): value for name, value in values.items() if name.startswith(own)}
    plain = {name: value for name, value in values.items() if not name.startswith(ANSWER)}
    typed = read_case(desk.town, {**plain, **answers}) if category or values.get("text") else None
    context: dict[str, Any] = {"values": values, "typed": typed, "facts": None}
    if typed and typed.question:
        facts = await facts_of_question(desk, typed.question, typed.answers)
        context |= {"facts": facts, "routed": route(desk.town, facts), **split_rules(explain(desk.town, facts))}
    return _page(request, "routing.html", 422 if typed and typed.mistakes else 200, **context)


@router.get("/several")
async def ask_for_several(request: Request, _: Officer) -> HTMLResponse:
    """The form for several cases at once."""
    return _page(request, "routing_several.html", tried=None, text="", category="")


@router.post("/several", max_body_size=2 * PASTED_BYTES, dependencies=[_LIMITED])
async def try_several(request: Request, desk: TheDesk, _: Officer) -> HTMLResponse:
    """A row for each: where it goes by which rule, or what cannot be read in it."""
    async with request.form(max_files=1, max_fields=5, max_part_size=PASTED_BYTES) as form:
        text, category = await _text(form, "cases"), str(form.get("category") or "")
    typed = read_cases(desk.town, text, category)
    tried = [await _try_case(desk, case) for case in typed.cases]
    context: dict[str, Any] = {"tried": tried, "left_out": typed.left_out, "mistake": typed.mistake}
    return _page(request, "routing_several.html", text=text, category=category, **context)


@router.get("/rules")
async def ask_for_rules(request: Request, desk: TheDesk, _: Officer) -> HTMLResponse:
    """The present rules, to be changed and tried."""
    return _page(request, "routing_rules.html", text=_present(desk.town), days=30, examined=None, compared=None)


@router.post("/rules", max_body_size=2 * FILE_BYTES, dependencies=[_LIMITED])
async def try_rules(request: Request, desk: TheDesk, _: Officer) -> HTMLResponse:
    """What is wrong with the file, or which cases of the last days it sends elsewhere. Nothing is stored."""
    async with request.form(max_files=1, max_fields=5, max_part_size=2 * FILE_BYTES) as form:
        text, chosen = await _text(form, "rules"), str(form.get("days"))
    days = next((each for each in DAYS if str(each) == chosen), 30)
    examined = await examine_file(desk.town, text)
    compared = await compare_apart(desk, examined.town, now() - timedelta(days=days)) if examined.town else None
    context: dict[str, Any] = {"examined": examined, "compared": compared, "shown": SHOWN}
    return _page(request, "routing_rules.html", 200 if compared else 422, text=text, days=days, **context)


async def _try_case(desk: Desk, typed: TypedCase) -> TriedCase:
    if typed.question is None:
        return TriedCase(typed)
    facts = await facts_of_question(desk, typed.question, typed.answers)
    return TriedCase(typed, facts, route(desk.town, facts))


async def _text(form: FormData, name: str) -> str:
    """The chosen file, where one was chosen, else what stands in the field; line ends as in a file of ours."""
    file = form.get("file")
    if isinstance(file, UploadFile) and file.size:
        return _decode(await file.read(2 * FILE_BYTES))
    return str(form.get(name) or "").replace("\r\n", "\n")


def _decode(raw: bytes) -> str:
    """UTF-8, or what a Thai spreadsheet writes where nobody tells it to write that."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp874", errors="replace")


def _present(town: Town) -> str:
    """The file that is live; nothing where the town keeps its rules beside other things."""
    file = town.directory / "routing.yaml"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    choices = {"channels": get_args(Channel), "kinds": get_args(ReportKind), "most": CASES_MOST, "spans": DAYS}
    return show(request, template, status_code=status, **choices, **context)

"""The desk's incidents: what is proposed, what goes on, one in full with its reports, and one opened by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch import incident_acts as acts
from services.dispatch import incident_bodies as bodies
from services.dispatch.access import Officer, TheDesk
from services.dispatch.commands import Desk
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.incident_reopening import may_go_on
from services.dispatch.domain.membership import Membership
from services.dispatch.domain.taking_back import reopens_until
from services.dispatch.incident_acts import Asked
from services.dispatch.pages.cards import make_card
from services.dispatch.pages.incident_forms import (
    ACTS,
    DONE,
    NOTHING,
    Said,
    body_of,
    read_form,
    say_refused,
)
from services.dispatch.pages.incident_trail import lines_of
from services.dispatch.pages.refusals import say_wrong_fields
from services.dispatch.pages.show import show
from shared.events.ids import new_id
from shared.kernel import Case, Reject, now
from shared.town import Town
from shared.web import Problem, language_of, seal_key, web_of

router = APIRouter(prefix="/desk/incidents", include_in_schema=False)

LISTED = 50  # of each kind; what is over goes on by pages
MEMBERS = 100  # on one page
LOCAL = "%Y-%m-%dT%H:%M"  # as a form's field of a time has it


@dataclass(frozen=True)
class Row:
    """One incident in a list."""

    id: str
    incident: Incident
    reports: int


@router.get("")
async def show_incidents(request: Request, desk: TheDesk, _: Officer) -> HTMLResponse:
    """Proposals first: somebody has to decide them."""
    lists: dict[str, list[Case[Incident]]] = {
        "proposed": await desk.store.list_incidents(("proposed",), None, LISTED),
        "open": await desk.store.list_incidents(("open",), None, LISTED),
        "over": await desk.store.list_incidents(("resolved", "denied"), None, LISTED),
    }
    rows: dict[str, Any] = {name: await _rows(desk, cases) for name, cases in lists.items()}
    return show(request, "incidents.html", **rows, **_words(desk.town))


@router.get("/new")
async def show_new(request: Request, desk: TheDesk, _: Officer, references: str = "") -> HTMLResponse:
    """The form that makes reports one incident by hand; the desk's pages link here with the references filled in."""
    return _new(request, desk, Said({"references": references[:2000]}))


@router.post("/new")
async def open_new(request: Request, desk: TheDesk, who: Officer) -> Response:
    """Opened: on to its page."""
    said = await read_form(request)
    try:
        body = bodies.Open.model_validate(body_of(said, desk.town, "references", "expected_until", "note"))
        asked = Asked(who, "open-incident", body, seal_key(request, said.get("key")))
        case = await acts.open_incident(desk, asked, body)
    except ValidationError as error:
        return _new(request, desk, Said(said, "open", say_wrong_fields(request, error), 422))
    except Reject as error:
        return _new(request, desk, say_refused(request, said, "open", error))
    return RedirectResponse(f"/desk/incidents/{case.id}?done=opened", 303)


@router.get("/{incident_id}")
async def show_incident(
    request: Request,
    incident_id: str,
    desk: TheDesk,
    _: Officer,
    done: str = "",
    after: Annotated[str, Query(max_length=26)] = "",
) -> HTMLResponse:
    """One in full: where it is, how it stands, its reports, and what may be done."""
    return await _show(request, desk, incident_id, NOTHING, done=done if done in DONE else "", after=after)


@router.post("/{incident_id}/{act}")
async def press(request: Request, incident_id: str, act: str, desk: TheDesk, who: Officer) -> Response:
    """One act; done: back to the page, which says so."""
    if act not in ACTS:
        raise Problem(404, "http-404")
    said = await read_form(request)
    asking = ACTS[act]
    try:
        body = asking.body.model_validate(body_of(said, desk.town, *asking.fields))
        if asking.told and not said.get("sure"):
            return await _ask(request, desk, incident_id, Said(said, act), getattr(body, "expected_until", None))
        asked = Asked(who, f"{act}{acts.OF_INCIDENTS}", body, seal_key(request, said.get("key")))
        await asking.do(desk, asked, incident_id, body)
    except ValidationError as error:
        return await _show(request, desk, incident_id, Said(said, act, say_wrong_fields(request, error), 422))
    except Reject as error:
        return await _show(request, desk, incident_id, say_refused(request, said, act, error))
    return RedirectResponse(f"/desk/incidents/{incident_id}?done={asking.done}", 303)


async def incidents_going_on(desk: Desk) -> list[Row]:
    """What goes on now, for those who work: the newest first."""
    return await _rows(desk, await desk.store.list_incidents(("open",), None, LISTED))


async def _rows(desk: Desk, cases: list[Case[Incident]]) -> list[Row]:
    counts = await desk.store.count_members([case.id for case in cases]) if cases else {}
    return [Row(case.id, case.state, counts.get(case.id, 0)) for case in cases]


async def _show(
    request: Request, desk: Desk, incident_id: str, said: Said, *, done: str = "", after: str = ""
) -> HTMLResponse:
    case = await desk.store.incidents.get(incident_id)
    if case is None:
        raise Problem(404, "http-404")
    members = await desk.store.list_members(incident_id, ("proposed", "joined"), after, MEMBERS + 1)
    works = await desk.store.find_these([one.state.work_order for one in members[:MEMBERS]])
    counts = await desk.store.count_members([incident_id])
    lead = await desk.store.orders.get(case.state.work_order)
    context: dict[str, Any] = {
        "row": Row(case.id, case.state, counts.get(incident_id, 0)),
        "inside": members[:MEMBERS],
        "works": {work.id: make_card(desk.town, work, now()) for work in works},
        "further": members[MEMBERS - 1].id if len(members) > MEMBERS else None,
        "lead": make_card(desk.town, lead, now()) if lead else None,
        "others": await _others(desk, case),
        "reopens_until": reopens_until(desk.town, case.state) if may_go_on(desk.town, case.state, now()) else None,
        "points": _points(case.state, members, web_of(request).pages.words(language_of(request), "incident.middle")),
        "said": said,
        "done": done,
        "key": new_id(),
        "lines": await lines_of(request, desk, incident_id),
    }
    return show(request, "incident.html", status_code=said.status, **context, **_words(desk.town))


async def _ask(request: Request, desk: Desk, incident_id: str, said: Said, until: datetime | None) -> HTMLResponse:
    """Once more, before what goes out to everybody in it: how many that are, and what they will read."""
    case = await desk.store.incidents.get(incident_id)
    if case is None:
        raise Problem(404, "http-404")
    into = await desk.store.incidents.get(said.values["into"]) if said.act == "merge" else None
    context: dict[str, Any] = {
        "row": Row(case.id, case.state, 0),
        "told": await desk.store.count_people(incident_id),
        "into": Row(into.id, into.state, 0) if into else None,
        "fields": {name: said.values[name] for name in ACTS[said.act].fields if said.values.get(name)},
        "said": said,
        "until": until,
    }
    return show(request, "incident_ask.html", **context, **_words(desk.town))


async def _others(desk: Desk, case: Case[Incident]) -> list[Row]:
    """Of which of those that go on it may be a part."""
    live = [] if case.state.is_over else await desk.store.find_live(case.state.category)
    alike = [one for one in live if one.id != case.id and one.state.openness == case.state.openness]
    return await _rows(desk, [one for one in alike if one.state.is_open])


def _new(request: Request, desk: Desk, said: Said) -> HTMLResponse:
    words = _words(desk.town)
    return show(request, "incident_new.html", status_code=said.status, said=said, key=new_id(), **words)


def _points(incident: Incident, members: list[Case[Membership]], name: str) -> list[dict[str, Any]]:
    """Its reports, and its middle of that name."""
    places = ((one.state.latitude, one.state.longitude, one.state.reference) for one in members)
    points: list[dict[str, Any]] = [
        {"latitude": north, "longitude": east, "title": reference, "tone": "info"}
        for north, east, reference in places
        if north is not None and east is not None
    ]
    middle = incident.middle
    if middle is not None:
        points.append({"latitude": middle.latitude, "longitude": middle.longitude, "title": name, "tone": "bad"})
    return points


def _words(town: Town) -> dict[str, Any]:
    zone = ZoneInfo(town.timezone)

    def local(moment: datetime | None) -> str:
        return f"{moment.astimezone(zone):{LOCAL}}" if moment else ""

    return {"local_time": local}

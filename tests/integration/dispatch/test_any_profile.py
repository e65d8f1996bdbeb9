"""Whatever the council takes out of its profile, work that began under the old one goes on: no page, API, handler or
timer of dispatch fails on it."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from itertools import cycle
from random import Random
from typing import Any, cast

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.requests import Request

from services.dispatch.app import PAGES, ROUTERS
from services.dispatch.commands import Desk
from services.dispatch.domain import (
    checking,
    crew_work,
    desk_work,
    escalation,
    from_report,
    incident_work,
    pausing,
    referring,
    splitting,
)
from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.membership import Membership
from services.dispatch.domain.states import STATES
from services.dispatch.domain.work_order import WorkOrder, moments
from services.dispatch.handlers import subscribe
from services.dispatch.pages.live import draw_change
from services.dispatch.photo_store import Photo
from services.dispatch.routing_facts import facts_of_order
from services.dispatch.settings import Settings
from services.dispatch.store import Change, Store
from services.dispatch.stream import Stream
from services.dispatch.timers import schedule
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.events.report_base import ReportEvent
from shared.events.reports import (
    ReportAmended,
    ReportCommented,
    ReportFollowed,
    ReportMerged,
    ReportReopened,
    ReportWithdrawn,
)
from shared.events.topics import internal
from shared.kernel import Case, Cause, Step, now
from shared.kernel.service import Service
from shared.settings import ServiceSettings
from shared.town import Town
from shared.town.base import Text
from shared.town.work import Routing, RoutingOutcome, ServiceLevel, Target, Team
from shared.web import create_web
from tests.support.dispatch_in_memory import incident
from tests.support.oidc import FakeIssuer
from tests.support.work import MONDAY, OFFICER, SOMCHAI, begun, by, submitted, town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAME = Text(th="ศูนย์รับเรื่อง", en="Front office")
PHOTO = "0" * 40
OTHERS = {"name": PHOTO, "group": "team", "reference": "MH-7F3K-9QX2"}  # what paths name too
INCIDENT_ACTS = ("confirm", "deny", "announce", "remove", "close")


def another_town() -> Town:
    """The same town after a reform: not one code of the work's is left."""
    level = ServiceLevel(name=NAME, calendar="working", targets={"normal": Target(resolve_minutes=600)})
    outcome = RoutingOutcome(team="front-office", priority="normal", service_level="one-level")
    changes: dict[str, Any] = {
        "categories": {}, "groups": {}, "zones": (), "agencies": {}, "posts": {}, "escalation": (),
        "teams": {"front-office": Team(name=NAME, unit=NAME, kind="triage")}, "service_levels": {"one-level": level},
        "routing": Routing(version="reform", rules=(), fallback=outcome),
    }  # fmt: skip
    return Town.model_construct(**{**dict(town()), **changes})


def lived(report_id: str) -> dict[str, WorkOrder]:
    """One order in each state, with all that a profile can name: zone, answers, agency, escalation."""
    event = submitted("water-leak", zone=town().zones[0].code, answers={"flow": "burst"}, submitted_at=MONDAY)
    fresh = begun(event, report_id=report_id).state
    told = escalation.elapse(town(), fresh, MONDAY + 400 * DAY)
    assert told is not None
    taken = crew_work.acknowledge(town(), told.state, by(SOMCHAI, MONDAY + HOUR)).state
    on_the_way = crew_work.start(town(), taken, by(SOMCHAI, MONDAY + HOUR)).state
    on_site = crew_work.start(town(), on_the_way, by(SOMCHAI, MONDAY + HOUR)).state
    referred = referring.refer(town(), taken, by(OFFICER, MONDAY + HOUR), agency="pwa", text="ท่อเมน").state
    completed = crew_work.complete(
        town(), referred, by(OFFICER, MONDAY + HOUR), outcome="cannot_be_done", note="x"
    ).state
    joined = incident_work.stand_aside(taken, new_id(), MONDAY + HOUR)
    assert joined is not None
    shares = [splitting.Share("works-water", "ท่อ"), splitting.Share("works-roads", "ผิวถนน")]
    return {
        "new": crew_work.refuse(town(), taken, by(SOMCHAI, MONDAY + HOUR), reason="ไม่ใช่งานของเรา").state,
        "assigned": fresh,
        "acknowledged": taken,
        "on_the_way": on_the_way,
        "on_site": on_site,
        "paused": pausing.pause(town(), on_site, by(SOMCHAI, MONDAY + HOUR), reason="part").state,
        "referred": referred,
        "split": splitting.split(town(), taken, by(OFFICER, MONDAY + HOUR), shares=shares).state,
        "joined": joined.state,
        "completed": completed,
        "verified": checking.verify(town(), completed, by(SOMCHAI, MONDAY + HOUR)).state,
        "cancelled": desk_work.cancel(
            town(), fresh, by(OFFICER, MONDAY + HOUR), outcome="duplicate", reason="ซ้ำ"
        ).state,
    }


class House:
    """Dispatch of the other town over what was stored under the old one."""

    def __init__(self, service: Service, issuer: FakeIssuer) -> None:
        self.service, self.issuer, self.town = service, issuer, another_town()
        self.desk = Desk(Store(service, self.town), self.town)
        subscribe(service, self.desk)
        schedule(service, self.desk)
        self.orders: dict[str, str] = {}  # id → report's

    async def fill(self) -> None:
        """An order of its own in each state."""
        for state in STATES:
            report_id, order_id = new_id(), new_id()
            made = lived(report_id)[state]
            assert made.state == state
            await self.desk.store.orders.step(order_id, lambda _, c, made=made: Step(made), Cause.request())  # type: ignore[misc]
            await self.desk.store.photos.save(Photo(PHOTO, order_id, b"x"))
            self.orders[order_id] = report_id
        await self._begin_incident()

    async def _begin_incident(self) -> None:
        """Of a category that is gone, led by the work that a team has, with a report that stood aside for it."""
        self.incident = new_id()
        lead, member = list(self.orders)[1], list(self.orders)[list(STATES).index("joined")]
        held = incident(category="water-leak", work_order=lead, since=MONDAY, begun_at=MONDAY)
        await self.desk.store.incidents.step(self.incident, lambda _, c: Step(held), Cause.request())
        inside = Membership(
            incident=self.incident, work_order=member, reference="MH-7F3K-9QX2", category="water-leak", state="joined"
        )
        await self.desk.store.memberships.step(self.orders[member], lambda _, c: Step(inside), Cause.request())

    def client(self) -> httpx.AsyncClient:
        settings = ServiceSettings.model_validate(
            {"environment": "test", "public_url": "https://one.localhost", "oidc_issuer": self.issuer.issuer,
             "session_secret": "a-secret-for-tests-that-is-long-enough"}
        )  # fmt: skip
        app = create_web(
            "dispatch", settings, self.town, templates=PAGES / "templates", static=PAGES / "static",
            strings=PAGES / "strings.yaml", routers=ROUTERS, oidc_client=self.issuer.client(),
        )  # fmt: skip
        self.stream = Stream(self.desk.store)
        self.stream.close()
        app.state.desk, app.state.stream = self.desk, self.stream
        transport = httpx.ASGITransport(app)  # a fault is raised here, and not a 500
        return httpx.AsyncClient(transport=transport, base_url="https://one.localhost")

    def headers(self, **claims: Any) -> dict[str, str]:
        token = self.issuer.token(sub="o", name="นภา", town="maehia", **claims)
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def house(mongo: str) -> AsyncIterator[House]:
    settings = Settings(mongodb_uri=mongo, mongodb_prefix=new_id()[-12:], otel_traces_exporter="none")
    made = House(Service("dispatch", settings, "maehia"), FakeIssuer())
    await made.fill()
    yield made
    await made.service.database.client.drop_database(made.service.database)
    made.service.database.client.close()


WHO: dict[str, dict[str, Any]] = {
    "supervisor": {"roles": ["supervisor"]},
    "crew of a team that is gone": {"roles": ["crew"], "team": "works-water"},
}
BODIES: dict[str, dict[str, Any]] = {
    "pause": {"reason": "part"}, "complete": {"note": "เสร็จ"}, "refuse": {"reason": "ไม่ใช่"}, "refer": {"agency": "pwa"},
    "assign": {"team": "works-water"}, "cancel": {"outcome": "duplicate", "reason": "ซ้ำ"},
}  # fmt: skip


def addresses(house: House, *, by_turns: bool) -> list[tuple[str, str]]:
    """Every route with every order and every act, also those of the old codes: first all that reads, then what acts.

    `by_turns`: pages on which anything can be done share the acts out, so that each is done to each order by one.
    """
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    acting = [route.path for route in routes if "{order_id}" in route.path and "{act}" in route.path]
    found: list[tuple[str, str]] = []
    for route in routes:
        for of_order, order_id in enumerate(house.orders):
            for team in ("works-water", "front-office"):
                for number, act in enumerate((*ACTS, *INCIDENT_ACTS), start=of_order):
                    if by_turns and route.path in acting and acting[number % len(acting)] != route.path:
                        continue
                    path = route.path.format(
                        order_id=order_id, team=team, act=act, incident_id=house.incident, **OTHERS
                    )
                    found += [(method, path) for method in route.methods or ()]
    queries = (
        "team=works-water",
        "category=water-leak",
        "state=referred",
        "level=mayor",
        "late=true",
        "reference=MH-7F3K-9QX2",
    )
    found += [("GET", f"{path}?{query}") for path in ("/desk", "/api/v1/work-orders", "/crew") for query in queries]
    found = list(dict.fromkeys(found))
    Random(8).shuffle(found)
    return sorted(found, key=lambda each: each[0])


async def ask(client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    if method == "GET":
        return await client.get(path, headers=headers)
    said = BODIES.get(path.rpartition("/")[2])
    if path.startswith(("/crew", "/desk")):
        return await client.post(path, headers=headers, data=said)
    return await client.post(path, headers=headers, json=said)


@pytest.mark.parametrize("by_turns", [True, pytest.param(False, marks=pytest.mark.campaign)], ids=["by-turns", "all"])
@pytest.mark.parametrize("who", WHO)
async def test_no_page_and_no_api_fails_on_work_of_another_profile(house: House, who: str, by_turns: bool) -> None:
    async with house.client() as client:
        seen: dict[str, set[int]] = {}
        for (method, path), language in zip(addresses(house, by_turns=by_turns), cycle(("th", "en"))):
            headers = house.headers(**WHO[who]) | {"Accept": "text/html", "Accept-Language": language}
            answer = await ask(client, method, path, headers)
            seen.setdefault(method, set()).add(answer.status_code)
            assert answer.status_code < 500, (method, path, answer.text[:300])

    if who == "supervisor":
        assert {200, 404, 422} <= seen["GET"] | seen["POST"]
        assert {303, 409} <= seen["POST"]


async def test_the_live_board_draws_each_of_them(house: House) -> None:
    async with house.client() as client:
        scope = {
            "type": "http", "method": "GET", "path": "/crew/stream/works-water", "query_string": b"", "headers": [],
            "app": cast(Any, client)._transport.app, "onestop.language": "th",
        }  # fmt: skip
        for order_id in house.orders:
            case = await house.desk.store.orders.get(order_id)
            assert case is not None
            for team in ("works-water", "front-office"):
                drawn = await draw_change(Request(scope), house.desk, team, Change(new_id(), case))
                assert drawn["counts"]


EVENTS: list[Callable[[WorkOrder], ReportEvent]] = [
    lambda o: ReportCommented(reference=o.reference, category=o.category, by="public", text="ยังรออยู่"),
    lambda o: ReportFollowed(reference=o.reference, category=o.category, followers=3),
    lambda o: ReportAmended(reference=o.reference, category=o.category, text="แก้คำ"),
    lambda o: ReportAmended(reference=o.reference, category="road-damage", text="ถนน"),
    lambda o: ReportReopened(reference=o.reference, category=o.category, text=o.text, times=1, reason="ยังรั่ว"),
    lambda o: ReportMerged(reference=o.reference, category=o.category, into_reference="MH-AAAA-BBBB", into=new_id()),
    lambda o: ReportWithdrawn(reference=o.reference, category=o.category, reason="หายแล้ว"),
]


@pytest.mark.parametrize("number", range(len(EVENTS)))
async def test_no_handler_fails_on_it(house: House, number: int) -> None:
    handler = house.service._inbox.handlers[internal("reports")]
    for order_id, report_id in house.orders.items():
        case = await house.desk.store.orders.get(order_id)
        assert case is not None
        event = EVENTS[number](case.state)
        envelope = Envelope(
            id=new_id(), source="/maehia/intake", type=event.type, subject=report_id, time=now(), sequence=7,
            causation_id=new_id(), correlation_id=report_id, traceparent=None, team=None, category=event.category,
            zone=None,
        )  # fmt: skip
        await handler(event, envelope, Cause.of(envelope))


async def test_no_timer_fails_on_it_and_each_moment_goes(house: House) -> None:
    timer = house.service._clockwork.timers[0]
    rang = 0
    for order_id in house.orders:
        for _ in range(20):
            case = await house.desk.store.orders.get(order_id)
            assert case is not None
            due = [moment for moment in moments(case.state) if moment.at <= now() + 400 * DAY]
            if not due:
                break
            at = max(now(), due[0].at)

            def elapse(order: WorkOrder | None, _: Cause, at: Any = at) -> Step[WorkOrder] | None:
                assert order is not None
                return escalation.elapse(house.town, order, at)

            await timer._attempts._handler(order_id, due[0], Cause.timer(order_id, due[0]))
            await house.desk.store.orders.step(order_id, elapse, Cause.request())
            rang += 1
        else:
            pytest.fail(f"{order_id} never comes to rest")

    assert rang


async def test_work_that_is_moved_and_corrected_gets_the_new_towns_promise(house: House) -> None:
    order_id = next(iter(house.orders))
    case: Case[WorkOrder] | None = await house.desk.store.orders.get(order_id)
    assert case is not None
    event = ReportAmended(reference=case.state.reference, category="something", text="x")
    facts = facts_of_order(house.town, from_report.correct(case.state, event))
    after = from_report.amend(house.town, case.state, event, facts, 9, now()).state

    assert (after.team, after.clocks.service_level) == ("front-office", "one-level")

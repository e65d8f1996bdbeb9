"""Whatever the council takes out of its profile, reports that came under the old one go on: no page, API, handler or
timer of intake fails on them, and what the profile no longer names is shown by its code."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from services.intake.api.answer_cache import AnswerCache
from services.intake.app import PAGES, ROUTERS
from services.intake.commands import Desk, Visit, correct_report
from services.intake.domain.following import follow, follower_id
from services.intake.domain.report import Entry, Merging, Report
from services.intake.domain.states import LINES, STATES
from services.intake.domain.transfer import Transfer
from services.intake.domain.viewer import STAFF
from services.intake.handlers import subscribe
from services.intake.pages import problems
from services.intake.settings import Settings
from services.intake.store import Store
from services.intake.timers import on_follower_due, on_report_due, schedule
from shared.events.catalogue import FAMILIES
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.events.notices import NoticeSent
from shared.events.topics import internal
from shared.events.work_orders import WorkOrderEvent
from shared.kernel import Cause, Moment, Reject, Step, now
from shared.kernel.mongo import KERNEL_INDEXES
from shared.kernel.service import Service
from shared.references import make_reference
from shared.secret_links import case_secret
from shared.settings import ServiceSettings
from shared.town import Town
from shared.town.base import Text
from shared.town.work import Team
from shared.web import create_web
from tests.support.oidc import FakeIssuer
from tests.support.reports import AT, MAIL, report, town
from tools.contract.examples import EXAMPLES

NAME = Text(th="ศูนย์รับเรื่อง", en="Front office")
NEW_CODE = "of-a-newer-release"
PARTY = "follower-1"
LONG = timedelta(days=9999)


def another_town() -> Town:
    """The same town after a reform: not one code of the reports' is left."""
    changes: dict[str, Any] = {
        "categories": {}, "groups": {}, "zones": (), "agencies": {}, "posts": {},
        "teams": {"front-office": Team(name=NAME, unit=NAME, kind="triage")},
    }  # fmt: skip
    return Town.model_construct(**{**dict(town()), **changes})


def lived(case_id: str, state: str) -> Report:
    """A report with all that a profile can name, and every line of a timeline; also those of a newer release."""
    named: dict[str, Any] = {
        "team": "works-water", "level": "crew", "agency": "pwa", "category": "water-leak", "rule": "water",
        "channels": ["email"], "about": "onestop.report.submitted.v1", "about_at": AT, "reference": "MH-AAAA-AAAA",
        "percent": 80, "stars": 3, "outcome": "fixed", "reason": "part", "by": "reporter", "note": "x",
    }  # fmt: skip
    lines = [
        Entry.model_validate({"at": AT + timedelta(minutes=minute), "type": kind, **named})
        for minute, kind in enumerate([*LINES, NEW_CODE])
    ]
    codes: dict[str, Any] = {"level": NEW_CODE, "outcome": NEW_CODE, "by": NEW_CODE, "reason": NEW_CODE}
    lines.append(lines[0].model_copy(update={"at": AT + timedelta(days=1), **codes}))
    ended = {"outcome": "fixed", "resolved_at": AT, "reopen_until": now() + LONG} if state == "resolved" else {}
    return report(
        reference=make_reference("MH", case_id), state=state, category="water-leak", zone=town().zones[0].code,
        answers={"flow": "burst"}, team="works-water", agency="pwa", priority="high", due_at=AT, timeline=lines,
        level=NEW_CODE if state == NEW_CODE else "crew", **ended,
        **({"closed_at": AT, "outcome": NEW_CODE} if state == "closed" else {}),
    )  # fmt: skip


class House:
    """Intake of the other town over what was stored under the old one."""

    def __init__(self, settings: Settings) -> None:
        self.town, self.issuer = another_town(), FakeIssuer()
        self.service = Service("intake", settings, self.town.code)
        self.desk = Desk(Store(self.service, settings, self.town.retention.reporter_days), self.town, settings)
        subscribe(self.service, self.desk)
        schedule(self.service, self.desk)
        self.reports: dict[str, str] = {}  # id → reference

    async def fill(self) -> None:
        """A report of its own in each state, with somebody who follows it."""
        for state in (*STATES, NEW_CODE):
            case_id = new_id()
            made = lived(case_id, state)
            await self.desk.store.reports.step(case_id, lambda _, __, made=made: Step(made), Cause.request())  # type: ignore[misc]
            await self.desk.store.followers.step(
                follower_id(case_id, PARTY),
                lambda _, cause, case_id=case_id: follow(case_id, PARTY, cause.at, MAIL),  # type: ignore[misc]
                Cause.request(),
            )
            self.reports[case_id] = made.reference

    def client(self) -> httpx.AsyncClient:
        web = ServiceSettings.model_validate(
            {"environment": "test", "public_url": "https://one.localhost", "oidc_issuer": self.issuer.issuer,
             "session_secret": "a-secret-for-tests-that-is-long-enough", "rate_limits": "off"}
        )  # fmt: skip
        app = create_web(
            "intake", web, self.town, templates=PAGES / "templates", static=PAGES / "static",
            strings=PAGES / "strings.yaml", routers=ROUTERS, oidc_client=self.issuer.client(),
        )  # fmt: skip
        app.state.desk, app.state.open_data = self.desk, AnswerCache(0, 1)
        problems.install(app)
        self.secret = web.link_secret
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://one.localhost")


@pytest.fixture
async def house(mongo: str) -> AsyncIterator[House]:
    made = House(Settings(mongodb_uri=mongo, mongodb_prefix=new_id()[-12:], otel_traces_exporter="none"))
    for cases in (made.desk.store.reports, made.desk.store.followers):
        await cases.collection.create_indexes(list(KERNEL_INDEXES))
    await made.fill()
    yield made
    await made.service.database.client.drop_database(made.service.database)
    made.service.database.client.close()


BODIES: dict[str, dict[str, Any]] = {
    "comments": {"text": "x"}, "comment": {"text": "x"}, "follow": {"email": "f@example.org"}, "rate": {"stars": 3},
    "rating": {"stars": 3}, "withdraw": {"reason": "x"}, "reopen": {"reason": "x"}, "unfollow": {},
    "merge": {"into": "MH-0000-0000"},
}  # fmt: skip


def addresses(reference: str) -> Iterator[tuple[str, str]]:
    """Every route of intake: first all that reads, then what acts, by pages and API in turn."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    found = [
        (method, route.path.format(reference=reference, number=1, name="icon-192"))
        for route in routes
        for method in route.methods or ()
    ]
    found += [("GET", f"/map?show=all&category={code}") for code in ("water-leak", "gone")]
    found += [("GET", "/api/v1/suggest?category=water-leak&lat=18.74&lon=98.96&text=x"), ("GET", "/report?category=x")]
    return iter(sorted(found, key=lambda each: each[0] != "GET"))


async def ask(client: httpx.AsyncClient, method: str, path: str, **how: Any) -> httpx.Response:
    act = path.rpartition("/")[2]
    body = BODIES.get(act, {"category": "water-leak", "text": "x"})
    if method in ("GET", "DELETE"):
        return await client.request(method, path, **how)
    if path == "/api/v1/photos":
        return await client.post(path, files={"photo": ("a.jpg", b"x", "image/jpeg")}, **how)
    if path.startswith("/api/"):
        return await client.request(method, path, json=body, **how)
    return await client.post(path, data=body, **how)


CLAIMS: dict[str, dict[str, Any]] = {
    "officer": {"roles": ["officer"]},
    "crew of a team that is gone": {"roles": ["crew"], "team": "works-water"},
}


BOTH = ("text/html", "application/json")


@pytest.mark.parametrize("viewer", ["public", "reporter", "follower", *CLAIMS])
async def test_no_page_and_no_api_fails_on_reports_of_another_profile(house: House, viewer: str) -> None:
    """Each address of each report as a page or as data, and of the next report the other way round."""
    await nothing_fails(house, viewer, lambda of_report, number: (BOTH[(of_report + number) % 2],))


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("viewer", ["public", "reporter", "follower", *CLAIMS])
async def test_none_fails_as_page_and_as_data(house: House, viewer: str) -> None:
    await nothing_fails(house, viewer, lambda _, __: BOTH)


async def nothing_fails(house: House, viewer: str, forms: Callable[[int, int], tuple[str, ...]]) -> None:
    """`forms`: in which of both the so-manieth address of the so-manieth report is asked for."""
    seen: set[int] = set()
    async with house.client() as client:
        for of_report, (case_id, reference) in enumerate(house.reports.items()):
            query = {
                "reporter": {"secret": case_secret(house.secret, case_id)},
                "follower": {"secret": case_secret(house.secret, case_id, PARTY), "party": PARTY},
            }.get(viewer, {})
            signed_in = CLAIMS.get(viewer)
            token = house.issuer.token(sub="o", name="นภา", town="maehia", **signed_in) if signed_in else None
            for number, (method, path) in enumerate(addresses(reference)):
                for accept in forms(of_report, number):
                    sent = {"Accept": accept} | ({"Authorization": f"Bearer {token}"} if token else {})
                    extra = {} if "?" in path else {"params": query}
                    answer = await ask(client, method, path, headers=sent, **extra)
                    seen.add(answer.status_code)
                    assert answer.status_code < 500, (method, path, answer.text[:300])
    assert {200, 404, 422} <= seen


async def test_what_the_profile_lost_is_shown_by_its_code(house: House) -> None:
    async with house.client() as client:
        reference = list(house.reports.values())[-1]
        page = (await client.get(f"/track/{reference}", headers={"Accept": "text/html"})).text
    for code in ("water-leak", "works-water", "pwa", NEW_CODE):
        assert code in page


@pytest.mark.parametrize("kind", [one for one in FAMILIES["work-orders"].events if issubclass(one, WorkOrderEvent)])
async def test_no_work_order_event_fails_on_them(house: House, kind: type[WorkOrderEvent]) -> None:
    handler = house.service._inbox.handlers[internal("work-orders")]
    for case_id in house.reports:
        event = EXAMPLES[kind.type].event.model_copy(update={"report_id": case_id})
        await handler(event, *heard(event.type, new_id()))


async def test_no_notice_fails_on_them(house: House) -> None:
    handler = house.service._inbox.handlers[internal("notices")]
    example = EXAMPLES[NoticeSent.type].event
    for case_id in house.reports:
        event = example.model_copy(update={"case_id": case_id, "audience": "reporter"})
        await handler(event, *heard(event.type, new_id()))


def heard(kind: str, subject: str) -> tuple[Envelope, Cause]:
    envelope = Envelope(
        id=new_id(), source="/maehia/dispatch", type=kind, subject=subject, time=now(), sequence=7,
        causation_id=new_id(), correlation_id=subject,
    )  # fmt: skip
    return envelope, Cause.of(envelope)


async def test_no_timer_and_no_correction_fails_on_them(house: House) -> None:
    other = next(iter(house.reports))

    def owing(one: Report, _: Cause) -> Step[Report]:
        merging = Merging(into=other, reference="MH-0000-0000", since=AT)
        return Step(one.model_copy(update={"merging": merging, "transfer": Transfer(since=AT)}))

    for case_id in list(house.reports):
        await on_follower_due(house.desk, follower_id(case_id, PARTY), Moment("count", AT), Cause.request())
        report = await house.desk.store.get_report(case_id)
        visit = Visit(report, STAFF)
        for change in ({"text": "อีกอย่าง"}, {"category": "water-leak"}):
            try:
                await correct_report(house.desk, visit, **change)  # type: ignore[arg-type]
            except Reject as refused:
                assert refused.code in ("closed", "unknown-category")  # noqa: PT017
        await house.desk.store.step(case_id, owing, Cause.request())
        for name in ("close", "merge", "transfer", "forget"):
            moment = Moment(name, AT)
            await on_report_due(house.desk, case_id, moment, Cause.request(at=now() + LONG * 2))

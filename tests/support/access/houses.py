"""The four services in the test's own process, on one database, with cases that requests are about."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.responses import Response

from services.dispatch.domain.history import Overtaken
from services.dispatch.domain.membership import Membership
from services.dispatch.domain.parts import Assignee, Completion
from services.dispatch.domain.referral import Referral
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.photo_store import Photo
from services.intake.domain.following import Follower, follower_id
from services.intake.domain.report import Report
from services.notify.domain.delivery import deliver_at_once
from services.notify.domain.file import CaseFile
from services.notify.domain.notice import Notice
from services.notify.domain.recipient import Recipient
from services.permits.codes import verify_code
from services.permits.domain import permit_life
from services.permits.domain.absences import AbsenceBook, MarkedAbsence
from services.permits.domain.application import Actor, Application
from services.permits.domain.consultation import Consultation
from services.permits.domain.decision import read_mark
from services.permits.domain.neighbour import Neighbour
from services.permits.domain.signed_acts import DECISION
from shared.agency_links import AnswerLink, PhotoPass, answer_token, photo_pass
from shared.consult_links import ConsultLink, consult_token
from shared.events.absences import ABSENCE_LIST
from shared.events.catalogue import SERVICES
from shared.events.ids import new_id
from shared.kernel import Case, Cause, Step, now
from shared.kernel.cases import Cases
from shared.neighbour_links import neighbour_code
from shared.references import make_reference
from shared.secret_links import case_secret
from shared.web import Person
from shared.web.oidc import Provider
from shared.web.session import Sessions
from tests.support.access.people import AGENCY, OTHER_TEAM, STAFF, TEAM
from tests.support.access.permit_states import LATER_STATES, PHOTOGRAPHED, extension_of, sign_anew, visited
from tests.support.dispatch_in_memory import incident
from tests.support.kernel import serving
from tests.support.oidc import FakeIssuer
from tests.support.once import judge_papers_once
from tests.support.permits_running import BODY, DOCUMENTS, PDF
from tests.support.reports import MAEHIA
from tests.support.seals import drawing, sealed_somehow
from tests.support.uploads import photo
from tests.support.work import order

S = TypeVar("S", bound=BaseModel)
ORIGIN = "http://one.localhost"
LINK_SECRET = "link-secret-of-the-matrix"
GIVEN_WITH = "01KB57W53GN6B2X8QK4HT9VR0M"  # the work with which an agency has a report's photos
HIDDEN, SHOWN = "welfare", "water-leak"  # categories
PERMIT_WAY = (  # who brings an application on, and by what
    ("submitted", "submit", "owner", {"declared": True}),
    ("accepted", "accept", "officer", None),
    ("examined", "examine", "examiner", {"proposal": "approve"}),
    ("decided", "decide", "signatory", {"decision": "approve"}),
)


@dataclass(frozen=True)
class About:
    """What a request is about: the values of its path, and who owns the case."""

    case_id: str = ""
    path: Mapping[str, str] = field(default_factory=dict)
    party: str = ""  # of somebody who follows it


class Houses:
    """All four, as one origin would have them."""

    def __init__(self, apps: Mapping[str, FastAPI]) -> None:
        self.apps = apps
        self._applications: dict[str, Application] = {}  # by state: made once, then copied
        self._reports: dict[str, tuple[Report, Follower]] = {}  # by kind: the same
        self._photo = ""

    def cookie(self, app: FastAPI, who: Person) -> str:
        """Of a browser in which this person is signed in."""
        response = Response()
        app.state.parts[Sessions].start(response, who, proven=int(time.time()))
        return response.headers["set-cookie"].partition(";")[0]

    def http(self, service: str) -> httpx.AsyncClient:
        """A program that talks to one of them."""
        transport = httpx.ASGITransport(self.apps[service], raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    async def report(self, kind: str, state: str = "") -> About:
        """A report that the public may see or not, with the crew's team, and somebody who follows it."""
        store, case_id = self.apps["intake"].state.desk.store, new_id()
        changes: dict[str, Any] = {"team": "welfare" if kind == "hidden" else TEAM, "given_to": {GIVEN_WITH: AGENCY}}
        if state == "resolved":
            changes |= {"state": state, "resolved_at": now(), "reopen_until": now() + timedelta(days=9)}
        if state == "merged":
            other = await self.report("shown")
            into = {"merged_into": other.case_id, "merged_reference": other.path["reference"]}
            changes |= {"state": "closed", "outcome": "duplicate", "closed_at": now(), **into}
        if kind not in self._reports:
            case_id = await self._make_report(kind)
            await _change(store.reports, case_id, changes)
        report, follower = self._reports[kind]
        if case_id != follower.report:
            changes["reference"] = make_reference("MH", case_id)
            await _open(store.reports, case_id, report.model_copy(update=changes))
            own = follower.model_copy(update={"report": case_id})
            await _open(store.followers, follower_id(case_id, own.party), own)
        reference = changes.get("reference", report.reference)
        given = photo_pass(LINK_SECRET, reference, PhotoPass(GIVEN_WITH, AGENCY, 1, now() + timedelta(days=1)))
        return About(case_id, {"reference": reference, "number": "1", "pass": given}, follower.party)

    async def _make_report(self, kind: str) -> str:
        """The first of its kind, as a resident and a neighbour make it; all others are copies of how it then is."""
        store, category = self.apps["intake"].state.desk.store, HIDDEN if kind == "hidden" else SHOWN
        body = {"category": category, "text": "น้ำไหลทั้งวัน", "photos": [await self._one_photo()]}
        where = {"latitude": 18.7431, "longitude": 98.9638}
        async with self.http("intake") as http:
            made = (await http.post("/api/v1/reports", json={**body, "location": where})).raise_for_status().json()
            path = f"/api/v1/reports/{made['reference']}/follow"
            followed = await http.post(path, params={"secret": made["secret"]}, json={"email": "a@example.org"})
        party = followed.raise_for_status().json()["party"]
        report = await store.reports.get(made["id"])
        follower = await store.followers.get(follower_id(made["id"], party))
        self._reports[kind] = (report.state, follower.state)
        return str(made["id"])

    async def _one_photo(self) -> str:
        if not self._photo:
            async with self.http("intake") as http:
                answer = await http.post("/api/v1/photos", files={"photo": ("a.jpg", photo(), "image/jpeg")})
            self._photo = answer.raise_for_status().json()["id"]
        return self._photo

    async def work(self, kind: str, state: str = "assigned") -> About:
        """Work of the crew's team, or what another team holds."""
        store = self.apps["dispatch"].state.desk.store
        begun = order()
        changes: dict[str, Any] = {"state": state, "team": OTHER_TEAM if kind == "moved" else TEAM}
        await store.crews.note(STAFF["crew"], now())  # who has signed in can be given work
        if state == "held":
            changes |= {"state": "acknowledged", "person": Assignee(sub="crew", name="name of crew")}
        if state == "completed":
            changes |= {"completion": Completion(at=now(), late=False), "closed_at": now(), "outcome": "fixed"}
        if state == "overtaken":
            step = Overtaken(id="late", act="complete", brought={"outcome": "not_ours", "note": "x"})
            line = begun.history[-1].model_copy(update={"what": "came_late", "overtaken": step})
            changes |= {"state": "assigned", "history": [*begun.history, line], "overtaken": 1}
        case_id, until = new_id(), now() + timedelta(days=1)
        changes["reference"] = make_reference("MH", case_id)
        if state == "referred":
            told: dict[str, Any] = {"referred_at": now(), "text": "x", "photos": 1, "link": 1, "link_until": until}
            changes["referral"] = Referral(agency=AGENCY, status="sent", at=now(), **told)
        fresh: WorkOrder = begun.model_copy(update=changes)
        await _open(store.orders, case_id, fresh)
        await store.photos.save(Photo(f"photo-{case_id}", case_id, b"jpeg"))
        key = answer_token(LINK_SECRET, AnswerLink(case_id, AGENCY, 1, until))
        names = {"order_id": case_id, "name": f"photo-{case_id}", "team": TEAM, "reference": fresh.reference}
        return About(case_id, {**names, "key": key})

    async def incident(self, state: str) -> About:
        """One whose work the crew's team does, with another report that is in it."""
        store, case_id = self.apps["dispatch"].state.desk.store, new_id()
        lead, member = await self.work("ours", "acknowledged"), await self.work("ours")
        begun = incident(state=state, category="water-leak", work_order=lead.case_id, since=now(), begun_at=now())
        await _open(store.incidents, case_id, begun.model_copy(update={"joins_until": now() + timedelta(days=1)}))
        for one in (lead, member):
            await _change(store.orders, one.case_id, {"reference": make_reference("MH", one.case_id)})
        own = (await store.orders.get(member.case_id)).state
        inside = Membership(
            incident=case_id, work_order=member.case_id, reference=own.reference, category=own.category, state="joined"
        )
        await _open(store.memberships, own.report.id, inside.model_copy(update={"joined_at": now()}))
        if state == "resolved":
            await _change(store.incidents, case_id, {"outcome": "fixed", "closed_at": now()})
            await _change(store.orders, lead.case_id, {"incident": case_id})
        return About(case_id, {"incident_id": case_id, "reference": own.reference})

    async def application(self, state: str) -> About:
        """One in that state, of the building team's permit type."""
        if not self._applications:
            await self._make_applications()
        store, case_id = self.apps["permits"].state.desk.store, new_id()
        made = self._applications["decided" if state in (*LATER_STATES, *PHOTOGRAPHED) else state]
        changes: dict[str, Any] = {"id": case_id, "reference": make_reference("MH", case_id)}
        changes |= LATER_STATES.get(state, dict)()
        if state in PHOTOGRAPHED:
            kept = [await store.files.keep(case_id, photo(), "image/jpeg") for _ in range(2)]
            seen = permit_life.Photo(id=kept[0], thumbnail=kept[1], sha256="x", size=100, at=now())
            changes |= visited(photos=(seen,), **PHOTOGRAPHED[state])
        asked = Consultation(
            id="question",
            consultee="pea",
            question="x",
            documents=("id-card",),
            asked_at=now(),
            due_at=now() + timedelta(days=9),
        )
        changes["consultations"] = (asked,)
        next_door = Neighbour(id="next-door", place="99/5", asked_at=now(), due_at=now() + timedelta(days=9))
        changes["neighbours"] = (next_door,)
        code = verify_code(LINK_SECRET, case_id)
        if made.decision:
            changes["decision"] = made.decision.model_copy(update={"verify_code": code, "number": case_id})
            changes["signed"] = (extension_of(verify_code(LINK_SECRET, f"{case_id}:extension")),)
            for turn in (DECISION, 1):
                await store.letters.keep(case_id, turn, self._letter.pdf, self._letter.seal)
        opened = sign_anew(made.model_copy(update=changes))
        await _open(store.applications, case_id, opened)
        token = consult_token(LINK_SECRET, ConsultLink(case_id, asked.id))
        names = {"reference": changes["reference"], "requirement": "id-card", "page": "1", "code": code, "token": token}
        names |= {
            "inspection": "visit",
            "photo": "1",
            "consultation": asked.id,
            "number": case_id,
            "mark": read_mark(opened),
            "turn": "1",
        }
        names |= {"neighbour": next_door.id, "word": neighbour_code(LINK_SECRET, case_id, next_door.id)}
        return About(case_id, names)

    async def absence(self) -> About:
        """The mayor's, today: the only one that there is."""
        today, absence = now().astimezone(ZoneInfo("Asia/Bangkok")).date().isoformat(), new_id()
        one = MarkedAbsence(
            id=absence, office="mayor", deputy="clerk", first_day=today, last_day=today, order="x", marked_at=now(),
            by=Actor(sub="supervisor", name="x", level="officer"),
        )  # fmt: skip
        book = AbsenceBook(marked={absence: one})
        await _open(self.apps["permits"].state.desk.store.absences.cases, ABSENCE_LIST, book)
        return About(ABSENCE_LIST, {"absence": absence})

    async def _make_applications(self) -> None:
        self._letter = await sealed_somehow(PDF)
        async with self.http("permits") as http:
            made = (await http.post("/api/v1/applications", json=BODY)).raise_for_status().json()
            path, link = f"/api/v1/applications/{made['reference']}", {"secret": made["secret"]}
            for requirement in DOCUMENTS:
                (await http.put(f"{path}/documents/{requirement}", params=link, content=PDF)).raise_for_status()
            self._applications["draft"] = await self._application(made["id"])
            for state, act, who, body in PERMIT_WAY:
                known = {"Cookie": self.cookie(self.apps["permits"], STAFF[who])} if who in STAFF else {}
                query = {} if known else link
                headers = {**known, "Origin": ORIGIN}
                answer = await http.post(f"{path}/{act}", params=query, json=body, headers=headers)
                assert answer.status_code == 200, answer.text
                self._applications[state] = await self._application(made["id"])

    async def _application(self, case_id: str) -> Application:
        found: Case[Application] | None = await self.apps["permits"].state.desk.store.applications.get(case_id)
        assert found is not None
        return found.state

    async def notice(self, kind: str) -> About:
        """What was told of work of the crew's team, of the welfare team's, or of an application."""
        store = self.apps["notify"].state.desk.store
        about, team = {"work": ("work-order.created", TEAM), "welfare": ("work-order.created", "welfare"),
                       "permit": ("permit.accepted", "works-building")}[kind]  # fmt: skip
        case_id, notice_id = new_id(), new_id()
        reference = make_reference("MH", case_id)
        owner = "applicant" if kind == "permit" else "reporter"
        await _open(store.files, case_id, CaseFile(reference=reference, owner=owner, team=team))
        await _open(store.notices, notice_id, Notice(
            event_id=new_id(), about=f"onestop.{about}.v1", happened_at=now(), case_id=case_id, reference=reference,
            subject=case_id, recipient=f"{case_id}:{owner}", party=owner, announced=False, audience=owner,
            template="", urgent=False, team=team, data={}, language="th", traceparent=None, created_at=now(),
            deliveries=[deliver_at_once("inbox", now())],
        ))  # fmt: skip
        person = Recipient(case_id=case_id, party=owner, email="a@example.org", recorded=True)
        await _open(store.recipients, f"{case_id}:{owner}", person)
        token = self.apps["notify"].state.desk.links.token("preferences", case_id, owner)
        question = self.apps["notify"].state.desk.links.token("confirm", case_id, owner)
        names = {"notice_id": notice_id, "token": token, "question": question, "reference": reference}
        return About(case_id, names)

    def secret(self, about: About, party: str = "") -> str:
        """Of a case, or of somebody who follows it."""
        return case_secret(LINK_SECRET, about.case_id, party)


async def _open(cases: Cases[S], case_id: str, state: S) -> None:
    await cases.step(case_id, lambda _, __: Step(state), Cause.request(), is_new=True)


async def _change(cases: Cases[Any], case_id: str, changes: Mapping[str, Any]) -> None:
    def change(state: Any, _: Cause) -> Step[Any]:
        return Step(state.model_copy(update=changes))

    await cases.step(case_id, change, Cause.request())


@asynccontextmanager
async def houses(patch: pytest.MonkeyPatch, mongo: str) -> AsyncIterator[Houses]:
    """Only their APIs and pages: what they have to publish stays in the outbox."""
    issuer, prefix = FakeIssuer(), f"access_{new_id()}"
    environment = {
        "MONGODB_URI": mongo, "MONGODB_PREFIX": prefix, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "ROLES": "api",
        "TOWN_DIR": str(MAEHIA), "PUBLIC_URL": ORIGIN, "ENVIRONMENT": "test", "OTEL_TRACES_EXPORTER": "none",
        "RATE_LIMITS": "off", "SHUTDOWN_SECONDS": "4", "SMTP_TIMEOUT_SECONDS": "2",
        "OIDC_ISSUER": issuer.issuer, "LINK_SECRET": LINK_SECRET,
    }  # fmt: skip
    for name, value in environment.items():
        patch.setenv(name, value)
    judge_papers_once(patch)
    async with AsyncExitStack() as running:
        apps: dict[str, FastAPI] = {}
        for service in SERVICES:
            apps[service] = app = import_module(f"services.{service}.app").create_app()
            app.state.parts[Provider]._client = issuer.client()
            await running.enter_async_context(app.router.lifespan_context(app))
        made = Houses(apps)
        for service in SERVICES:
            async with made.http(service) as http:
                await serving(http)
        await apps["permits"].state.desk.store.signatures.keep(STAFF["signatory"].sub, drawing())
        yield made
        client = apps["intake"].state.desk.store.reports.collection.database.client
        for service in SERVICES:
            await client.drop_database(f"{prefix}_{service}")

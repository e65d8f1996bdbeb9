"""The pages of an agency: its board, and the page for one answer that a link opens; on a store in memory."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from services.dispatch.api import agency as agency_api
from services.dispatch.app import PAGES
from services.dispatch.commands import Desk
from services.dispatch.domain import agency_work, crew_work, desk_work, referring
from services.dispatch.domain.history import Entry
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages import agency, agency_link
from services.dispatch.queries import Filter
from services.dispatch.store import Order
from shared.agency_links import AnswerLink, answer_token
from shared.events.ids import new_id
from shared.kernel import now
from shared.references import make_reference
from shared.settings import ServiceSettings
from shared.web import Person, create_web
from shared.web.session import Sessions
from tests.support.dispatch_in_memory import MemoryStore
from tests.support.moments import Timers, saved
from tests.support.work import OFFICER, by, order, town

SECRET = "a-secret-for-tests-that-is-long-enough"
SETTINGS = ServiceSettings.model_validate({
    "environment": "test", "public_url": "http://one.localhost", "oidc_issuer": "http://id.localhost",
    "session_secret": SECRET, "link_secret": SECRET,
})  # fmt: skip
PEA, PWA = (
    Person(sub=f"agency-{code}", name=f"name of {code}", roles=frozenset({"agency"}), agency=code, town="maehia")
    for code in ("pea", "pwa")
)
FORM = {"Origin": "http://one.localhost", "Accept": "text/html"}


class AgencyStore(MemoryStore):
    """With what an agency's board asks for."""

    async def list_newest(self, wanted: Filter, after: str | None, most: int) -> list[Order]:
        return [case for case in self._orders() if self._fits(case.state, wanted)][:most]

    async def read_history(self, order: Order) -> list[Entry]:
        return order.state.history

    async def count(self, wanted: Filter) -> int:
        return len(await self.list_newest(wanted, None, 1000))

    def _fits(self, order: WorkOrder, wanted: Filter) -> bool:
        referral = order.referral
        return (
            referral is not None
            and referral.is_for(wanted.agency)
            and (not wanted.states or order.state in wanted.states)
            and wanted.reference in (None, order.reference)
            and (not wanted.overdue or referral.overdue_at is not None)
        )


@dataclass
class House:
    """Dispatch's pages for agencies, and one power cut that PEA has."""

    app: FastAPI
    desk: Desk
    order_id: str
    reference: str

    async def order(self) -> WorkOrder:
        found = await self.desk.store.orders.get(self.order_id)
        assert found is not None
        return found.state

    def link(self, number: int = 1, agency: str = "pea", days: int = 14) -> str:
        link = AnswerLink(self.order_id, agency, number, now() + timedelta(days=days))
        return f"/agency/answer?key={answer_token(SECRET, link)}"

    def browser(self, who: Person | None = None) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app)
        client = httpx.AsyncClient(transport=transport, base_url="http://one.localhost", headers=FORM)
        if who is not None:
            signed = Response()
            self.app.state.parts[Sessions].start(signed, who)
            name, _, value = signed.headers["set-cookie"].partition(";")[0].partition("=")
            client.cookies.set(name, value)
        return client


@pytest.fixture
async def house() -> House:
    timers = Timers()
    store = AgencyStore(timers.service, town())
    store.timers = timers
    desk = Desk(store, town())
    app = create_web(
        "dispatch", SETTINGS, town(), templates=PAGES / "templates", static=PAGES / "static",
        strings=PAGES / "strings.yaml", routers=[agency_api.router, agency_link.router, agency.router],
    )  # fmt: skip
    app.state.desk = desk
    order_id = new_id()
    began = order("power-cut", photos=1).model_copy(update={"reference": make_reference("MH", order_id)})
    text: dict[str, Any] = {"text": "ไฟดับทั้งซอย 4", "photos": True}
    given = referring.refer(town(), began, by(OFFICER, now()), agency="pea", **text).state
    await saved(store.orders, order_id, given)
    return House(app, desk, order_id, given.reference)


async def opened(house: House, browser: httpx.AsyncClient, link: str | None = None) -> httpx.Response:
    moved = await browser.get(link or house.link())
    assert moved.status_code == 303
    assert "key=" not in moved.headers["location"]
    return await browser.get(moved.headers["location"])


async def test_a_link_shows_what_it_is_about_and_changes_nothing(house: House) -> None:
    async with house.browser() as browser:
        page = await opened(house, browser)
        assert page.status_code == 200
        for needed in (house.reference, "ไฟดับทั้งซอย 4", "แจ้งแผนดำเนินการ", "referred?pass=", "ตอบได้หนึ่งครั้ง"):
            assert needed in page.text
        assert "“ท่อประปาแตกหน้าตลาด น้ำพุ่งท่วมถนน”" in page.text  # the reporter's own words under the officer's
        assert page.headers["cache-control"].startswith(("no-store", "private"))
    assert (await house.order()).referral == (await house.order()).referral
    assert (await house.order()).history[-1].what == "referred"


@pytest.mark.parametrize("used", [False, True])
async def test_a_link_opens_nothing_of_work_that_was_taken_back(house: House, used: bool) -> None:
    async with house.browser() as browser:
        await opened(house, browser)
        path = f"/agency/answer/{house.reference}"
        if used:
            assert (await browser.post(f"{path}/agency_receive")).status_code == 303
        back = referring.take_back(town(), await house.order(), by(OFFICER, now())).state
        await saved(house.desk.store.orders, house.order_id, back)
        page = await browser.get(path)
        assert page.status_code == 410
        assert "ไม่ได้อยู่กับหน่วยงานของท่านแล้ว" in page.text
        late = await browser.post(f"{path}/agency_done", data={"note": "ซ่อมแล้ว"})
        assert (late.status_code, "ซ่อมแล้ว" in late.text) == (409, True)  # what was typed is there to be read out
    for text in (page.text, late.text):
        assert not [one for one in ("ไฟดับทั้งซอย 4", "referred?pass=") if one in text]


async def test_whoever_has_an_account_reads_on_what_was_said_of_work_taken_back_and_sees_no_photos(
    house: House,
) -> None:
    back = referring.take_back(town(), await house.order(), by(OFFICER, now())).state
    await saved(house.desk.store.orders, house.order_id, back)
    async with house.browser(PEA) as browser:
        page = await browser.get(f"/agency/{house.order_id}")
    assert (page.status_code, "ไฟดับทั้งซอย 4" in page.text, "referred?pass=" in page.text) == (200, True, False)


async def test_a_link_takes_one_answer_and_says_so_then(house: House) -> None:
    async with house.browser() as browser:
        await opened(house, browser)
        path = f"/agency/answer/{house.reference}"
        said = {"agency_reference": "W-77", "expected_on": (now() + timedelta(days=2)).date().isoformat()}
        done = await browser.post(f"{path}/agency_answer", data=said)
        assert done.status_code == 303
        assert "บันทึกคำตอบแล้ว" in (await browser.get(done.headers["location"])).text
        again = await browser.post(f"{path}/agency_done", data={})
        assert again.status_code == 409
        assert "ลิงก์นี้ใช้ตอบไปแล้ว" in again.text
        twice = await browser.post(f"{path}/agency_answer", data=said)
        assert twice.status_code == 303  # a form that was sent twice is one answer
    work = await house.order()
    assert work.referral is not None
    assert (work.referral.status, work.referral.agency_reference) == ("answered", "W-77")
    assert [line.what for line in work.history if line.what.startswith("agency_")] == ["agency_answered"]
    (actor,) = {line.actor.name for line in work.history if line.what == "agency_answered" and line.actor}
    assert "PEA" in actor


async def test_an_agency_is_not_told_who_of_the_town_has_moved_the_work(house: House) -> None:
    async with house.browser() as browser:
        await opened(house, browser)
        path = f"/agency/answer/{house.reference}/agency_ask"
        assert (await browser.post(path, data={"note": "เสาต้นใด"})).status_code == 303
        ended = desk_work.cancel(
            town(), await house.order(), by(OFFICER, now()), outcome="duplicate", reason="ซ้ำ"
        ).state
        await saved(house.desk.store.orders, house.order_id, ended)
        answer = await browser.post(path, data={"note": "เสาใด"})

    assert answer.status_code in (409, 422)
    assert OFFICER.name not in answer.text


async def test_a_link_that_a_newer_one_has_replaced_answers_nothing(house: House) -> None:
    async with house.browser() as browser:
        await opened(house, browser)
        told = referring.tell_agency(town(), await house.order(), by(OFFICER, now()), text="ต้นหน้าวัด").state
        await saved(house.desk.store.orders, house.order_id, told)
        answer = await browser.post(f"/agency/answer/{house.reference}/agency_done", data={})
        assert answer.status_code == 409
        page = await browser.get(f"/agency/answer/{house.reference}")
        for each in (answer, page):
            assert "มีลิงก์ที่ใหม่กว่านี้แล้ว" in each.text
            assert "แจ้งแผนดำเนินการ" not in each.text
        newer = await opened(house, browser, house.link(2))
        assert "แจ้งแผนดำเนินการ" in newer.text


async def test_a_link_whose_time_is_over_says_so_and_keeps_what_was_typed(house: House) -> None:
    async with house.browser() as browser:
        page = await opened(house, browser, house.link(days=-1))
        answer = await browser.post(f"/agency/answer/{house.reference}/agency_ask", data={"note": "เสาต้นใด"})
        assert (page.status_code, answer.status_code) == (410, 409)
        assert "เสาต้นใด" in answer.text
        for each in (page, answer):
            assert "ลิงก์นี้หมดอายุแล้ว" in each.text
            assert "แจ้งแผนดำเนินการ" not in each.text
            assert "referred?pass=" not in each.text
    assert (await house.order()).history[-1].what == "referred"


@pytest.mark.parametrize("key", ["", "x", "01KB57W53GN6B2X8QK4HT9VR0M.1.9999999999.abc.pea", "a" * 3000])
async def test_what_is_no_link_of_ours_opens_nothing(house: House, key: str) -> None:
    async with house.browser() as browser:
        assert (await browser.get("/agency/answer", params={"key": key})).status_code == 404


async def test_without_its_link_the_page_says_where_it_is(house: House) -> None:
    async with house.browser() as browser:
        for answer in (
            await browser.get(f"/agency/answer/{house.reference}"),
            await browser.post(f"/agency/answer/{house.reference}/agency_done", data={}),
        ):
            assert answer.status_code == 404
            assert "โปรดเปิดลิงก์จากข้อความของเทศบาล" in answer.text


async def test_a_link_of_one_matter_opens_no_other(house: House) -> None:
    other = new_id()
    began = order("power-cut").model_copy(update={"reference": make_reference("MH", other)})
    given = referring.refer(town(), began, by(OFFICER, now()), agency="pea").state
    await saved(house.desk.store.orders, other, given)
    async with house.browser() as browser:
        await opened(house, browser)
        assert (await browser.get(f"/agency/answer/{given.reference}")).status_code == 404
        browser.cookies.set(f"case-{given.reference}.agency", browser.cookies[f"case-{house.reference}.agency"])
        assert (await browser.get(f"/agency/answer/{given.reference}")).status_code == 404


async def test_a_late_word_by_link_is_kept_and_closed_work_stays_closed(house: House) -> None:
    closed = crew_work.complete(town(), await house.order(), by(OFFICER, now()), note="ไฟมาแล้ว").state
    await saved(house.desk.store.orders, house.order_id, closed)
    async with house.browser() as browser:
        page = await opened(house, browser)
        assert "เรื่องนี้ไม่ได้อยู่กับท่านแล้ว" in page.text
        said = await browser.post(f"/agency/answer/{house.reference}/agency_done", data={"note": "ซ่อมเมื่อเช้า"})
        assert said.status_code == 303
    work = await house.order()
    assert (work.state, work.history[-1].what, work.history[-1].text) == ("completed", "agency_came_late", "ซ่อมเมื่อเช้า")


async def test_the_board_holds_what_was_referred_to_that_agency_alone(house: House) -> None:
    await saved(house.desk.store.orders, new_id(), order("water-leak"))
    async with house.browser(PEA) as mine, house.browser(PWA) as others:
        assert "ไฟดับทั้งซอย 4" in (await mine.get("/agency")).text
        listed = (await mine.get("/api/v1/agency/referrals")).json()["items"]
        assert [(one["reference"], one["standing"], one["is_open"]) for one in listed] == [
            (house.reference, "sending", True)
        ]
        assert house.reference not in (await others.get("/agency")).text
        assert (await others.get("/api/v1/agency/referrals")).json()["items"] == []
        for path in (f"/agency/{house.order_id}", f"/api/v1/agency/referrals/{house.order_id}"):
            assert (await mine.get(path)).status_code == 200
            assert (await others.get(path)).status_code == 404
        assert (await others.post(f"/agency/{house.order_id}/agency_done", data={})).status_code == 404
        assert (await mine.post(f"/agency/{house.order_id}/complete", data={})).status_code == 404


async def test_at_the_board_an_agency_answers_as_often_as_it_likes_under_its_peoples_names(house: House) -> None:
    async with house.browser(PEA) as mine:
        path = f"/agency/{house.order_id}"
        for act, said in (("agency_receive", {"agency_reference": "W-77"}), ("agency_ask", {"note": "เสาต้นใด"})):
            done = await mine.post(f"{path}/{act}", data={"key": f"{house.order_id}-{act}", **said})
            assert done.status_code == 303
        page = (await mine.get(path)).text
        assert "W-77" in page
        assert "เสาต้นใด" in page
        wrong = await mine.post(f"{path}/agency_decline", data={"note": ""})
        assert wrong.status_code == 422
    lines = [(line.what, line.actor and line.actor.sub) for line in (await house.order()).history[-2:]]
    assert lines == [("agency_received", "agency-pea"), ("agency_asked", "agency-pea")]


async def test_a_program_of_an_agency_answers_and_a_repetition_is_one_answer(house: House) -> None:
    path = f"/api/v1/agency/referrals/{house.order_id}/agency_answer"
    body: dict[str, Any] = {"agency_reference": "W-77", "note": "ส่งทีมแล้ว"}
    async with house.browser(PEA) as mine:
        answers = [await mine.post(path, json=body, headers={"Idempotency-Key": "k" * 12}) for _ in range(2)]
        assert [(one.status_code, one.json()["standing"]) for one in answers] == [(200, "answered")] * 2
        assert [one["what"] for one in answers[1].json()["said"]] == ["referred", "agency_answered"]
        assert (await mine.post(path, json={"expected_on": "9999-12-31"})).status_code == 422
        assert (await mine.post(path, json={"expected_on": "0001-01-01"})).status_code == 422


async def test_what_an_agency_asked_and_the_town_replied_stand_on_its_page(house: House) -> None:
    asked = agency_work.ask(town(), await house.order(), by(OFFICER, now()), note="เสาต้นใด").state
    told = referring.tell_agency(town(), asked, by(OFFICER, now()), text="ต้นหน้าวัด").state
    await saved(house.desk.store.orders, house.order_id, told)
    async with house.browser(PEA) as mine:
        page = (await mine.get(f"/agency/{house.order_id}")).text
        assert "ต้นหน้าวัด" in page
        assert OFFICER.name not in page  # who of the town wrote it is the town's own affair


async def test_a_page_in_english_is_whole(house: House) -> None:
    async with house.browser(PEA) as mine:
        for path in ("/agency", f"/agency/{house.order_id}"):
            page = (await mine.get(path, params={"lang": "en"})).text
            assert "Referred to us" in page


async def test_work_that_is_closed_says_how_it_ended_and_not_that_an_answer_is_awaited(house: House) -> None:
    closed = crew_work.complete(town(), await house.order(), by(OFFICER, now()), note="ไฟมาแล้ว").state
    await saved(house.desk.store.orders, house.order_id, closed)
    async with house.browser(PEA) as mine:
        pages = [(await mine.get(path)).text for path in ("/agency?show=over", f"/agency/{house.order_id}")]
        (listed,) = (await mine.get("/api/v1/agency/referrals?show=over")).json()["items"]
    assert (listed["outcome"], listed["is_open"]) == ("fixed", False)
    for page in pages:
        assert "เทศบาลปิดเรื่องแล้ว ผล: แก้ไขแล้ว" in page
        assert not [one for one in ("รอรับเรื่อง", "ใหม่</span>") if one in page]


NEXT_MESSAGE, BY_PHONE = "โปรดใช้ลิงก์ในข้อความถัดไป", "โปรดติดต่อเทศบาลตามที่อยู่ด้านล่าง"


@pytest.mark.parametrize(
    ("act", "said", "then"),
    [
        ("agency_receive", {}, NEXT_MESSAGE),
        ("agency_ask", {"note": "เสาต้นใด"}, NEXT_MESSAGE),
        ("agency_decline", {"note": "นอกเขต"}, BY_PHONE),
        ("agency_done", {}, BY_PHONE),
    ],
)
async def test_whoever_has_answered_by_link_is_sent_to_what_will_come_or_else_to_the_phone(
    house: House, act: str, said: dict[str, str], then: str
) -> None:
    async with house.browser() as browser:
        await opened(house, browser)
        done = await browser.post(f"/agency/answer/{house.reference}/{act}", data=said)
        page = (await browser.get(done.headers["location"])).text
    assert [words for words in (NEXT_MESSAGE, BY_PHONE) if words in page] == [then]

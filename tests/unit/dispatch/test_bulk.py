"""One act on several pieces of work: each is decided by itself, and the officer reads what came of each."""

import html
import re
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest

from services.dispatch.app import PAGES
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages import bulk
from services.dispatch.pages.bulk import BULK_ACTS
from shared.events.agencies import WorkOrderReferred
from shared.settings import ServiceSettings
from shared.web import create_web
from tests.support.dispatch_pages import drawn
from tests.support.field import MemoryStore, memory_desk
from tests.support.oidc import FakeIssuer
from tests.support.work import order, town

PRIVATE = next(code for code, one in town().categories.items() if not one.public)


class Desk:
    """The page's answer to a press, and what is in the store then."""

    def __init__(self, http: httpx.AsyncClient, store: MemoryStore, headers: dict[str, str]) -> None:
        self.http, self.store, self.headers = http, store, headers

    async def press(self, *order_ids: str, **form: str) -> httpx.Response:
        data: dict[str, Any] = {"order": [*order_ids], **{name.replace("__", "."): said for name, said in form.items()}}
        return await self.http.post("/desk/bulk", data=data, headers=self.headers)

    async def work(self, order_id: str) -> WorkOrder:
        case = await self.store.orders.get(order_id)
        assert case is not None
        return case.state


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    issuer = FakeIssuer()
    settings = ServiceSettings.model_validate(
        {"environment": "test", "public_url": "https://one.localhost", "oidc_issuer": issuer.issuer,
         "session_secret": "a-secret-for-tests-that-is-long-enough"}
    )  # fmt: skip
    app = create_web(
        "dispatch", settings, town(), templates=PAGES / "templates", static=PAGES / "static",
        strings=PAGES / "strings.yaml", routers=[bulk.router], oidc_client=issuer.client(),
    )  # fmt: skip
    app.state.desk = memory_desk()
    who = {"Authorization": f"Bearer {issuer.token(sub='o', roles=['officer'], town='maehia')}", "Accept": "text/html"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://one.localhost") as http:
        yield Desk(http, cast(MemoryStore, app.state.desk.store), who)


async def test_several_are_referred_to_an_agency_and_each_says_what_came_of_it(desk: Desk) -> None:
    """Each with its own words, as everybody may read them; what nobody else may read needs a text."""
    await desk.store.put("01A", order("power-cut", text="ไฟดับทั้งซอย โทร 081-234-5678", photos=1))
    await desk.store.put("01B", order(PRIVATE, text="เรื่องที่บอกไว้เป็นความลับ"))
    await desk.store.put("01C", order("power-cut", text="เสาเอน"))

    page = await desk.press("01A", "01B", "01C", "01D", act="refer", refer__agency="pea", key="one-press")

    assert page.status_code == 200
    assert (page.text.count('class="bulk-yes"'), page.text.count('class="bulk-no"')) == (2, 2)
    given = (await desk.work("01A")).referral
    assert given is not None
    assert (given.agency, given.text) == ("pea", "ไฟดับทั้งซอย โทร •••")
    assert (await desk.work("01B")).referral is None
    told = [event for event in desk.store.events if isinstance(event, WorkOrderReferred)]
    assert [event.text for event in told] == ["ไฟดับทั้งซอย โทร •••", "เสาเอน"]
    await desk.press("01A", "01C", act="refer", refer__agency="pea", key="one-press")
    assert len([event for event in desk.store.events if isinstance(event, WorkOrderReferred)]) == 2


async def test_one_text_is_told_of_each_of_them(desk: Desk) -> None:
    await desk.store.put("01A", order("power-cut"))
    await desk.store.put("01B", order(PRIVATE, text="เรื่องที่บอกไว้เป็นความลับ"))

    page = await desk.press("01A", "01B", act="refer", refer__agency="pea", refer__text="ตรวจหม้อแปลงหน้าวัด")

    assert page.text.count('class="bulk-yes"') == 2
    told = [event.text for event in desk.store.events if isinstance(event, WorkOrderReferred)]
    own = (await desk.work("01A")).text
    assert told == [f"ตรวจหม้อแปลงหน้าวัด\n\n“{own}”", "ตรวจหม้อแปลงหน้าวัด"]  # of what nobody else may read no word more


@pytest.mark.parametrize("agency", ["", "moon"])
async def test_an_agency_that_the_town_does_not_know_is_given_nothing(desk: Desk, agency: str) -> None:
    await desk.store.put("01A", order("power-cut"))
    page = await desk.press("01A", act="refer", refer__agency=agency)

    assert "bulk-yes" not in page.text
    assert (await desk.work("01A")).referral is None


@pytest.mark.parametrize("agencies", [True, False])
def test_the_form_offers_each_act_and_a_town_without_agencies_refers_to_none(agencies: bool) -> None:
    context: dict[str, Any] = {} if agencies else {"agencies": []}
    form = drawn("_bulk.html", bulk_key="k", bulk_acts=BULK_ACTS, **context)
    offered = re.findall(r'name="act" value="(\w+)"', form)

    assert offered == [act for act in BULK_ACTS if agencies or act != "refer"]
    assert ('name="refer.text"' in form) == agencies


async def test_many_are_cancelled_only_after_it_was_said_how_many_are_told(desk: Desk) -> None:
    """One press cancelled fifty, mailed fifty reporters, and nothing leads back."""
    await desk.store.put("01A", order("power-cut"))
    await desk.store.put("01B", order("pothole"))
    said = {"act": "cancel", "cancel__outcome": "not_ours", "cancel__reason": "อยู่นอกเขต <ของเรา>", "key": "one"}

    ticked = [f"{one} {(await desk.work(one)).standing}" for one in ("01A", "01B")]

    asked = await desk.press(*ticked, **said)

    assert asked.status_code == 200
    assert (await desk.work("01A")).state == "assigned"
    hidden = re.findall(r'<input type="hidden" name="([^"]+)"(?: form="bulk")? value="([^"]*)"', asked.text)
    again = [(name, html.unescape(value)) for name, value in hidden]
    assert [value for name, value in again if name == "order"] == ticked
    assert dict(again)["cancel.reason"] == "อยู่นอกเขต <ของเรา>"

    form: dict[str, list[str]] = {}
    for name, value in again:
        form.setdefault(name, []).append(value)
    done = await desk.http.post("/desk/bulk", data=form, headers=desk.headers)
    assert done.text.count('class="bulk-yes"') == 2
    assert (await desk.work("01B")).state == "cancelled"


async def test_many_become_emergencies_only_after_it_was_said_how_many_and_by_when_each_is_due(desk: Desk) -> None:
    for one in ("01A", "01B"):
        await desk.store.put(one, order("pothole"))
    said = {"act": "prioritise", "prioritise__reason": "ฝนหนัก", "key": "one"}
    before = (await desk.work("01A")).due_at

    asked = await desk.press("01A", "01B", **said, prioritise__priority="emergency")
    assert (await desk.work("01A")).priority != "emergency"
    assert "ปรับ 2 งานนี้เป็นงานฉุกเฉินหรือไม่" in asked.text
    calm = await desk.press("01B", **said, prioritise__priority="low")
    assert 'class="bulk-yes"' in calm.text, "what calls nobody out is not asked about"

    done = await desk.press("01A", **said, prioritise__priority="emergency", sure="yes")
    after = await desk.work("01A")
    assert 'class="bulk-yes"' in done.text
    assert (after.priority, before is not None and after.due_at is not None and after.due_at < before) == (
        "emergency",
        True,
    )
    due = re.findall(r"<li>.*?(ต้องรับงาน|กำหนดเสร็จ|เกินกำหนด).*?</li>", asked.text, re.DOTALL)
    assert len(due) == 2, "how each would stand"


async def test_what_was_ticked_and_written_stays_when_something_is_missing(desk: Desk) -> None:
    """Fifty ticks and a text were lost by a reason that was not given."""
    await desk.store.put("01A", order("power-cut"))

    page = await desk.press("01A assigned", act="cancel", cancel__outcome="not_ours", key="one")

    assert page.status_code == 422
    assert 'name="order" form="bulk" value="01A assigned"' in page.text
    assert re.search(r'value="cancel" checked', page.text)
    assert re.search(r'<option value="not_ours" selected', page.text)

"""More time for a permit on a real database: an invoice, reference, receipt and letter beside the application's own."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from services.permits import timers
from services.permits.domain import moments
from shared.events.ids import new_id
from shared.kernel import Cause, Transient, now
from tests.integration.permits.test_payments import row, take, told
from tests.support.permits_running import Permits

CASH = {"amount": "20.00", "method": "cash"}
BACK = {"note": "ไม่ต่ออายุให้", "document": "บค 1/2570"}


async def asked(service: Permits, *, paid: bool = False) -> dict[str, str]:
    """Decided, its 95 baht unpaid; more time asked for, its 20 baht paid or not."""
    made = await service.brought_to("decided")
    await service.ask_for_more_time(made, paid=paid)
    return made


async def pay(service: Permits, made: dict[str, str], **changes: Any) -> httpx.Response:
    return await service.act(made, "payments", service.staff("cashier"), {**CASH, **changes}, invoice=2)


async def bills(service: Permits, made: dict[str, str]) -> dict[int, dict[str, Any]]:
    return {one["invoice"]: one for one in (await service.seen(made))["bills"]}


def second(made: dict[str, str]) -> dict[str, str]:
    """As the bank tells the reference of the second invoice."""
    return {"reference": f"{made['reference']}-2"}


async def unpaid(service: Permits, **query: Any) -> dict[str, Any]:
    answer = await service.http.get("/api/v1/permits/bills", params=query, headers=service.staff("cashier"))
    found: dict[str, Any] = answer.json()
    return found


async def test_more_time_is_invoiced_paid_and_given_with_a_letter_that_proves_the_payment(service: Permits) -> None:
    made = await asked(service)
    signatory, answer = service.staff("signatory"), {"days": 90}
    before = await bills(service, made)
    early = await service.act(made, "extension/answer", signatory, answer)
    paid = (await pay(service, made)).json()
    given = await service.act(made, "extension/answer", signatory, answer)
    await timers.do_what_is_due(service.desk, made["id"], moments.letter_moment(1), Cause.request(at=now()))

    plain = made["reference"].replace("-", "")
    assert [before[one]["reference"] for one in (1, 2)] == [plain, f"{plain}2"]
    assert (before[2]["lines"][0]["law"], before[2]["amount"]) == ("กฎกระทรวง ฉบับที่ 7 (พ.ศ. 2528) ข้อ 2", "20.00")
    assert f"{plain}2" in before[2]["promptpay"]
    assert (early.status_code, early.json()["code"]) == (409, "unpaid")
    assert (paid["invoice"], paid["standing"]) == (2, "paid")
    assert paid["payment"]["receipt"].startswith("P-1/")
    assert given.status_code == 200, given.text
    assert (await service.outbox(made["id"]))[-4:] == [
        "permit.extension-asked.v1", "permit.fees-due.v1", "permit.fees-paid.v1", "permit.extension-answered.v1",
    ]  # fmt: skip
    after = await bills(service, made)
    assert (after[1]["standing"], after[2]["standing"]) == ("due", "paid")
    letter = await service.store.letters.get(made["id"], 1)
    assert letter is not None
    assert letter.pdf.startswith(b"%PDF")


async def test_a_statement_finds_the_invoice_that_was_paid_and_leaves_the_others_alone(service: Permits) -> None:
    made, other, third = await asked(service), await asked(service), await asked(service)
    twice = row(second(made), "20.00")
    rows = "".join((
        twice, twice, row(second(made), "20.00"), row(made), row(second(other), "19.00"), row(second(other), "95.00"),
        row(third, "20.00"), row({"reference": f"{third['reference']}-3"}, "20.00"),
    ))  # fmt: skip
    expected = [
        ("duplicate", "twice-in-file"), ("unmatched", "already-paid"), ("matched", "taken"),
        ("unmatched", "too-little"), ("unmatched", "for-other-invoice"), ("unmatched", "for-other-invoice"),
        ("unmatched", "for-other-invoice"),
    ]  # fmt: skip

    dry, first, again = await take(service, rows, apply=False), await take(service, rows), await take(service, rows)

    assert told(first) == [("matched", "taken"), *expected]
    assert [(what, why.replace("to-take", "taken")) for what, why in told(dry)] == told(first)
    assert [why for _, why in told(again)[:1]] == ["taken-before"]
    assert [one["reference"] for one in first["items"][:1]] == [f"{made['reference']}-2"]
    standing = {name: one["standing"] for name, one in (await bills(service, made)).items()}
    assert standing == {1: "paid", 2: "paid"}
    assert {one["standing"] for one in (await bills(service, other)).values()} == {"due"}


async def test_one_number_of_the_bank_pays_one_invoice_of_one_application(service: Permits) -> None:
    made, other = await asked(service), await asked(service)
    number = new_id()
    assert (await pay(service, made, transaction=number)).status_code == 200

    own = {"amount": "95.00", "method": "transfer", "transaction": number}
    refused = [
        await service.act(made, "payments", service.staff("cashier"), own),
        await service.act(other, "payments", service.staff("cashier"), own),
        await pay(service, other, transaction=number),
    ]

    assert [(one.status_code, one.json()["code"]) for one in refused] == [(409, "transaction-used")] * 3
    rows = row(other, number=number) + row(second(other), "20.00", number=number) + row(made, number=number)
    assert told(await take(service, rows)) == [("unmatched", "transaction-used")] * 3
    stored = await service.store.applications.collection.find_one({"_id": made["id"]})
    assert stored is not None
    assert stored["state"]["bank_numbers"] == [number]


async def test_what_a_release_before_this_one_wrote_down_stands_for_its_payment_too(service: Permits) -> None:
    made, other = await asked(service), await asked(service)
    own = {"amount": "95.00", "method": "transfer", "transaction": (number := new_id())}
    assert (await service.act(made, "payments", service.staff("cashier"), own)).status_code == 200
    await service.store.applications.collection.update_one({"_id": made["id"]}, {"$unset": {"state.bank_numbers": 1}})

    assert (await pay(service, other, transaction=number)).json()["code"] == "transaction-used"


async def test_a_cashier_pays_by_page_what_was_typed_and_each_invoice_is_given_back_alone(service: Permits) -> None:
    made, cashier = await asked(service), service.staff("cashier")
    at = f"/permits/cashier/{made['reference']}"
    first = {"amount": "95.00", "method": "cash"}
    assert (await service.act(made, "payments", cashier, first)).status_code == 200
    found = await service.http.get("/permits/cashier", params={"q": made["reference"]}, headers=cashier)
    wrong = {**CASH, "reference": made["reference"]}

    refused = await service.http.post(f"{at}/payments?invoice=2", data=wrong, headers=cashier)
    paid = await service.http.post(
        f"{at}/payments?invoice=2", data={**CASH, "reference": f"{made['reference']}-2".lower()}, headers=cashier
    )
    early = await service.act(made, "refund", cashier, BACK, invoice=2)
    await service.act(made, "extension/answer", service.staff("signatory"), {"reason": "ม. 35"})
    back = await service.act(made, "refund", cashier, BACK, invoice=2)

    assert found.headers["location"] == f"{at}?invoice=2", "the one that is to be paid"
    assert refused.status_code == 422
    assert paid.headers["location"] == f"{at}?invoice=2", paid.text
    assert (early.status_code, early.json()["code"]) == (409, "still-open")
    assert back.json()["standing"] == "refunded"
    assert (await bills(service, made))[1]["standing"] == "paid"
    page = (await service.http.get(f"{at}?invoice=2", headers=cashier)).text
    assert "ใบแจ้งชำระอื่นของคำขอนี้" in page
    assert f'href="{at}"' in page


async def test_an_entry_that_is_cancelled_leaves_the_other_invoices_receipt_what_it_is(service: Permits) -> None:
    made, cashier = await asked(service, paid=True), service.staff("cashier")
    own = (await service.act(made, "payments", cashier, {"amount": "95.00", "method": "cash"})).json()
    first = (await bills(service, made))[2]["payment"]["receipt"]

    await service.act(made, "payments/cancel", cashier, {"note": "บันทึกผิด"}, invoice=2)
    again = (await pay(service, made)).json()

    assert [one.split("/")[0] for one in (first, own["payment"]["receipt"], again["payment"]["receipt"])] == [
        "P-1", "P-2", "P-3",
    ]  # fmt: skip
    book = await service.http.get("/api/v1/permits/receipts", headers=cashier)
    assert [one["standing"] for one in book.json()["items"]] == ["issued", "issued", "void"]
    path, secret = f"/api/v1/applications/{made['reference']}", {"secret": made["secret"]}
    for query in ({"invoice": "2"}, {}, {"number": first}):
        paper = await service.http.get(f"{path}/receipt.pdf", params={**secret, **query})
        assert paper.status_code == 200, query
    with ZipFile(BytesIO((await service.http.get(f"{path}/file.zip", params=secret)).content)) as archive:
        assert {"receipt.pdf", "receipt-2.pdf", f"void-{first.replace('/', '-')}.pdf"} <= set(archive.namelist())
        assert [one["invoice"] for one in json.loads(archive.read("application.json"))["bills"]] == [1, 2]


async def test_the_list_names_every_invoice_once_page_by_page_in_the_order_of_their_days(service: Permits) -> None:
    made, other = await asked(service), await asked(service)
    paid = await asked(service, paid=True)
    seen: list[tuple[str, int]] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        found = await unpaid(service, **query)
        seen += [(one["application"], one["invoice"]) for one in found["items"]]
        if not found["next"]:
            break
        query["after"] = found["next"]

    wanted = [(made["reference"], 1), (made["reference"], 2), (other["reference"], 1), (other["reference"], 2)]
    assert seen == [*wanted, (paid["reference"], 1)]


async def test_a_crash_after_the_payment_leaves_its_receipt_to_a_moment_of_its_own(
    service: Permits, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await asked(service)

    async def crash(*_: object) -> str:
        raise Transient("the process is gone")

    with monkeypatch.context() as broken:
        broken.setattr(service.store.receipts, "number", crash)
        assert (await pay(service, made)).status_code == 503
    await timers.do_what_is_due(service.desk, made["id"], moments.LATER_RECEIPT, Cause.request(at=now()))

    assert (await bills(service, made))[2]["payment"]["receipt"].startswith("P-1/")

"""A payment that was entered by mistake, on a real database: invoice, book, statement, page and papers after it."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from services.permits import receipt_book, timers
from services.permits.domain import moments
from shared.kernel import Cause, now
from shared.kernel.mongo_trail import TrailFilter
from tests.integration.permits.test_payments import owed, pay, row, take, told
from tests.support.permits_running import Permits, wake

WHY = {"note": "บันทึกผิดคำขอ"}


async def cancel(service: Permits, made: dict[str, str]) -> dict[str, Any]:
    answer = await service.act(made, "payments/cancel", service.staff("cashier"), WHY)
    assert answer.status_code == 200, answer.text
    bill: dict[str, Any] = answer.json()
    return bill


async def book(service: Permits) -> list[dict[str, Any]]:
    answer = await service.http.get("/api/v1/permits/receipts", headers=service.staff("supervisor"))
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_payment_that_was_entered_by_mistake_is_put_right_and_the_book_keeps_its_receipt(
    service: Permits,
) -> None:
    made = await owed(service)
    first = (await pay(service, made)).json()["payment"]["receipt"]

    bill = await cancel(service, made)
    again = (await pay(service, made)).json()

    assert (bill["standing"], bill["payment"]) == ("due", None)
    assert bill["past_payments"][0]["cancelled"]["by"] == "name of cashier"
    second = again["payment"]["receipt"]
    assert (first[:4], second[:4], again["standing"]) == ("P-1/", "P-2/", "paid")
    new, void = await book(service)
    assert (new["receipt"], new["standing"], new["void"]) == (second, "issued", None)
    assert (void["receipt"], void["standing"], void["void"]["by"]) == (first, "void", "name of cashier")
    assert void["void"]["note"] == WHY["note"]
    told = await service.outbox(made["id"])
    assert told[-3:] == ["permit.fees-paid.v1", "permit.payment-cancelled.v1", "permit.fees-paid.v1"]
    own = (await service.seen(made))["bill"]
    assert [one["receipt"] for one in own["past_payments"]] == [first]
    assert "by" not in own["past_payments"][0]["cancelled"]
    lines = await service.store.trail.newest(TrailFilter(made["id"], None, "cashier", None, None), 9, None)
    assert [line.act for _, line in lines] == ["payments", "cancel-payment", "payments"]


async def test_who_may_cancel_and_what_is_refused(service: Permits) -> None:
    made = await owed(service)
    for role in ("officer", "examiner", "signatory", "supervisor", "admin"):
        assert (await service.act(made, "payments/cancel", service.staff(role), WHY)).status_code == 403
    assert (await service.act(made, "payments/cancel", None, WHY)).status_code == 401
    cashier = service.staff("cashier")
    assert (await service.act(made, "payments/cancel", cashier, WHY)).json()["code"] == "nothing-entered"
    await pay(service, made)
    assert (await service.act(made, "payments/cancel", cashier, {"note": " "})).status_code == 422
    await service.act(made, "refund", cashier, {"note": "ชำระซ้ำ", "document": "บค 1/2569"})
    assert (await service.act(made, "payments/cancel", cashier, WHY)).json()["code"] == "already-refunded"


async def test_the_banks_number_is_free_for_the_application_that_it_belongs_to_and_not_taken_here_again(
    service: Permits,
) -> None:
    wrong, right = await owed(service), await owed(service)
    rows = row(wrong, number="T1")
    assert told(await take(service, rows)) == [("matched", "taken")]

    await cancel(service, wrong)

    assert told(await take(service, rows)) == [("unmatched", "entry-cancelled")]
    assert (await service.seen(wrong))["bill"]["standing"] == "due"
    assert (await pay(service, right, method="transfer", transaction="T1")).status_code == 200


async def test_a_crash_before_the_book_knows_leaves_the_line_to_be_marked(
    service: Permits, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await owed(service)
    await pay(service, made)
    mark = service.store.receipts.void

    async def crash(*_: object) -> bool:
        raise ConnectionError("the process is gone")

    monkeypatch.setattr(service.store.receipts, "void", crash)
    cut_off = await service.act(made, "payments/cancel", service.staff("cashier"), WHY)
    monkeypatch.setattr(service.store.receipts, "void", mark)
    before = (await book(service))[0]["standing"]
    await timers.do_what_is_due(service.desk, made["id"], moments.RECEIPT, Cause.request(at=now()))
    after = (await book(service))[0]["standing"]

    assert (cut_off.status_code, before, after) == (503, "issued", "void")
    await wake(service)  # it waits for nothing any more
    case = await service.store.applications.get(made["id"])
    assert case is not None
    assert (await receipt_book.mark_void(service.desk, case)) is case


async def test_what_is_withdrawn_or_refused_is_on_no_list_and_has_no_invoice_whatever_stands_in_it(
    service: Permits,
) -> None:
    """As a replica of a release that left the invoice open has it."""
    withdrawn, refused = await owed(service), await owed(service)
    cases = service.store.applications.collection
    await cases.update_one({"_id": withdrawn["id"]}, {"$set": {"state.state": "withdrawn"}})
    await cases.update_one({"_id": refused["id"]}, {"$set": {"state.decision.decision": "refused"}})

    listed = (await service.http.get("/api/v1/permits/bills", headers=service.staff("cashier"))).json()["items"]

    assert listed == []
    for made in (withdrawn, refused):
        seen = (await service.seen(made))["bill"]
        assert (seen["standing"], seen["promptpay"]) == ("void", None)
        path = f"/api/v1/applications/{made['reference']}/file.zip"
        whole = await service.http.get(path, params={"secret": made["secret"]})
        assert whole.status_code == 200
        assert "invoice.pdf" not in ZipFile(BytesIO(whole.content)).namelist()


async def test_cashier_and_applicant_see_on_their_pages_what_is_true_now(service: Permits) -> None:
    made, cashier = await owed(service), service.staff("cashier")
    first = (await pay(service, made)).json()["payment"]["receipt"]
    at = f"/permits/cashier/{made['reference']}"

    empty = await service.http.post(f"{at}/cancel", data={"note": ""}, headers=cashier)
    done = await service.http.post(f"{at}/cancel", data=WHY, headers=cashier)

    assert (empty.status_code, done.status_code) == (422, 303)
    assert '<details class="card more withdraw" open>' in empty.text
    page = (await service.http.get(at, headers=cashier)).text
    assert first in page
    assert WHY["note"] in page
    assert f'action="{at}/payments"' in page
    assert f'action="{at}/cancel"' not in page
    whole_book = (await service.http.get("/permits/cashier/receipts", headers=cashier)).text
    assert f"เหตุผล {WHY['note']}" in whole_book
    own = (await service.http.get(f"/permits/{made['reference']}/pay", params={"secret": made["secret"]})).text
    assert "ยังต้องชำระค่าธรรมเนียม" in own
    assert first in own
    assert "name of cashier" not in own
    pdf = f"/api/v1/applications/{made['reference']}/receipt.pdf"
    query = {"secret": made["secret"], "number": first}
    assert (await service.http.get(pdf, params=query)).content.startswith(b"%PDF")
    assert (await service.http.get(pdf, params={**query, "number": "P-9/2569"})).status_code == 404
    assert (await service.http.get(pdf, params={"secret": made["secret"]})).status_code == 404
    zipped = await service.http.get(
        f"/api/v1/applications/{made['reference']}/file.zip", params={"secret": made["secret"]}
    )
    names = set(ZipFile(BytesIO(zipped.content)).namelist())
    assert {"invoice.pdf", f"void-{first.replace('/', '-')}.pdf"} <= names

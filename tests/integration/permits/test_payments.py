"""Fees on a real database: invoice, payment, receipt numbers without gaps, the bank's statement, refund, who may."""

import asyncio
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from services.permits import payments, timers
from services.permits.domain import moments
from services.permits.receipt_store import Book, Paid
from shared.events.ids import new_id
from shared.kernel import Cause, Transient, now
from shared.kernel.mongo_trail import TrailFilter
from tests.support.permits import a_payment
from tests.support.permits_running import PDF, Permits

HEAD = "Transaction ID,Date,Amount,Ref1\n"
CASH = {"amount": "95.00", "method": "cash"}


async def owed(service: Permits) -> dict[str, str]:
    """A decided application whose 95 baht are to be paid."""
    return await service.brought_to("decided")


async def pay(service: Permits, made: dict[str, str], **changes: Any) -> httpx.Response:
    return await service.act(made, "payments", service.staff("cashier"), {**CASH, **changes})


def row(made: dict[str, str], amount: str = "95.00", number: str | None = None) -> str:
    return f"{number or new_id()},23/11/2026,{amount},{made['reference'].replace('-', '')}\n"


async def take(service: Permits, rows: str, *, apply: bool = True) -> dict[str, Any]:
    answer = await service.http.post(
        "/api/v1/permits/statements", content=HEAD + rows, params={"apply": apply}, headers=service.staff("cashier")
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def told(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["outcome"], one["reason"]) for one in answer["items"]]


async def test_a_permit_is_invoiced_paid_receipted_and_told_at_each_step(service: Permits) -> None:
    made = await owed(service)
    bill = (await service.seen(made))["bill"]

    paid = (await pay(service, made)).json()

    assert (bill["amount"], bill["standing"], bill["promptpay"][:8]) == ("95.00", "due", "00020101")
    assert (paid["standing"], paid["payment"]["by"]) == ("paid", "name of cashier")
    assert paid["payment"]["receipt"].startswith("P-1/25")
    assert (await service.outbox(made["id"]))[-3:] == ["permit.decided.v1", "permit.fees-due.v1", "permit.fees-paid.v1"]
    own = await service.seen(made)
    assert own["bill"]["payment"]["receipt"] == paid["payment"]["receipt"]
    assert "by" not in own["bill"]["payment"]
    for paper, there in (("receipt.pdf", 200), ("invoice.pdf", 404)):
        path = f"/api/v1/applications/{made['reference']}/{paper}"
        assert (await service.http.get(path, params={"secret": made["secret"]})).status_code == there
        assert (await service.http.get(path)).status_code == 403


async def test_receipts_are_numbered_without_gaps_whoever_asks_at_once(service: Permits) -> None:
    cases = [new_id() for _ in range(25)]

    async def number(case_id: str, series: str = "P", year: int = 2570, payment: int = 1) -> str:
        paid = Paid(case_id, payment, "MH-0000-0000", 100, now())
        return await service.store.receipts.number(paid, Book(series, year))

    given = await asyncio.gather(*(number(case_id) for case_id in cases * 2))

    assert sorted(set(given), key=lambda one: int(one[2:-5])) == [f"P-{one}/2570" for one in range(1, 26)]
    assert given[:25] == given[25:]
    assert await number(new_id(), "S") == "S-1/2570"
    assert await number(new_id(), year=2571) == "P-1/2571"
    again = await asyncio.gather(*(number(cases[0], payment=2) for _ in range(4)))
    assert set(again) == {"P-26/2570"}, "another payment of the same application has a receipt of its own"
    await service.desk.store.applications.collection.database["receipts"].update_one(
        {"_id": "P-26/2570"}, {"$set": {"case_id": "before"}, "$unset": {"payment": 1}}
    )
    assert await number("before") == "P-26/2570", "a line of an earlier release is of the first"


async def test_a_crash_after_the_payment_leaves_no_gap_and_no_payment_without_a_receipt(
    service: Permits, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await owed(service), await owed(service)
    take_number = service.store.receipts.number

    async def crash(*_: object) -> str:
        raise Transient("the process is gone")

    monkeypatch.setattr(service.store.receipts, "number", crash)
    assert (await pay(service, first)).status_code == 503
    monkeypatch.setattr(service.store.receipts, "number", take_number)
    between = (await service.seen(first))["bill"]
    after = (await pay(service, second)).json()
    await timers.do_what_is_due(service.desk, first["id"], moments.RECEIPT, Cause.request(at=now()))
    late = (await service.seen(first))["bill"]

    assert (between["standing"], between["payment"]["receipt"]) == ("paid", None)
    assert after["payment"]["receipt"].startswith("P-1/")
    assert late["payment"]["receipt"].startswith("P-2/")


async def test_what_does_not_fit_is_refused_with_its_reason(service: Permits) -> None:
    made, other, open_still = await owed(service), await owed(service), await service.brought_to("submitted")
    refused: list[tuple[dict[str, str], dict[str, Any], str]] = [
        (made, {"amount": "94.99"}, "too-little"), (made, {"amount": "95.01"}, "too-much"),
        (made, {"amount": "0"}, "invalid"), (made, {"amount": "-95"}, "invalid"), (made, {"amount": 95.0}, "invalid"),
        (made, {"amount": "9" * 14}, "invalid"), (made, {"method": "gold"}, "invalid"),
        (made, {"reference": other["reference"]}, "other-reference"),
        (made, {"paid_on": "2100-01-01T00:00:00Z"}, "paid-tomorrow"), (open_still, {}, "no-fees"),
    ]  # fmt: skip
    for case, changes, code in refused:
        answer = await pay(service, case, **changes)
        assert (changes, answer.json()["code"]) == (changes, code)
    assert (await pay(service, made, transaction="T1", reference=made["reference"])).status_code == 200
    assert (await pay(service, made)).json()["code"] == "already-paid"
    assert (await pay(service, other, transaction="T1")).json()["code"] == "transaction-used"


async def test_the_same_key_pays_once(service: Permits) -> None:
    made = await owed(service)
    path, headers = f"/api/v1/applications/{made['reference']}/payments", service.staff("cashier")
    headers["Idempotency-Key"] = "one-payment"

    answers = [await service.http.post(path, json=CASH, headers=headers) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json()["payment"]["receipt"] == answers[1].json()["payment"]["receipt"]


async def test_a_statement_is_looked_through_taken_once_and_says_what_it_could_not_match(service: Permits) -> None:
    made, short, gone = await owed(service), await owed(service), await service.brought_to("submitted")
    await service.act(gone, "withdraw")
    elsewhere = await owed(service)
    await pay(service, elsewhere, transaction="T9")
    paid_by = row(made)
    rows = "".join((
        paid_by, paid_by, row(made), row(short, "90.00"), row(gone), row(short, number="T9"),
        row({"reference": "MH-0000-0001"}), f"{new_id()},23/11/2026,x,{made['reference']}\n",
    ))  # fmt: skip
    expected = [
        ("duplicate", "twice-in-file"), ("unmatched", "already-paid"), ("unmatched", "too-little"),
        ("unmatched", "no-fees"), ("unmatched", "transaction-used"), ("unmatched", "unknown-reference"),
        ("wrong", "amount"),
    ]  # fmt: skip

    dry = await take(service, rows, apply=False)
    before = (await service.seen(made))["bill"]["standing"]
    first, again = await take(service, rows), await take(service, rows)

    assert (before, told(dry)) == ("due", [("matched", "to-take"), *expected])
    assert told(first) == [("matched", "taken"), *expected]
    assert told(again) == [("duplicate", "taken-before"), *expected]
    assert first["counts"] == {"matched": 1, "unmatched": 5, "duplicate": 1, "wrong": 1}
    book = await service.http.get("/api/v1/permits/receipts", headers=service.staff("supervisor"))
    assert [one["reference"] for one in book.json()["items"]] == [
        made["reference"], elsewhere["reference"],
    ]  # fmt: skip


async def test_a_statement_knows_what_a_cashier_has_entered_by_hand_and_hides_no_second_payment(
    service: Permits,
) -> None:
    made, other, third = await owed(service), await owed(service), await owed(service)
    refused = await pay(service, made, method="transfer", transaction=" - ")
    by_hand = a_payment(9500, method="transfer")  # as in a town whose bank numbers nothing
    entered = await payments.take(service.desk, made["id"], by_hand, Cause.request(at=now()))
    assert entered.state.bill is not None
    assert entered.state.bill.payment is not None
    receipt = entered.state.bill.payment.receipt
    rows = "".join((
        row(made), row(made), row(other, number="N1"), row(third, number="N1"), row(third, "94.00", number="N1"),
    ))  # fmt: skip
    rest = [("unmatched", "already-paid"), ("matched", "taken"), *[("unmatched", "transaction-used")] * 2]

    dry, first, again = await take(service, rows, apply=False), await take(service, rows), await take(service, rows)

    assert (refused.status_code, refused.json()["code"]) == (422, "no-number")
    assert told(first) == [("duplicate", "taken-by-hand"), *rest]
    assert first["items"][0]["receipt"] == receipt
    assert [(what, why.replace("to-take", "taken")) for what, why in told(dry)] == told(first)
    assert told(again)[:3] == [
        ("duplicate", "taken-before"), ("unmatched", "already-paid"), ("duplicate", "taken-before"),
    ]  # fmt: skip


async def test_what_is_looked_through_is_refused_as_what_is_taken(service: Permits) -> None:
    made = await owed(service)
    tomorrow = row(made).replace("23/11/2026", "23/11/2100")

    dry, taken = await take(service, tomorrow, apply=False), await take(service, tomorrow)

    assert told(dry) == told(taken) == [("unmatched", "paid-tomorrow")]


async def test_a_full_statement_in_thai_goes_through_the_page(service: Permits) -> None:
    made = await owed(service)
    head = HEAD.replace("\n", ",Memo\n")
    filler = f'X,23/11/2026,1.00,,"{"ค่าธรรมเนียม" * 13}"\n'
    text = head + row(made, number="T7").replace("\n", ",ก\n") + filler * 900

    answer = await service.http.post(
        "/permits/cashier/statement/take", data={"rows": text}, headers=service.staff("cashier")
    )

    assert 400_000 < len(text.encode()) < 512 * 1024
    assert answer.status_code == 200, answer.text[:300]
    assert (await service.seen(made))["bill"]["standing"] == "paid"


async def test_the_page_says_what_the_banks_file_looks_like_and_so_does_a_row_that_is_none(service: Permits) -> None:
    cashier = service.staff("cashier")
    page = (await service.http.get("/permits/cashier/statement", headers=cashier)).text
    how = service.desk.town.payments
    assert how
    assert how.statement
    assert [name for _, name in how.statement.columns if name and name not in page] == []
    rows = HEAD + "A1,2026-11-23,20,MH\n"
    shown = await service.http.post("/permits/cashier/statement/take", data={"rows": rows}, headers=cashier)
    assert "วันที่ไม่ถูกต้อง ต้องเขียนเช่น" in shown.text


async def test_the_fee_of_a_revoked_permit_is_asked_for_by_nobody(service: Permits) -> None:
    made, cashier = await owed(service), service.staff("cashier")
    listed = (await service.http.get("/permits/cashier", headers=cashier)).text
    revoked = await service.act(made, "revoke", service.staff("signatory"), {"reason": "ก่อสร้างผิดแบบ"})
    assert revoked.status_code == 200, revoked.text
    after = (await service.http.get("/permits/cashier", headers=cashier)).text
    assert (made["reference"] in listed, made["reference"] in after) == (True, False)
    own = await service.http.get(
        f"/permits/{made['reference']}", params={"secret": made["secret"]}, follow_redirects=True
    )
    assert ("มีค่าธรรมเนียมที่ต้องชำระ" in own.text, 'class="steps' in own.text) == (False, False)
    paid = await service.act(made, "payments", cashier, {"amount": "๘๐.๐๐", "method": "cash"})
    assert paid.json()["code"] == "nothing-due"


async def test_what_was_paid_is_given_back_once_and_stays_in_the_book(service: Permits) -> None:
    made = await owed(service)
    await pay(service, made)
    cashier, back = service.staff("cashier"), {"note": "ชำระซ้ำ", "document": "บค 1/2569"}

    given = (await service.act(made, "refund", cashier, back)).json()
    twice = await service.act(made, "refund", cashier, back)

    assert (given["standing"], given["refund"]["document"]) == ("refunded", "บค 1/2569")
    assert (twice.status_code, twice.json()["code"]) == (409, "already-refunded")
    assert (await service.outbox(made["id"]))[-1] == "permit.fees-refunded.v1"
    own = await service.http.get(
        f"/api/v1/applications/{made['reference']}/receipt.pdf", params={"secret": made["secret"]}
    )
    assert own.status_code == 200


async def test_the_whole_file_is_one_zip_of_what_each_may_see(service: Permits) -> None:
    made = await owed(service)
    await pay(service, made)
    path = f"/api/v1/applications/{made['reference']}/file.zip"

    own = await service.http.get(path, params={"secret": made["secret"]})
    office = await service.http.get(path, headers=service.staff("officer"))

    with ZipFile(BytesIO(own.content)) as archive, ZipFile(BytesIO(office.content)) as full:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert {"index.html", "timeline.json", "decision.json", "checks.json", "receipt.pdf"} <= names
        assert archive.read("documents/plans-1.pdf") == PDF
        assert made["reference"] in archive.read("index.html").decode()
        assert "name of examiner" not in archive.read("timeline.json").decode()
        assert "name of examiner" in full.read("timeline.json").decode()
    assert (await service.http.get(path)).status_code == 403
    assert (await service.http.get(path, headers=service.staff("cashier"))).status_code == 403
    line = await service.store.trail.newest(TrailFilter(made["id"], None, "officer", None, None), 1, None)
    assert [one.act for _, one in line] == ["export"]


async def test_cashiers_find_what_is_to_be_paid_and_see_nothing_else_of_an_application(service: Permits) -> None:
    made = await owed(service)
    cashier = service.staff("cashier")

    listed = (await service.http.get("/api/v1/permits/bills", headers=cashier)).json()["items"]
    path = f"/api/v1/applications/{made['reference']}"

    assert [(one["application"], one["amount"]) for one in listed] == [(made["reference"], "95.00")]
    assert (await service.http.get(f"{path}/bill", headers=cashier)).status_code == 200
    assert "form" not in (await service.http.get(path, headers=cashier)).json()
    assert (await service.http.get(f"{path}/documents/plans", headers=cashier)).status_code == 403
    for role in ("officer", "examiner", "signatory", "admin"):
        assert (await service.act(made, "payments", service.staff(role), CASH)).status_code == 403

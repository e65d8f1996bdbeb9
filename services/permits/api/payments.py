"""Invoices, payments and receipts over HTTP: for applicants what is to be paid, for cashiers to say that it was."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from services.permits import payments
from services.permits.access import (
    DESK_LIMITED,
    LIMITED,
    Bookkeeper,
    Cashier,
    Invoice,
    Key,
    OfMoney,
    TheDesk,
    cause_of,
    find_for_cashier,
)
from services.permits.api.bills import list_receipts, show_bill
from services.permits.api.places import bill_key, receipt_key
from services.permits.api.views import Showing, show_to
from services.permits.domain.application import Application
from services.permits.domain.bill import FIRST, Bill
from services.permits.domain.invoices import bill_of, key_of, write_invoice_reference
from services.permits.domain.money import baht
from services.permits.domain.statement import Row, read_statement
from services.permits.payment_bodies import CancelledEntry, GivenBack, TakenPayment
from services.permits.payment_papers import make_invoice, make_receipt
from services.permits.receipt_store import Receipt
from services.permits.statement_taking import take_statement
from shared.kernel import Reject
from shared.web import Paging, Problem, read_paging, time_place
from shared.web.headers import SANDBOXED

router = APIRouter(tags=["payments"])
STATEMENT_BYTES = 512 * 1024  # a thousand long rows
_PRIVATE = {"Cache-Control": "private, no-store", **SANDBOXED}


@router.get("/api/v1/applications/{reference}/bill")
async def bill(request: Request, visit: OfMoney, number: Invoice = FIRST) -> dict[str, Any]:
    """The invoice: what is to be paid and by when, what the PromptPay code says, what was paid; 404 before there is
    one. `invoice`: another than the application's own, as `bills` of the application has it; so in all that follows."""
    return await show_invoice(show_to(request, staff=visit.viewer == "staff"), visit.application, number)


@router.get("/api/v1/applications/{reference}/invoice.pdf", dependencies=[LIMITED])
async def invoice(visit: OfMoney, desk: TheDesk, number: Invoice = FIRST) -> Response:
    """The invoice to print, as long as it is to be paid."""
    application, asked = visit.application, bill_of(visit.application, number)
    pdf = await make_invoice(application, asked, await desk.rules_for(application), desk.town)
    return _pdf(pdf, f"{write_invoice_reference(application, asked) if asked else application.reference}-invoice")


@router.get("/api/v1/applications/{reference}/receipt.pdf", dependencies=[LIMITED])
async def receipt(
    visit: OfMoney, desk: TheDesk, invoice: Invoice = FIRST, number: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """The receipt, also of what was given back since; to whoever paid it, and to the staff. `number`: of one that is
    void."""
    application, paid = visit.application, bill_of(visit.application, invoice)
    asked = number or (paid.payment.receipt if paid and paid.payment else "")
    if asked not in list_receipts(application, staff=visit.viewer == "staff"):
        raise Problem(404, "no-receipt")
    pdf = await make_receipt(application, await desk.rules_for(application), desk.town, asked)
    return _pdf(pdf, f"{application.reference}-receipt")


@router.post("/api/v1/applications/{reference}/payments", dependencies=[DESK_LIMITED])
async def take(
    request: Request, reference: str, body: TakenPayment, desk: TheDesk, who: Cashier, key: Key, number: Invoice = FIRST
) -> dict[str, Any]:
    """The cashier has the money: all of the invoice, to the satang. The receipt's number is in the answer."""
    case = await find_for_cashier(desk, reference)
    cause = cause_of(key, "payments", key_of(case.id, number), who, body)
    after = await payments.take_payment(desk, case, number, who, body, cause)
    return await show_invoice(show_to(request, staff=True), after.state, number)


@router.post("/api/v1/applications/{reference}/payments/cancel", dependencies=[DESK_LIMITED])
async def cancel(
    request: Request,
    reference: str,
    body: CancelledEntry,
    desk: TheDesk,
    who: Cashier,
    key: Key,
    number: Invoice = FIRST,
) -> dict[str, Any]:
    """The payment was entered by mistake: its receipt is void and stays in the book, and the fees are due again."""
    case = await find_for_cashier(desk, reference)
    cause = cause_of(key, "cancel-payment", key_of(case.id, number), who, body)
    after = await payments.cancel_payment(desk, case.id, number, who, body, cause)
    return await show_invoice(show_to(request, staff=True), after.state, number)


@router.post("/api/v1/applications/{reference}/refund", dependencies=[DESK_LIMITED])
async def refund(
    request: Request, reference: str, body: GivenBack, desk: TheDesk, who: Cashier, key: Key, number: Invoice = FIRST
) -> dict[str, Any]:
    """All that was paid goes back, once; the receipt stays."""
    case = await find_for_cashier(desk, reference)
    cause = cause_of(key, "refund", key_of(case.id, number), who, body)
    after = await payments.refund_payment(desk, case.id, number, who, body, cause)
    return await show_invoice(show_to(request, staff=True), after.state, number)


@router.get("/api/v1/permits/bills")
async def bills(
    request: Request, desk: TheDesk, pages: Annotated[Paging, Depends(read_paging)], _: Bookkeeper
) -> dict[str, Any]:
    """What is to be paid, the invoice that is due first at the beginning."""
    due = await desk.store.bills.list_unpaid(after=time_place(pages), limit=pages.fetch)
    found = pages.answer(due, bill_key)
    showing = show_to(request, staff=True)
    return {**found, "items": [await show_invoice_row(showing, case.state, one) for case, one in found["items"]]}


@router.get("/api/v1/permits/receipts")
async def receipts(desk: TheDesk, pages: Annotated[Paging, Depends(read_paging)], _: Bookkeeper) -> dict[str, Any]:
    """The receipt book, the newest first."""
    found = pages.answer(await desk.store.receipts.newest(time_place(pages), pages.fetch), receipt_key)
    return {**found, "items": [show_receipt(one) for one in found["items"]]}


@router.post("/api/v1/permits/statements", max_body_size=STATEMENT_BYTES, dependencies=[DESK_LIMITED])
async def statement(request: Request, desk: TheDesk, who: Cashier, apply: bool = False) -> dict[str, Any]:
    """A bank's statement (CSV as the profile describes it): each row with what it pays or why it pays nothing. Without
    `apply` nothing is changed; the same file once more changes nothing either."""
    rows = read_rows(show_to(request, staff=True), await request.body())
    judged = await take_statement(desk, rows, who, apply=apply)
    return {"applied": apply, "counts": count_rows(judged), "items": [show_row(row) for row in judged]}


def read_rows(showing: Showing, content: bytes) -> list[Row]:
    """The file as the profile's bank writes it. Reject where the profile names none."""
    town = showing.town
    if town.payments is None or town.payments.statement is None:
        raise Reject("no-statements", "the profile does not say how the town's bank writes statements", status=404)
    return read_statement(content, town.payments.statement, ZoneInfo(town.timezone))


def count_rows(rows: list[Row]) -> dict[str, int]:
    """How many there are of each outcome."""
    return {
        outcome: sum(row.outcome == outcome for row in rows)
        for outcome in ("matched", "unmatched", "duplicate", "wrong")
    }


def show_row(row: Row) -> dict[str, Any]:
    """One row, and what it is worth."""
    return {
        "line": row.line,
        "reference": row.reference,
        "amount": baht(row.satang),
        "paid_on": row.paid_on,
        "transaction": row.transaction,
        "outcome": row.outcome,
        "reason": row.reason,
        "receipt": row.receipt or None,
    }


def show_receipt(one: Receipt) -> dict[str, Any]:
    """One line of the receipt book. Of one that was lost in a restoration nobody knows for what it was."""
    return {
        "receipt": one.number,
        "standing": "lost" if one.lost else "void" if one.void else "issued",
        "reference": one.reference or None,
        "satang": None if one.lost else one.satang,
        "amount": None if one.lost else baht(one.satang),
        "at": one.at,
        "void": one.void,
    }


async def show_invoice(showing: Showing, application: Application, number: int = FIRST) -> dict[str, Any]:
    """The invoice of that number, with what it is for; 404 where there is none."""
    bill = bill_of(application, number)
    if bill is None:
        raise Problem(404, "no-bill")
    rules = await showing.desk.rules_for(application)
    shown = show_bill(application, bill, rules, showing)
    return {"application": application.reference, "type_name": rules.permit.name.get(showing.language), **shown}


async def show_invoice_row(showing: Showing, application: Application, bill: Bill) -> dict[str, Any]:
    """One line of the list of invoices: who has to pay what."""
    shown = await show_invoice(showing, application, bill.number)
    names = (
        "application",
        "invoice",
        "purpose",
        "purpose_text",
        "type_name",
        "satang",
        "amount",
        "due_at",
        "pay_first",
    )
    return {**{name: shown[name] for name in names}, "applicant": application.applicant.name}


def _pdf(content: bytes, name: str) -> Response:
    headers = {**_PRIVATE, "Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)

"""The cashier's pages: what is to be paid, one invoice, the bank's statement, the receipt book."""

from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits import payments
from services.permits.access import DESK_LIMITED, Bookkeeper, Cashier, Invoice, TheDesk, cause_of, find_for_cashier
from services.permits.api.bills import show_bills
from services.permits.api.payments import show_invoice, show_invoice_row, show_receipt
from services.permits.api.places import bill_key, receipt_key
from services.permits.api.views import show_to
from services.permits.bodies import Search
from services.permits.codes import read_invoice
from services.permits.domain.application import Application
from services.permits.domain.bill import FIRST, Bill
from services.permits.domain.invoices import bill_of, is_awaited, is_owed, key_of, list_owed
from services.permits.domain.money import baht
from services.permits.pages.forms import read_body, text_of
from services.permits.payment_bodies import CancelledEntry, GivenBack, TakenPayment
from services.permits.receipt_book import waits_for_operator
from shared.kernel import Case, Reject, now
from shared.times import read_local_time
from shared.web import Paging, Person, page, read_paging, say_refusal, time_place

router = APIRouter(prefix="/permits/cashier", include_in_schema=False)
_METHODS = ("cash", "transfer", "promptpay", "cheque")


@router.get("")
async def board(
    request: Request, desk: TheDesk, who: Bookkeeper, pages: Annotated[Paging, Depends(read_paging)], q: Search = ""
) -> Response:
    """What is to be paid, the invoice that is due first at the beginning; or the one that somebody typed."""
    named = read_invoice(desk.town.reference_prefix, q or "")
    case = await desk.store.find_by_reference(named[0]) if named else None
    if named and case:
        return RedirectResponse(_path(case, _choose_invoice(case.state, named[1])), 303)
    due = await desk.store.bills.list_unpaid(after=time_place(pages), limit=pages.fetch)
    rows = pages.answer(due, bill_key)
    showing = show_to(request, staff=True)
    items = [await show_invoice_row(showing, case.state, bill) for case, bill in rows["items"]]
    books = desk.town.payments is not None and desk.town.payments.statement is not None
    return page(
        request,
        "cashier.html",
        items=items,
        next=rows["next"],
        q=q,
        not_found=bool(q),
        at=now(),
        takes=books and "cashier" in who.roles,
    )


@router.get("/receipts")
async def receipts(
    request: Request, desk: TheDesk, _: Bookkeeper, pages: Annotated[Paging, Depends(read_paging)]
) -> HTMLResponse:
    """The receipt book, the newest first."""
    rows = pages.answer(await desk.store.receipts.newest(time_place(pages), pages.fetch), receipt_key)
    return page(request, "receipts.html", items=[show_receipt(one) for one in rows["items"]], next=rows["next"])


@router.get("/{reference}")
async def show(
    request: Request, reference: str, desk: TheDesk, who: Bookkeeper, number: Invoice = FIRST
) -> HTMLResponse:
    """One invoice, and what this cashier may do with it. Of the application itself nothing is shown."""
    return await _page(request, await find_for_cashier(desk, reference), number, who)


@router.post("/{reference}/payments", dependencies=[DESK_LIMITED])
async def take(request: Request, reference: str, desk: TheDesk, who: Cashier, number: Invoice = FIRST) -> Response:
    """The cashier has the money."""
    case = await find_for_cashier(desk, reference)
    async with request.form() as sent:
        typed = {name: text_of(sent, name) for name in ("amount", "method", "paid_on", "transaction", "reference")}
    values = {**typed, "paid_on": _midnight(typed["paid_on"], desk.town.timezone)}
    body, wrong = read_body(TakenPayment, values, request)
    if wrong:
        return await _page(request, case, number, who, wrong, 422, typed)
    cause = cause_of(None, "payments", key_of(case.id, number), who)
    act = payments.take_payment(desk, case, number, who, body, cause)
    return await _answer_act(request, case, number, who, typed, act, body.satang)


@router.post("/{reference}/refund", dependencies=[DESK_LIMITED])
async def refund(request: Request, reference: str, desk: TheDesk, who: Cashier, number: Invoice = FIRST) -> Response:
    """All of it goes back."""
    case = await find_for_cashier(desk, reference)
    async with request.form() as sent:
        typed = {name: text_of(sent, name) for name in ("note", "document")}
    body, wrong = read_body(GivenBack, typed, request)
    if wrong:
        return await _page(request, case, number, who, wrong, 422, typed)
    cause = cause_of(None, "refund", key_of(case.id, number), who)
    return await _answer_act(
        request, case, number, who, typed, payments.refund_payment(desk, case.id, number, who, body, cause)
    )


@router.post("/{reference}/cancel", dependencies=[DESK_LIMITED])
async def cancel(request: Request, reference: str, desk: TheDesk, who: Cashier, number: Invoice = FIRST) -> Response:
    """The payment was entered by mistake."""
    case = await find_for_cashier(desk, reference)
    async with request.form() as sent:
        note = text_of(sent, "note")
    body, wrong = read_body(CancelledEntry, {"note": note}, request)
    typed = {"cancel_note": note}
    if wrong:
        return await _page(request, case, number, who, wrong, 422, typed)
    cause = cause_of(None, "cancel-payment", key_of(case.id, number), who)
    return await _answer_act(
        request, case, number, who, typed, payments.cancel_payment(desk, case.id, number, who, body, cause)
    )


def _path(case: Case[Application], number: int) -> str:
    """The page of that invoice."""
    return f"/permits/cashier/{case.state.reference}" + ("" if number == FIRST else f"?invoice={number}")


def _choose_invoice(application: Application, number: int) -> int:
    """Whoever names the application means the invoice that is to be paid; else its own."""
    owed = [bill.number for bill in list_owed(application)]
    return owed[0] if number == FIRST and owed else number


async def _page(
    request: Request,
    case: Case[Application],
    number: int,
    who: Person,
    problem: str = "",
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    showing, application = show_to(request, staff=True), case.state
    summary, bill = await showing.summary(application), bill_of(application, number)
    bills = show_bills(application, await showing.desk.rules_for(application), showing)
    takes = "cashier" in who.roles
    paid = takes and bill is not None and bill.standing == "paid"
    return page(
        request,
        "cashier_case.html",
        status_code=status,
        application={**summary, "applicant": application.applicant.name},
        bill=await show_invoice(showing, application, number) if bill else None,
        others=[other for other in bills if other["invoice"] != number],
        numbers_wait=await waits_for_operator(showing.desk, application, bill),
        problem=problem,
        typed=typed or {},
        methods=[(method, showing.say(f"method.{method}")) for method in _METHODS],
        today=now().astimezone(ZoneInfo(showing.town.timezone)).date().isoformat(),
        can_take=takes and bill is not None and is_owed(application, bill),
        can_cancel=paid and bool(bill and bill.payment and bill.payment.receipt),
        can_refund=paid and bill is not None and not is_awaited(application, bill),
    )


async def _answer_act(
    request: Request,
    case: Case[Application],
    number: int,
    who: Person,
    typed: Mapping[str, str],
    act: Awaitable[object],
    amount: int = 0,
) -> Response:
    """Back to the invoice; or its page with the reason, and with what was typed."""
    try:
        await act
    except Reject as error:
        reason = _reason(request, bill_of(case.state, number), error, amount)
        return await _page(request, case, number, who, reason, error.status, typed)
    return RedirectResponse(_path(case, number), 303)


def _reason(request: Request, bill: Bill | None, error: Reject, amount: int) -> str:
    """With both amounts and their difference, where that is the reason."""
    if bill is None or error.code not in ("too-little", "too-much"):
        return say_refusal(request, error)
    values = {"asked": baht(bill.satang), "came": baht(amount), "difference": baht(abs(bill.satang - amount))}
    return show_to(request).say(f"explained.{error.code}", **values)


def _midnight(day: str, timezone: str) -> datetime | str | None:
    """A day of the page's form as a moment; what is none is left for the form's check to say so."""
    try:
        return read_local_time(f"{day}T00:00", ZoneInfo(timezone)) if day else None
    except ValueError:
        return day

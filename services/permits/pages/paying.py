"""The applicant's page of an invoice: what is to be paid and how, and afterwards the receipt."""

from io import BytesIO

import segno
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from services.permits.access import LIMITED, READ_LIMITED, Invoice, OnOwnPage
from services.permits.api.bills import promptpay_of
from services.permits.api.payments import show_invoice
from services.permits.api.views import show_to
from services.permits.domain.bill import FIRST
from services.permits.domain.invoices import bill_of, write_invoice_reference
from shared.web import Problem, page

router = APIRouter(include_in_schema=False)


@router.get("/permits/{reference}/pay", dependencies=[READ_LIMITED])
async def pay(request: Request, visit: OnOwnPage, number: Invoice = FIRST) -> Response:
    """The invoice with its PromptPay code; before there is one, the application."""
    visit.need("applicant")
    if bill_of(visit.application, number) is None:
        return RedirectResponse(f"/permits/{visit.application.reference}", 303)
    showing = show_to(request)
    bill = await show_invoice(showing, visit.application, number)
    code = segno.make(bill["promptpay"], error="m") if bill["promptpay"] else None
    return _page(request, bill, Markup(code.svg_inline(border=4, light="#fff", omitsize=True)) if code else None)  # noqa: S704 - drawn by us, of letters and digits


@router.get("/permits/{reference}/pay/code.png", dependencies=[LIMITED])
async def code_picture(request: Request, visit: OnOwnPage, number: Invoice = FIRST) -> Response:
    """The code as a picture: a telephone cannot scan its own screen, but banking apps take a picture."""
    visit.need("applicant")
    bill = bill_of(visit.application, number)
    text = promptpay_of(visit.application, bill, show_to(request)) if bill else None
    if bill is None or text is None:
        raise Problem(404, "http-404")
    drawn = BytesIO()
    segno.make(text, error="m").save(drawn, kind="png", scale=10, border=4)
    name = f"{write_invoice_reference(visit.application, bill)}-promptpay.png"
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(drawn.getvalue(), media_type="image/png", headers=headers)


def _page(request: Request, bill: dict[str, object], code: Markup | None) -> HTMLResponse:
    town = show_to(request).town
    return page(request, "pay.html", bill=bill, code=code, payments=town.payments)

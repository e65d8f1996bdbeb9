"""The invoices (ใบแจ้งชำระ) of one application. The first is for the application itself, each later one for what was
asked of its permit since, such as more time. Every act of money is about one of them, and leaves the others alone.
"""

from services.permits.domain.application import Application, with_values
from services.permits.domain.bill import FIRST, Bill


def bills_of(application: Application) -> tuple[Bill, ...]:
    """All bills of the application, the oldest first: the permit's own, then later ones."""
    return (*([application.bill] if application.bill else []), *application.later_bills)


def bill_of(application: Application, number: int | None = FIRST) -> Bill | None:
    """The bill of that number, by default the first; None where there is none."""
    return next((one for one in bills_of(application) if one.number == number), None)


def choose_next_number(application: Application) -> int:
    """Of the next later one. The first is kept for the application, which may have cost nothing."""
    return FIRST + 1 + len(application.later_bills)


def with_bill(application: Application, bill: Bill) -> Application:
    """The application with this invoice, new or changed. The bank's numbers are kept beside: each stands for one
    payment of one invoice of one application."""
    if bill.number == FIRST:
        after = with_values(application, bill=bill)
    else:
        later = {one.number: one for one in application.later_bills} | {bill.number: bill}
        after = with_values(application, later_bills=tuple(later.values()))
    return with_values(after, bank_numbers=bank_numbers_of(after))


def bank_numbers_of(application: Application) -> tuple[str, ...]:
    """The bank's numbers of all payments that stand: each may pay for one bill only."""
    payments = [one.payment for one in bills_of(application) if one.payment]
    return tuple(one.transaction for one in payments if one.transaction)


def is_awaited(application: Application, bill: Bill) -> bool:
    """What it is for is not answered yet."""
    if bill.purpose == "extension":
        asked = application.extension
        return asked is not None and asked.invoice == bill.number and application.standing == "in-force"
    return application.state not in ("decided", "withdrawn")


def is_owed(application: Application, bill: Bill) -> bool:
    """It is to be paid; never where what it is for was withdrawn, refused, revoked or given up. Of a revoked permit it
    stays open: it is owed again when an appeal brings the permit back."""
    return bill.is_open and not _is_over(application, bill)


def _is_over(application: Application, bill: Bill) -> bool:
    if application.standing == "revoked":
        return True
    if bill.purpose == "extension":  # granted before it is paid, it is owed also when the permit has ended
        return bill.pay_first and not is_awaited(application, bill)
    refused = application.decision is not None and application.decision.decision == "refused"
    return application.state == "withdrawn" or refused


def list_owed(application: Application) -> tuple[Bill, ...]:
    """The bills that are to be paid now, the oldest first."""
    return tuple(one for one in bills_of(application) if is_owed(application, one))


def waive(application: Application) -> Application:
    """Of what was withdrawn, refused or given up before it was paid nothing is due any more."""
    for bill in bills_of(application):
        if bill.is_open and not is_owed(application, bill):
            application = with_bill(application, bill.model_copy(update={"standing": "void"}))
    return application


def write_invoice_reference(application: Application, bill: Bill) -> str:
    """By which whoever pays names it: the application's, and of a later one its number, `MH-4K7T-29Q8-2`."""
    return application.reference if bill.number == FIRST else f"{application.reference}-{bill.number}"


def key_of(case_id: str, number: int) -> str:
    """An invoice among those of all applications: the first bears the name of its case, as when there was one."""
    return case_id if number == FIRST else f"{case_id} {number}"

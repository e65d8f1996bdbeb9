"""Whether receipts can be numbered: after a restoration somebody must say which one was the last."""

from collections.abc import Iterator, Sequence

from services.permits.receipt_book import Held, list_held_books
from shared.kernel import Transient
from shared.settings import ServiceSettings
from tools.operate.desks import permits_desk
from tools.operate.doctor.finding import Finding


async def look(settings: ServiceSettings) -> list[Finding]:  # noqa: ARG001 - as the other parts
    """What `onestop receipts` says."""
    try:
        async with permits_desk() as desk:
            _, held = await list_held_books(desk)
    except Transient as error:  # half a restoration
        return [Finding("broken", "receipts", str(error))]
    return list(of_books(held))


def of_books(held: Sequence[Held]) -> Iterator[Finding]:
    """Each book in which nothing is numbered: broken where a payment waits for it, and soon otherwise."""
    for one in held:
        book = one.book
        yield Finding("broken", "receipts", f"after the restoration no receipt of {book} is numbered, {one.waiting} "
                      f"payments wait; the book ends with {book.receipt(one.last)}: find the last one that was printed "
                      f"and say it with `onestop receipts {book.series}-NUMBER/{book.year}`")  # fmt: skip

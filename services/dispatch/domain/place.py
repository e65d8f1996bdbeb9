"""Where the work is, in words."""

from services.dispatch.domain.work_order import WorkOrder

ADDRESS_ANSWER = "address"  # where intake puts an address that has no degrees


def address_of(order: WorkOrder) -> str | None:
    """Where it is in words; a report without degrees has only these."""
    return (order.place and order.place.address) or order.answers.get(ADDRESS_ANSWER)


def address_for_mail(order: WorkOrder) -> str | None:
    """What a message to the team says of a place that no zone names. Mail lies about: a sensitive matter's is on the
    page alone."""
    return None if order.zone or order.sensitive else address_of(order)

"""Every event there is, by type; which service says and hears each family. The README's event map is held to this."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.events.absences import ABSENCE_EVENTS
from shared.events.agencies import AGENCY_EVENTS
from shared.events.base import Event
from shared.events.contacts import CONTACT_EVENTS
from shared.events.incidents import INCIDENT_EVENTS
from shared.events.notices import NOTICE_EVENTS
from shared.events.permits import PERMIT_EVENTS
from shared.events.reports import REPORT_EVENTS
from shared.events.work_orders import WORK_ORDER_EVENTS

SERVICES = ("intake", "dispatch", "permits", "notify")


@dataclass(frozen=True)
class Family:
    """The events about one kind of case: they share a topic, a key and an order."""

    name: str
    title: str
    events: tuple[type[Event], ...]
    key: str  # what the Kafka key and `ce_subject` hold
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    newest_says_all: bool = False  # each event is the whole state of the one key that there is


FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        Family("reports", "Reports and suggestions", REPORT_EVENTS, "report id", ("intake",), ("dispatch", "notify")),
        Family("work-orders", "Work orders and incidents", (*WORK_ORDER_EVENTS, *AGENCY_EVENTS, *INCIDENT_EVENTS),
               "work order, incident or report id", ("dispatch",), ("intake", "notify")),
        Family("permits", "Permit applications", PERMIT_EVENTS, "application id", ("permits",), ("notify",)),
        Family("notices", "Notices", NOTICE_EVENTS, "notice or report id", ("notify",),
               ("intake", "dispatch", "permits")),
        Family("absences", "Absences of offices and teams", ABSENCE_EVENTS, "id of the list", ("permits",),
               ("notify",), newest_says_all=True),
        Family("contacts", "Contacts of reporters and applicants", CONTACT_EVENTS, "case id : party",
               ("intake", "permits", "notify"), ("notify",)),
    )
}  # fmt: skip
PUBLIC_FAMILIES: tuple[str, ...] = ("reports", "work-orders", "permits")
INTERNAL_FAMILIES: tuple[str, ...] = (*PUBLIC_FAMILIES, "notices", "absences")  # contacts are private

EVENTS: Mapping[str, type[Event]] = {event.type: event for family in FAMILIES.values() for event in family.events}

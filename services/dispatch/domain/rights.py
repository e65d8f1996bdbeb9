"""Who may do what to work: the desk sees and does everything, a crew only what its own team holds."""

from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import WorkOrder
from shared.kernel import Reject
from shared.people import Person
from shared.readers import Openness, openness_of
from shared.town import Town

DESK = ("officer", "supervisor")


def sees_all(who: Person) -> bool:
    """Whether the person works at the desk, which sees the work of every team."""
    return who.may(*DESK)


def openness_under(town: Town, order: WorkOrder) -> Openness:
    """How much of it others may know, by its category as the profile has it now."""
    return openness_of(sensitive=order.sensitive, shown=town.shows(order.category))


def openness_of_incident(town: Town, incident: Incident) -> Openness:
    """How much others may know of it: what its category was when it was opened, and is in the profile now."""
    return openness_of(sensitive=incident.sensitive, shown=incident.shown and town.shows(incident.category))


def openness_of_category(town: Town, code: str) -> Openness:
    """How much others may know of all work of that category; nothing of one that the profile no longer has."""
    category = town.categories.get(code)
    return openness_of(sensitive=category.sensitive, shown=town.shows(code)) if category else "hidden"


def need_sight(who: Person, order: WorkOrder) -> None:
    """403 when the work is another team's."""
    if not sees_all(who) and who.team != order.team:
        detail = f"The work is with {order.team} now, you belong to {who.team or 'no team'}."
        raise Reject("other-team", detail, status=403)


def had(who: Person, order: WorkOrder) -> bool:
    """Whether it is, or once was, this person's to work on: what they did then may arrive later."""
    return sees_all(who) or who.team in order.teams


def need_right(who: Person, act: ActName) -> None:
    """403 when only the desk, or only it and a crew's lead decide this."""
    if ACTS[act].by == "desk" and not sees_all(who):
        raise Reject("desk-only", f"Only the desk may {act} work.", status=403)
    if ACTS[act].by == "lead" and not leads(who):
        raise Reject("lead-only", f"Only the team's lead and the desk may {act} work.", status=403)


def leads(who: Person) -> bool:
    """Says who of a team does what: its lead, for that team, and the desk."""
    return sees_all(who) or who.may("lead")


def has_it(who: Person | None, order: WorkOrder) -> bool:
    """Whether the work is theirs among their team."""
    return who is not None and order.person is not None and order.person.sub == who.sub


def need_own(who: Person, order: WorkOrder, act: ActName) -> None:
    """403 when somebody drops what a colleague has; whoever gives work out may take it back too. An incident's work is
    sent back by the desk alone: everybody in it was told that it is over."""
    if act == "send_back" and order.incident is not None and not sees_all(who):
        raise Reject("desk-only", "Only the desk may send back the work of an incident.", status=403)
    if act == "drop" and order.person is not None and order.person.sub != who.sub and not leads(who):
        detail = f"{order.person.shown} has it: only they, the team's lead and the desk may drop it."
        raise Reject("not-yours", detail, status=403)

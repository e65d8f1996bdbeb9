"""Work orders as the pages show them: sorted by what is pressing, with the one next step and the times in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from services.dispatch.domain.acts import ACTS, Where, has_form, list_offered
from services.dispatch.domain.place import address_of
from services.dispatch.domain.proof import proof_of
from services.dispatch.domain.rights import openness_under
from services.dispatch.domain.states import ActName, Traits, traits_of
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.store import Order
from shared.events.work_orders import Priority
from shared.readers import sight_of
from shared.town import Text, Town
from shared.words.fold import fold_text

Group = Literal["doing", "accept", "begin", "waiting"]
GROUPS: tuple[Group, ...] = ("doing", "accept", "begin", "waiting")  # as they stand on the page: by what to do now
URGENCY: dict[Priority, int] = {"emergency": 0, "high": 1, "normal": 2, "low": 3}
LOUD: tuple[Priority, ...] = ("emergency", "high")
AHEAD: tuple[ActName, ...] = ("complete", "pause")  # not possible yet in the first states of work
TAKEN_ONLY = 1  # as far as work is that was accepted and not begun


@dataclass(frozen=True)
class Card:
    """One work order on a board."""

    id: str
    version: int
    order: WorkOrder
    is_late: bool  # either way
    overdue: bool  # and what of it was missed: it should be done
    unseen_late: bool  # nobody took it in time
    icon: str
    traits: Traits  # of its state
    offered: tuple[ActName, ...]
    proof: Literal["photo", "note", "none"]
    is_told_to_all: bool  # everybody reads what the crew writes of it, with personal data covered, and sees its photos
    navigation: str | None  # opens the phone's own map
    progress: int  # 0 to 4: how far along accept, set out, arrive, done; of work that waits, where it goes on

    @property
    def key(self) -> str:
        """The same press twice is one request: the button belongs to this very state of the work."""
        return f"{self.id}-{self.version}"

    @property
    def rank(self) -> str:
        """Where it stands among the cards, as text that sorts: what waits for others last; else first what is late or
        what an agency owes an answer to, then by priority and due time. The page puts a card that changed there by
        itself."""
        order = self.order
        due = int(order.due_at.timestamp()) if order.due_at else 10**10 - 1
        pressing = self.is_late or self.answer_late
        return f"{self.traits.waiting:d}{not pressing:d}{URGENCY.get(order.priority, URGENCY['normal'])}{due:010d}"

    @property
    def answer_late(self) -> bool:
        """Whether an agency has it and should have answered by now."""
        referral = self.order.referral
        return self.order.is_open and referral is not None and referral.is_overdue

    @property
    def group(self) -> Group:
        """What is to be done with it now."""
        return group_of(self.traits)

    @property
    def is_urgent(self) -> bool:
        """Whether a phone makes itself heard when it comes."""
        return self.traits.unseen and self.order.priority in LOUD

    @property
    def spot(self) -> str | None:
        """Its degrees, for the map and the way there."""
        place = self.order.place
        return f"{place.latitude:.6f},{place.longitude:.6f}" if place else None

    @property
    def crew_forms(self) -> list[ActName]:
        """What is offered beside the big button, and what a crew may come to need before there is a network again."""
        big = self.traits.next.act if self.traits.next else None
        there = {*self.offered, *AHEAD} - {big}
        return [act for act in ACTS if act in there and "crew" in ACTS[act].form_at]

    def forms_at(self, where: Where) -> list[ActName]:
        """The acts whose form that page offers beside the big button."""
        big = self.traits.next.act if self.traits.next and where == "crew" else None
        return [act for act in self.offered if has_form(self.order, act, where) and act != big]


def group_of(traits: Traits) -> Group:
    """What is to be done with work in that state: go on, take it, set out, or wait."""
    if traits.waiting:
        return "waiting"
    if traits.unseen:
        return "accept"
    return "doing" if traits.progress > TAKEN_ONLY else "begin"


def make_card(town: Town, case: Order, at: datetime) -> Card:
    """The card of an order as it looks at that moment: what is late, and how it presses."""
    order = case.state
    category = town.categories.get(order.category)
    traits = traits_of(order.state)
    goes_on = traits_of(order.waiting.goes_on) if order.waiting else traits
    return Card(
        id=case.id,
        version=case.version,
        order=order,
        is_late=order.is_late(at),
        overdue=order.is_overdue(at),
        unseen_late=order.is_unseen_late(at),
        icon=category.icon if category else "circle-help",
        traits=traits,
        offered=list_offered(order),
        proof=proof_of(town, order),
        is_told_to_all=sight_of("public", openness_under(town, order)).words == "public",
        navigation=_navigation(town, order),
        progress=goes_on.progress,
    )


def matches(town: Town, order: WorkOrder, asked: str) -> bool:
    """Whether each word that is asked for stands in what a crew knows the work by, in either language."""
    category, zone = town.categories.get(order.category), next((z for z in town.zones if z.code == order.zone), None)
    names: list[Text] = [named.name for named in (category, zone) if named]
    said = " ".join([order.reference, order.text, address_of(order) or "", *(f"{name.th} {name.en}" for name in names)])
    there = fold_text(said)
    return all(word in there for word in fold_text(asked).split())


def sort_by_pressure(cards: Iterable[Card]) -> list[Card]:
    """The cards with the most pressing first (`Card.rank`)."""
    return sorted(cards, key=lambda each: each.rank)


def at_hand(cards: Sequence[Card]) -> str | None:
    """The job that a crew stands before, whose next step is to finish it; of several the one it came to last."""
    here = [card for card in cards if card.traits.next and card.traits.next.act == "complete"]
    return max(here, key=lambda card: card.order.changed_at).id if here else None


def spot_of(card: Card) -> dict[str, float] | None:
    """For the picture of a map; None where only words say the place."""
    place = card.order.place
    return {"latitude": place.latitude, "longitude": place.longitude} if place else None


def _navigation(town: Town, order: WorkOrder) -> str | None:
    """The way there; with an address only, a search for it in the town."""
    if order.place:
        there = f"{order.place.latitude:.6f},{order.place.longitude:.6f}"
        return f"https://www.google.com/maps/dir/?api=1&destination={there}"
    address = address_of(order)
    if not address:
        return None
    words = quote(f"{address} {town.name.get('th')}", safe="")
    return f"https://www.google.com/maps/search/?api=1&query={words}"

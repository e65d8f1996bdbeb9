"""What must be shown before work counts as done, and whether the town checks it then."""

from collections.abc import Sequence
from typing import Literal

from services.dispatch.domain.work_order import WorkOrder
from shared.events.outcomes import Outcome
from shared.kernel import Reject
from shared.town import Town


def proof_of(town: Town, order: WorkOrder) -> Literal["photo", "note", "none"]:
    """What "fixed" needs: what the category asks for, and for an answer its words."""
    category = town.categories.get(order.category)
    return category.proof if category and not order.wants_answer else "note"


def wants_check(town: Town, order: WorkOrder) -> bool:
    """Whether somebody must look at it once it is done: as the category says, else the town. An answer checks itself,
    and a share of split work is checked with the whole."""
    if order.wants_answer or order.parent is not None:
        return False
    category = town.categories.get(order.category)
    priorities = town.verification.priorities if category is None or category.verify is None else category.verify
    return order.priority in priorities


def need_proof(town: Town, order: WorkOrder, outcome: Outcome, note: str | None, photos: Sequence[str]) -> None:
    """422 says what is missing; anything but "fixed" needs its reason."""
    proof = proof_of(town, order)
    if order.state == "new" and not note:
        raise Reject("proof-answer", "Write the answer in the note: the resident reads it.", status=422)
    if outcome == "fixed" and proof == "photo" and not photos:
        raise Reject("proof-photo", "A photo of the finished work is needed in this category.", status=422)
    if outcome == "fixed" and proof == "note" and not (note or photos):
        raise Reject("proof-note", "A note or a photo of the finished work is needed in this category.", status=422)
    if outcome != "fixed" and not note:
        raise Reject("proof-reason", "Say in the note why it was not fixed.", status=422)

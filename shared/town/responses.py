"""Words that officers use again and again, as data: offered with an act, filled with what the case says, then theirs to
change before they send them."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from shared.town.base import Code, Part, Text

ResponseAct = Literal["reply", "complete", "cancel", "refer", "refuse"]
RESPONSE_ACTS: tuple[ResponseAct, ...] = get_args(ResponseAct)
# What can be filled in, as finished text in the template's language. Nothing else may stand in one.
RESPONSE_PLACEHOLDERS = frozenset(("town", "phone", "reference", "category", "team", "due_at"))


class Response(Part):
    """`acts`: with which they are offered (`reply`: a word to the reporter); no `categories`: for all of them."""

    code: Code
    title: Text
    acts: Annotated[tuple[ResponseAct, ...], Field(min_length=1)]
    categories: tuple[Code, ...] = ()
    text: Text

    def fits(self, act: str, category: str) -> bool:
        """Whether it is offered with that act on such a case."""
        return act in self.acts and (not self.categories or category in self.categories)

"""Words that officers use again and again, as data: offered with an act, filled with what the case says, then theirs to
change before they send them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field

from shared.town.base import Code, Part, Text
from shared.town.notices import fill
from shared.words import LANGUAGES

WorkAct = Literal["reply", "complete", "cancel", "refer", "refuse"]
PermitAct = Literal["message", "request", "finding"]
ResponseAct = Literal[WorkAct, PermitAct]
WORK_ACTS: tuple[WorkAct, ...] = get_args(WorkAct)
PERMIT_ACTS: tuple[PermitAct, ...] = get_args(PermitAct)
# What can be filled in, as finished text in the template's language. Nothing else may stand in one.
_EVERYWHERE = frozenset(("town", "phone", "reference", "team", "due_at"))
OF_WORK, OF_PERMITS = _EVERYWHERE | {"category"}, _EVERYWHERE | {"permit_type"}
RESPONSE_PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(WORK_ACTS, OF_WORK),
    **dict.fromkeys(PERMIT_ACTS, OF_PERMITS),
}


class Response(Part):
    """`acts`: with which they are offered. About reports: `reply` is a word to the reporter, the others end or pass on
    the work; of these `categories` alone, or of all. About applications: `message` to the applicant, `request` for
    documents, `finding` about one document; of these `permits` alone, or of all."""

    code: Code
    title: Text
    acts: Annotated[tuple[ResponseAct, ...], Field(min_length=1)]
    categories: tuple[Code, ...] = ()
    permits: tuple[Code, ...] = ()
    text: Text

    def fits(self, act: str, kind: str) -> bool:
        """Whether it is offered with that act on a case of that category, or permit type."""
        kinds = self.permits if act in PERMIT_ACTS else self.categories
        return act in self.acts and (not kinds or kind in kinds)


@dataclass(frozen=True)
class Offered:
    """One of them, filled in: `code` with the language, as a form sends it."""

    code: str
    title: str
    language: str
    text: str


def offer(fitting: Sequence[Response], language: str, values: Mapping[str, Mapping[str, str]]) -> list[Offered]:
    """Each of them in each language, filled with that language's values; the titles in the officer's."""
    return [
        Offered(f"{one.code}.{other}", one.title.get(language), other, fill(one.text.get(other), values[other]))
        for other in LANGUAGES
        for one in fitting
    ]


def text_of_response(offered: Sequence[Offered], code: str) -> str | None:
    """The words of the one that was chosen; None for a code that is not offered there."""
    return next((one.text for one in offered if one.code == code), None)

"""What a notice may say to its reader: the event's data without whatever the one rule keeps from them; pure."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from services.notify.domain.notice import Notice
from shared.events.base import Event, MeantFor, Visibility
from shared.events.catalogue import EVENTS
from shared.events.public import find_meant_for, visibility
from shared.readers import sight_of, words_for

# What a report is about, and who has it in hand: kept from whoever may only know that something happened.
MATTER = ("category", "previous_category", "zone", "previous_team", "agency")


def names_matter(notice: Notice) -> bool:
    """Whether it may say what the case is about and who has it in hand."""
    return sight_of(notice.reader, notice.openness).matter


def as_shown(notice: Notice) -> Notice:
    """The notice with its data as its reader may know it; a text is there in the form that is theirs."""
    event = EVENTS.get(notice.about)
    if event is None or notice.reader == "staff":
        return notice
    sight = sight_of(notice.reader, notice.openness)
    data = {**notice.data, **_texts(event, notice)}
    kept_back = [*(() if sight.matter else MATTER), *(() if sight.ways else _ways(event))]
    if not data.get("into_shown", True):
        kept_back.append("into_reference")
    return notice.model_copy(update={"data": data | dict.fromkeys(kept_back)})


def for_programs(notice: Notice) -> dict[str, Any]:
    """The notice's data as a program of its reader may have it, field by field: what public copies of the event hold
    too, and the texts that are meant for its reader; never what the town's services alone tell each other."""
    event = EVENTS.get(notice.about)
    shown = as_shown(notice).data
    return {name: value for name, value in shown.items() if event and value is not None and _leaves(event, name)}


@cache
def _leaves(event: type[Event], name: str) -> bool:
    if name not in event.model_fields:
        return False
    own = visibility(event, name) in (Visibility.INTERNAL, Visibility.PRIVATE)
    return not own or find_meant_for(event, name) is not None  # a text is there in its reader's form, or not at all


def _texts(event: type[Event], notice: Notice) -> Mapping[str, Any]:
    """Each text of the event in its reader's form. A list of texts, and a code that is the officers' own, is given
    whole or not at all."""
    told: dict[str, Any] = {}
    for name, group in _list_written(event):
        written, public = notice.data.get(name), notice.data.get(f"public_{name}")
        told[name] = words_for(notice.reader, notice.openness, meant_for=group, written=written, public=public)
    return told


@cache
def _list_written(event: type[Event]) -> tuple[tuple[str, MeantFor], ...]:
    marks = ((name, find_meant_for(event, name)) for name in event.model_fields)
    return tuple((name, mark) for name, mark in marks if mark)


@cache
def _ways(event: type[Event]) -> tuple[str, ...]:
    """How the case was judged: what public copies leave out of a sensitive one."""
    return tuple(name for name in event.model_fields if visibility(event, name) is Visibility.OPEN)

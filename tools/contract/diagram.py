"""What a lifecycle is: states, and the events that lead from one to the other; and how it is drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

START = "[*]"
EVER = "ever"  # in whatever state it is; changes nothing


@dataclass(frozen=True)
class Move:
    """Events that take a case from one of `before` to one of `after`; `after` empty: they leave it where it is."""

    events: Sequence[str]  # `<noun>.<verb>`
    before: Sequence[str]
    after: Sequence[str] = ()


@dataclass(frozen=True)
class Lifecycle:
    """The states of one kind of case. `ends`: nothing but what changes no state comes after them."""

    name: str
    title: str
    states: Mapping[str, str]  # what each says
    moves: Sequence[Move]
    ends: Sequence[str]
    note: str = ""  # what the diagram cannot say

    def list_following(self, state: str, event_type: str) -> frozenset[str]:
        """The states in which a case may be after this event; empty: it must not come now."""
        event = short(event_type)
        found: set[str] = set()
        for move in self.moves:
            if event in move.events and (state in move.before or EVER in move.before):
                found.update(move.after or [state])
        return frozenset(found)

    @property
    def events(self) -> frozenset[str]:
        """Every event that the table knows."""
        return frozenset(event for move in self.moves for event in move.events)


def short(event_type: str) -> str:
    """`report.submitted` of `onestop.report.submitted.v1`."""
    return ".".join(event_type.split(".")[1:3])


def mermaid(lifecycle: Lifecycle) -> str:
    """The diagram, without what changes no state: that is listed below it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in lifecycle.moves:
        for before in move.before:
            for after in move.after:
                arrows.setdefault((before, after), []).extend(move.events)
    lines = [f"    {before} --> {after}: {_lines(events)}" for (before, after), events in arrows.items()]
    ends = [f"    {state} --> [*]" for state in lifecycle.ends]
    return "\n".join(["stateDiagram-v2", *lines, *ends])


def quiet(lifecycle: Lifecycle) -> Mapping[str, Sequence[str]]:
    """The events that never change the state, and the states in which they come."""
    moving = {event for move in lifecycle.moves if move.after for event in move.events}
    found: dict[str, list[str]] = {}
    for move in lifecycle.moves:
        for event in () if move.after else sorted(set(move.events) - moving):
            found.setdefault(event, []).extend(move.before)
    return found


def _lines(events: Iterable[str]) -> str:
    return "<br/>".join(events)

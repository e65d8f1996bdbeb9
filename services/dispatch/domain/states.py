"""The states of a work order, declared once: lists, colours, icons, counts and the next step are taken from here.

Words are found under `state.<state>`, and those of the one big button under `step.<state>`.
"""

from dataclasses import dataclass
from typing import Literal

State = Literal[
    "new", "assigned", "acknowledged", "on_the_way", "on_site", "paused", "referred", "split", "joined", "completed",
    "verified", "cancelled",
]  # fmt: skip
ActName = Literal[
    "acknowledge", "start", "resume", "take", "give", "drop", "assign", "prioritise", "complete", "pause", "refer",
    "take_back", "tell_agency", "refuse", "split", "verify", "send_back", "cancel", "agency_receive", "agency_answer",
    "agency_ask", "agency_decline", "agency_done", "adopt", "put_aside",
]  # fmt: skip
Tone = Literal["warn", "info", "brand", "neutral", "ok", "bad"]


@dataclass(frozen=True)
class NextStep:
    """What the crew does next by the card's one big button."""

    act: ActName  # what an act is: `acts.py`
    icon: str


@dataclass(frozen=True)
class Traits:
    """What is true of all work in one state."""

    tone: Tone
    icon: str
    open: bool = True  # somebody still has to do something
    unseen: bool = False  # nobody has taken it yet
    taken: bool = False  # the crew has it in hand
    waiting: bool = False  # for a part, the weather, an agency, its children
    done: bool = False  # somebody has finished it
    progress: int = 0  # how many of accept, set out, arrive, finish are done
    next: NextStep | None = None


STATES: dict[State, Traits] = {
    "new": Traits("warn", "funnel", unseen=True),
    "assigned": Traits("warn", "inbox", unseen=True, next=NextStep("acknowledge", "hand")),
    "acknowledged": Traits("info", "hand", taken=True, progress=1, next=NextStep("start", "truck")),
    "on_the_way": Traits("brand", "truck", taken=True, progress=2, next=NextStep("start", "map-pin")),
    "on_site": Traits("brand", "map-pin", taken=True, progress=3, next=NextStep("complete", "circle-check")),
    "paused": Traits("neutral", "pause", waiting=True, next=NextStep("resume", "play")),
    "referred": Traits("neutral", "send", waiting=True, next=NextStep("complete", "circle-check")),
    "split": Traits("neutral", "split", waiting=True),
    # An incident's work order does its work: nobody has to do anything here, until its report leaves the incident.
    "joined": Traits("neutral", "users", open=False),
    "completed": Traits("ok", "circle-check", open=False, done=True, progress=4),
    "verified": Traits("ok", "clipboard-check", open=False, done=True, progress=4),
    "cancelled": Traits("neutral", "ban", open=False),
}
OPEN = tuple(state for state, traits in STATES.items() if traits.open)
UNSEEN = tuple(state for state, traits in STATES.items() if traits.unseen)
TAKEN = tuple(state for state, traits in STATES.items() if traits.taken)
WAITING = tuple(state for state, traits in STATES.items() if traits.waiting)
DONE = tuple(state for state, traits in STATES.items() if traits.done)
WHOLE = tuple(state for state in OPEN if state != "split")  # one team has it, and not several a child each
# Written by a release that is newer than this one: shown by its code, and nothing may be done with it here.
UNKNOWN = Traits("neutral", "circle-help")


def traits_of(state: str) -> Traits:
    """What is true of that state, also of one that only a newer release knows."""
    return next((traits for known, traits in STATES.items() if known == state), UNKNOWN)

"""What may be done with a work order, declared once: in which states, by whom and on which page.

What is said with an act is in `bodies.py`, and `commands.py` names the function that decides; API routes, forms, icons
of the history and the lists of what is possible are all taken from this table. The words of an act are found under
`act.<act>`, and those of its line in the history under `history.<line>`.

What an open state (`states.OPEN`) implies without being named here: the desk may assign, refer, split and cancel the
work, its clocks escalate it, residents' corrections and comments reach it, and it is in every list and count of work to
be done. Any other act must name the state in `ACTS`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from services.dispatch.domain.history import Acting
from services.dispatch.domain.states import OPEN, TAKEN, WHOLE, ActName, State
from services.dispatch.domain.work_order import WorkOrder
from shared.kernel import Reject

Where = Literal["crew", "desk"]
Who = Literal["crew", "lead", "desk"]  # whoever sees the work; a crew's lead or the desk; the desk alone
CLOCK_SLOW = timedelta(minutes=2)  # as far as a phone's clock may be behind ours


@dataclass(frozen=True)
class Act:
    """`line`: its line in the history. `form_at`: the pages that offer its form; others are one press of a button."""

    states: tuple[State, ...]
    line: str
    icon: str
    form_at: tuple[Where, ...] = ()
    by: Who = "crew"


HELD: tuple[State, ...] = ("assigned", *TAKEN, "paused")  # a team of the town has it, and nobody else
ACTS: dict[ActName, Act] = {
    "acknowledge": Act(("assigned",), "acknowledged", "hand"),
    "start": Act(("assigned", "acknowledged", "on_the_way"), "started", "truck"),
    "resume": Act(("paused",), "resumed", "play", form_at=("desk",)),
    "take": Act(HELD, "taken", "user", form_at=("crew",)),
    "give": Act(HELD, "given", "user", form_at=("crew", "desk"), by="lead"),
    "drop": Act(HELD, "dropped", "users", form_at=("crew", "desk")),
    "assign": Act(WHOLE, "assigned", "users", form_at=("desk",), by="desk"),
    "complete": Act((*TAKEN, "paused", "referred"), "completed", "circle-check", form_at=("crew", "desk")),
    "pause": Act(TAKEN, "paused", "pause", form_at=("crew", "desk")),
    "refer": Act(WHOLE, "referred", "send", form_at=("crew", "desk")),
    "take_back": Act(("referred",), "taken_back", "rotate-ccw", form_at=("crew", "desk")),
    "tell_agency": Act(("referred",), "agency_written", "mail", form_at=("desk",)),
    # What an agency says, written down by whoever of the town was told: it says the same by its board and its links.
    "agency_receive": Act(("referred",), "agency_received", "inbox", form_at=("crew", "desk")),
    "agency_answer": Act(("referred",), "agency_answered", "message-square", form_at=("crew", "desk")),
    "agency_ask": Act(("referred",), "agency_asked", "circle-help", form_at=("desk",)),
    "agency_decline": Act(("referred",), "agency_declined", "rotate-ccw", form_at=("crew", "desk")),
    "agency_done": Act(("referred",), "agency_done", "circle-check", form_at=("crew", "desk")),
    "refuse": Act(HELD, "refused", "rotate-ccw", form_at=("crew",)),
    "split": Act(OPEN, "split", "split", form_at=("desk",), by="desk"),
    "verify": Act(("completed",), "verified", "clipboard-check", form_at=("desk",), by="desk"),
    "send_back": Act(("completed",), "sent_back", "rotate-ccw", form_at=("crew", "desk"), by="lead"),
    "prioritise": Act(OPEN, "prioritised", "triangle-alert", form_at=("desk",), by="desk"),
    "cancel": Act(OPEN, "cancelled", "ban", form_at=("desk",), by="desk"),
    "adopt": Act(WHOLE, "adopted", "inbox", form_at=("desk",), by="desk"),
    "put_aside": Act(WHOLE, "put_aside", "check", form_at=("desk",), by="desk"),
}
IN_TRIAGE: tuple[ActName, ...] = ("pause", "resume")  # the desk's forms of them: elsewhere a crew says when it waits
OF_THE_WHOLE: tuple[ActName, ...] = ("split", "verify", "send_back")  # a child is judged with what it is part of


def list_offered(order: WorkOrder) -> tuple[ActName, ...]:
    """The acts that the state allows now, in the order of `ACTS`; who may do them is asked elsewhere (`rights`)."""
    return tuple(act for act in ACTS if order.state in states_for(order, act))


def states_for(order: WorkOrder, act: ActName) -> tuple[State, ...]:
    """Where the act is possible for this work; empty: in no state, as it is now."""
    states = ACTS[act].states
    if act == "pause" or (act == "complete" and order.wants_answer):
        states = ("new", *states)  # asked back, or answered, in triage without a team
    if order.waits_in_triage and act != "resume" and "new" not in states:
        return tuple(state for state in states if state != "paused")  # nobody has it yet who could
    if order.parent is not None and act in OF_THE_WHOLE:
        return ()
    if (act == "drop" and order.person is None) or (act in ("adopt", "put_aside") and not order.overtaken):
        return ()
    if act in ("verify", "send_back") and order.report.state == "reopened":
        return ()  # the resident has said it, and other work goes on
    return states


def has_form(order: WorkOrder, act: ActName, where: Where) -> bool:
    """Whether that page has a form for it."""
    if where == "desk" and act in IN_TRIAGE and not (order.state == "new" or order.waits_in_triage):
        return False
    return where in ACTS[act].form_at


def need(order: WorkOrder, act: ActName) -> None:
    """Refuse an act that the state does not allow: what the state is, who brought it there, what may be done."""
    states = states_for(order, act)
    if order.state not in states:
        raise refusal(order, f"{act} is possible in: {_join_words(states, 'no state, as it is now')}")


def need_unmoved(order: WorkOrder, standing: str) -> None:
    """Refuse what somebody decided on work as its `standing` was then: another has moved it meanwhile."""
    if order.standing != standing:
        raise refusal(order, f"it was decided on {standing}")


def in_order(order: WorkOrder, acting: Acting) -> Acting:
    """The act as it is judged: refused when it happened before what brought the work where it is.

    A phone's clock may be slow by a little: within that, it counts as right after. A pause that ended by itself is
    nobody's act, so it overtakes none: what counts is when somebody began it.
    """
    since = find_arrival_time(order)
    if acting.happened_at is None or since is None:
        return acting
    if acting.happened_at < since - CLOCK_SLOW:
        raise refusal(order, f"this happened before, at {acting.happened_at:%Y-%m-%d %H:%M} UTC")
    return replace(acting, happened_at=max(acting.happened_at, since))


def find_arrival_time(order: WorkOrder) -> datetime | None:
    """When somebody last brought the work where it is."""
    last = order.arrival
    if last is None:
        return None
    by_itself = last.what == "resumed" and last.actor is None
    return order.pauses[-1].since if by_itself and order.pauses else last.happened


def refusal(order: WorkOrder, why: str) -> Reject:
    """The work has moved on: where to, by whom, and what is possible instead."""
    last = order.arrival
    who = (last.actor.name or last.actor.sub) if last and last.actor else "the system"
    when = f" since {last.happened:%Y-%m-%d %H:%M} UTC (by {who})" if last else ""
    return Reject(
        "stale-action",
        f"The work is {order.state}{when}; {why}. Possible now: {_join_words(list_offered(order), 'nothing')}.",
    )


def with_colleague(order: WorkOrder) -> Reject:
    """Somebody else of the team has it: two of them need not go to one place."""
    who = order.person.shown if order.person else "nobody"
    return Reject("with-colleague", f"{who} has the work, which is {order.state}. Take it over first, or leave it.")


def _join_words(words: Sequence[str], none: str) -> str:
    return ", ".join(words) or none

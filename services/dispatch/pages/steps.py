"""What a crew's page must know to go on without a network: what each state is followed by, and where each act leads.

The domain decides when the step arrives; this only draws the next button meanwhile. A test holds the two together.
"""

from collections.abc import Callable, Mapping
from typing import Any

from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.states import STATES, ActName, State, Traits
from services.dispatch.pages.cards import group_of

GONE = "gone"  # not this team's any more
# Where an act leads; by state where that matters, "" for all others; without either it stays where it is. A pause
# remembers where it goes on.
LEADS: Mapping[ActName, State | str | Mapping[str, State]] = {
    "acknowledge": "acknowledged",
    "start": {"on_the_way": "on_site", "": "on_the_way"},
    "pause": "paused",
    "resume": "acknowledged",
    "complete": "completed",
    "refer": "referred",
    "take_back": "acknowledged",
    "agency_receive": {},
    "agency_answer": {},
    "agency_decline": "acknowledged",
    "agency_done": {},
    "take": {"assigned": "acknowledged"},
    "give": {},
    "drop": {},
    "refuse": GONE,
    "send_back": "assigned",
}


def step_table(say: Callable[..., str]) -> dict[str, Any]:
    """For `foresight.mjs` and `steps.mjs`, in the reader's words."""
    return {
        "states": {state: _state(state, traits, say) for state, traits in STATES.items()},
        "leads": LEADS,
        "acts": {act: say(f"act.{act}") for act in ACTS},
        "finish": {"big": say("step.on_site"), "small": say("act.complete")},
    }


def _state(state: State, traits: Traits, say: Callable[..., str]) -> dict[str, Any]:
    step = traits.next
    acts = [act for act, one in ACTS.items() if state in one.states and "crew" in one.form_at]
    return {
        "next": {"act": step.act, "icon": step.icon, "words": say(f"step.{state}")} if step else None,
        "acts": [act for act in acts if step is None or act != step.act],
        "progress": traits.progress,
        "group": group_of(traits) if traits.open else None,
        "name": say(f"state.{state}"),
    }

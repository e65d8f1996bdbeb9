"""Random histories of a model: some in each run, and for as long as was said in a campaign, round after round. The seed
of a round makes the same histories again, and at the end stands what was met."""

import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, core, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from shared.events import ids

MINUTES = float(os.environ.get("CAMPAIGN_MINUTES", "4"))  # of processor time, for each model
SEED = os.environ.get("CAMPAIGN_SEED")  # this round alone, as a red one has named it
A_ROUND = 50  # histories
MET: Counter[tuple[str, str]] = Counter()  # what, which of its kinds → how often, in all histories of this process


def explore(
    machine: type[RuleBasedStateMachine],
    examples: int,
    steps: int,
    *,
    phases: Sequence[Phase] = tuple(Phase),
    seed: int | None = None,
) -> None:
    """Run that many histories; with a seed those that it draws."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        derandomize=seed is None and settings().derandomize,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core, "global_force_seed", seed)
        if seed is not None:  # who works a case follows from its id; Hypothesis begins `random` anew for each history
            patch.setattr(ids, "os", SimpleNamespace(urandom=random.randbytes))
        run_state_machine_as_test(machine, settings=chosen)


def explore_for_minutes(machine: type[RuleBasedStateMachine], steps: int) -> str:
    """Rounds until the time is used up; what was met. What fails names the seed of its round."""
    MET.clear()
    began, rounds = time.process_time(), 0
    while not rounds or (SEED is None and time.process_time() - began < 60 * MINUTES):
        seed = int(SEED or rounds)
        try:
            explore(machine, A_ROUND, steps, seed=seed)
        except BaseException as error:
            error.add_note(f"in the round of seed {seed}: again with CAMPAIGN_SEED={seed}")
            raise
        rounds += 1
    spent = time.process_time() - began
    return f"\n{machine.__name__}: {rounds} rounds, from seed {SEED or 0} on, {spent:.0f} s of processor time\n{_met()}"


def _met() -> str:
    whats = dict.fromkeys(what for what, _ in sorted(MET))
    lines = []
    for what in whats:
        kinds = sorted(((kind, count) for (one, kind), count in MET.items() if one == what))
        lines.append(f"  {what}: " + ", ".join(f"{kind} {count:,}" for kind, count in kinds) + "\n")
    return "".join(lines)

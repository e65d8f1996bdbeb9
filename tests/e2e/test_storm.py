"""A storm by command: every report with a team or in the incident, promises right, everyone told once."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from deploy.local.machine import ROOT
from tests.support.stack import Stack


def storm(stack: Stack, *arguments: str, seconds: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.play.storm", *arguments],
        cwd=ROOT, env={**os.environ, **stack.env}, capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip


@pytest.mark.campaign
@pytest.mark.timeout(2400)
def test_a_storm_ends_with_every_report_held_and_everyone_told_once(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(OTEL_TRACES_EXPORTER="none").up()
    played = storm(stack, "--reports", "2000", "--minutes", "5", seconds=2300)

    assert played.returncode == 0, played.stdout[-4000:] + played.stderr[-1000:]
    assert "1 × power-cut was made one incident, and ended" in played.stdout
    assert "reconciled: 2,000 rows = 2,000 accepted + 0 refused" in played.stdout

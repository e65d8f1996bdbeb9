"""`make demo` against the running system: every case gets a line that says who has it."""

import os
import re
import subprocess
import sys

from deploy.local.machine import ROOT
from tests.support.stack import Stack


def test_the_demo_shows_where_each_case_went(stack: Stack) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "deploy.demo"],
        cwd=ROOT, env={**os.environ, **stack.env}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip

    assert played.returncode == 0, played.stdout + played.stderr
    cases = re.findall(
        r"^ *\d+ (MH-\w{4}-\w{4}) .*\n +http\S+onestop\.reference%3D(\S+?)&", played.stdout, re.MULTILINE
    )
    assert len(cases) == 41
    assert all(reference == traced for reference, traced in cases)
    counts = [int(count) for count in re.findall(r"^ +(\d+)  \S", played.stdout, re.MULTILINE)]
    assert sum(counts) == 41
    assert len(counts) > 3
    assert re.search(r"^MH-\w{4}-\w{4} +fast, due .* decided", played.stdout, re.MULTILINE)
    assert re.search(r"^MH-\w{4}-\w{4} +normal \(not the fast lane: usable-area\), due ", played.stdout, re.MULTILINE)

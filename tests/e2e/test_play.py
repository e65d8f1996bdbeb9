"""`make play` against the running system: everything that goes in comes out, and the command says so by its status."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.machine import ROOT
from tests.support.stack import Stack

TRAFFY = ROOT.parent / "shared/data/traffy/traffy-tickets-public.csv.gz"
COLUMNS = ("--text", "comment", "--category", "types", "--address", "address", "--at", "reported_at")


def play(stack: Stack, *arguments: str, seconds: float = 240) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, its output not a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "tools.play", *arguments],
        cwd=ROOT, env={**os.environ, **stack.env}, capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip


def test_the_shipped_cases_reconcile(stack: Stack) -> None:
    played = play(stack)
    assert played.returncode == 0, played.stdout + played.stderr
    last = played.stdout.splitlines()[-1]
    assert last.startswith(
        "reconciled: 41 rows = 41 accepted + 0 refused; 41 report.submitted; 41 work orders (38 with"
    )
    cases = re.findall(
        r"^ *\d+ (MH-\w{4}-\w{4}) .*\n +http\S+onestop\.reference%3D(\S+?)&", played.stdout, re.MULTILINE
    )
    assert len(cases) == 41
    assert all(reference == traced for reference, traced in cases)
    assert "triage (no rule matched)" in played.stdout
    assert re.search(r"^MH-\w{4}-\w{4} +fast, due .* decided", played.stdout, re.MULTILINE)
    assert re.search(r"^MH-\w{4}-\w{4} +normal \(not the fast lane: usable-area\), due ", played.stdout, re.MULTILINE)
    assert "41/41 rows" in played.stderr
    assert "\r" not in played.stderr


def test_rows_that_the_api_refuses_are_counted_by_their_reason(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    lines = ["sort,body,y,x,where", "other,ดี,18.74,98.96,", "other,ดี,,,หน้าตลาด", "flying-saucer,ดี,18.74,98.96,"]
    lines += ["street-light,ไม่มีที่,,,", "other,กลางทะเล,0,0,", "other,ครึ่งเดียว,18.74,,หน้าวัด"]
    lines += [f"other,{'ก' * 4001},18.74,98.96,"]
    file.write_text("\n".join(lines), encoding="utf-8")
    columns = ("--category", "sort", "--text", "body", "--lat", "y", "--lon", "x", "--address", "where")
    played = play(stack, "--file", str(file), *columns)
    assert played.returncode == 0, played.stdout + played.stderr
    assert "reconciled: 7 rows = 2 accepted + 5 refused; 2 report.submitted; 2 work orders" in played.stdout
    refused = re.findall(r"^ +1  ([a-z-]+) \(", played.stdout, re.MULTILINE)
    assert sorted(refused) == ["half-a-place", "invalid", "no-place", "null-island", "unknown-category"]


@pytest.mark.campaign
@pytest.mark.timeout(2400)
@pytest.mark.skipif(not TRAFFY.exists(), reason=f"needs {TRAFFY.name} beside the repository")
def test_every_row_of_a_real_file_reconciles(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(OTEL_TRACES_EXPORTER="none").up()  # its 300,000 spans would all be kept for looking at
    types = ROOT / "tools/play/traffy-categories.yaml"
    played = play(stack, "--file", str(TRAFFY), *COLUMNS, "--category-map", str(types), seconds=2300)
    assert played.returncode == 0, played.stdout[-4000:] + played.stderr[-1000:]
    assert (
        "reconciled: 5,607 rows = 5,575 accepted + 32 refused; 5,575 report.submitted; 5,575 work orders"
        in played.stdout
    )

"""When Python looks for objects that only each other keep alive, in a process of its own."""

import subprocess
import sys

from tests.support.source import ROOT

PROCESS = """
import gc
from shared.kernel.garbage import YOUNG_MOST, collect_later, collect_seldom
collect_later()
assert not gc.isenabled(), "while a service is imported"
collect_seldom()
assert gc.isenabled()
assert gc.get_threshold()[0] == YOUNG_MOST
assert gc.get_freeze_count()
"""


def test_it_looks_again_once_a_service_has_started() -> None:
    subprocess.run([sys.executable, "-c", PROCESS], cwd=ROOT, check=True)

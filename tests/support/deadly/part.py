"""How a stack runs a service that can be killed between two steps; the production code is the same."""

import sys
from dataclasses import replace
from pathlib import Path

from deploy.local.part import Part


def deadly(part: Part, home: Path, **env: str) -> Part:
    """`DEADLY_LEASE_SECONDS`: a mail that was in hand at a kill is taken up again after so long beyond its time, which
    is short, too (`points.WAIT_SECONDS`): two minutes are too long for tests."""
    argv = [sys.executable, "-m", "tests.support.deadly", *part.argv[3:]]
    around = {"DEADLY_FLAG": str(flag_of(home, part.name)), "SMTP_TIMEOUT_SECONDS": "2"}
    return replace(part, argv=argv, env={**part.env, **around, **env})


def flag_of(home: Path, name: str) -> Path:
    """The file that arms it."""
    return home / f"{name}.flag"

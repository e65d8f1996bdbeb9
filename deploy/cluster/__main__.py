"""`python -m deploy.cluster build|test|run`: the commands behind `make cluster`."""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from deploy.cluster import box, machine, programs
from deploy.image import __main__ as image
from deploy.local.runner import StackError

_COMMANDS = {
    "build": "what is missing, and no more",
    "test": "prove the manifests; what follows goes to pytest",
    "run": "a command in a box",
}
_TEST = [sys.executable, "-m", "pytest", "-m", "cluster", "-v", "--capture=no", "tests/cluster"]


def prepare() -> None:
    """Everything that has to be had or built before the box is closed: there is no way out of it."""
    began = time.monotonic()
    machine.prepare()
    programs.build(_say)
    if image.main([]):
        raise StackError("our images could not be built: see above")
    _say(f"the cluster's programs and our images are there ({time.monotonic() - began:.0f} s)")


Run = Callable[[Sequence[str]], int]


def main(arguments: Sequence[str], prepare: Callable[[], None] = prepare, run: Run = box.run) -> int:
    """The exit code of what ran in the box; a StackError is a message, not a traceback."""
    command, rest = _read(arguments)
    try:
        prepare()
        if command == "build":
            return 0
        return run([*_TEST, *rest] if command == "test" else rest)
    except (StackError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _read(arguments: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The command, and what is not ours: pytest's arguments may begin with a dash."""
    parser = argparse.ArgumentParser(prog="python -m deploy.cluster", description=__doc__)
    parser.add_argument("command", choices=list(_COMMANDS), help="; ".join(f"{a}: {b}" for a, b in _COMMANDS.items()))
    return parser.parse_args(arguments[:1]).command, arguments[1:]


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m deploy.cluster build|test|run`: the commands behind `make cluster`."""

import argparse
import subprocess
import sys
import time

from deploy.cluster import box, machine, programs
from deploy.image import __main__ as image
from deploy.local.runner import StackError

_TEST = [sys.executable, "-m", "pytest", "-m", "cluster", "-v", "--capture=no", "tests/cluster"]


def main() -> int:
    """The exit code of what ran in the box; a StackError is a message, not a traceback."""
    options = _arguments().parse_args()
    try:
        began = time.monotonic()
        machine.prepare()
        programs.build(_say)
        if image.main([]):
            return 1
        _say(f"the cluster's programs and our images are there ({time.monotonic() - began:.0f} s)")
        if options.command == "build":
            return 0
        return box.run([*_TEST, *options.rest] if options.command == "test" else options.rest)
    except (StackError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.cluster", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="build what is missing, and no more").set_defaults(rest=[])
    for name, what in (("test", "prove the manifests; arguments go to pytest"), ("run", "run a command in a box")):
        commands.add_parser(name, help=what).add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())

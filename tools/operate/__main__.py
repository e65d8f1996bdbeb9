"""`onestop`: every command of an operator behind one name. `onestop <command> --help` says what each takes."""

import argparse
import importlib
import sys
from collections.abc import Mapping, Sequence

from tools.operate.failures import explain, quiet
from tools.piped import run_piped

# Each is the module of its name, whose `main` takes the arguments that come after it and answers its exit status.
COMMANDS: Mapping[str, str] = {
    "audit": "who of the staff, or which operator, did what to which case",
    "backup": "keep what all services know, sealed; say what is kept",
    "dlq": "list, show, replay and discard dead letters",
    "doctor": "everything broken, unsafe or unfinished in a town's set-up",
    "erase": "forget how a person is reached, and what was written of them",
    "receipts": "after a restoration: which receipt was the last, and what waits for it",
    "republish": "tell again what the broker has lost",
    "reroute": "route anew the work that nobody has in hand, after a rule was mended",
    "resend": "deliver after all what failed or was skipped",
    "restore": "bring back what all services knew at a moment of a backup",
    "route": "where a report would go; which cases a changed rule file sends elsewhere",
    "sign-out": "end every session of a person",
    "status": "whether each service's work goes on, and what waits",
    "topics": "list, create and compare the topics, and who may what on them",
    "town": "check a town's files",
    "trace": "show a case's whole way",
    "users": "the database's users, and what each may",
    "verify": "whether every file of the backups is as it was written",
}
STATUSES = """\
exit status of every command:
  0    done; of a question: all is well
  1    what was asked for is not there, or not as it must be; what was found is printed
  2    asked wrongly, refused, or something that is needed gives no answer
  130  interrupted
  141  nobody read the answer to its end, as before `| head`"""
REFUSED, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. A failure that is no fault of the code's is one sentence on the error output."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    name: str = _parser().parse_args(given[:1]).command
    command = importlib.import_module(f"tools.operate.{name.replace('-', '_')}")
    try:
        with quiet():
            status: int = command.main(given[1:])
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if why := explain(error):
            print(why, file=sys.stderr)
            return REFUSED
        raise
    return status


def _parser() -> argparse.ArgumentParser:
    told = "\n".join(f"  {name:10} {does}" for name, does in sorted(COMMANDS.items()))
    parser = argparse.ArgumentParser(
        prog="onestop", usage="onestop <command> …", description=f"commands:\n{told}", epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("command", choices=sorted(COMMANDS), metavar="command", help="as listed above")
    return parser


if __name__ == "__main__":
    sys.exit(run_piped(main))

"""`onestop restore`: bring back everything as it was at a moment of a backup, into databases that are empty.

All services must be stopped. Before anything is touched every file of the backup is compared with what was written, and
the key is tried; --dry-run does that and no more. Interrupted, it is run once more: until it has come to its end
services refuse to work on what is there. Contacts that were erased since then are erased again and the words of reports
covered, events that were under way are told again, and what was told to others after the moment is listed, for nobody
remembers it any more.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.operate.asking import add_json, add_operator, add_sure, as_json, need_sure, operator, past
from tools.operate.backups.chain import faults
from tools.operate.backups.memory import Told
from tools.operate.backups.proving import prove
from tools.operate.backups.restoring import Outcome, choose, restore
from tools.operate.backups.settings import BackupSettings

NEXT = """\
next: give a new SESSION_SECRET (sign-outs after the moment are forgotten), keep LINK_SECRET and SIGNATURE_SECRET as
they were, start the services, look at `onestop status`, say by `onestop receipts` which receipt was the last one that
was printed (until then none is numbered), and tell those who read your public topics to which moment you went back."""


def main(arguments: Sequence[str]) -> int:
    """Exit status 0: restored, or with --dry-run: it could be."""
    asked = _parser().parse_args(arguments)
    settings = BackupSettings.with_key(asked.identity)
    for fault in faults(settings.folder):
        print(fault, file=sys.stderr)
    identities, (chain, step) = settings.identities, choose(settings, asked.to)
    what = f"{settings.mongodb_prefix}_… become what they were at {step.manifest.time.isoformat()}"
    if not asked.dry_run:
        need_sure(asked, f"the databases {what}{', and what is in them is gone' if asked.replace else ''}")
    prove(chain, identities, settings.mongodb_prefix, rehearsal=asked.rehearsal)
    if asked.dry_run:
        size = sum(one.manifest.bytes for one in chain.steps)
        print(f"the databases {what}, from {len(chain.steps)} steps with {size:,} bytes in {chain.folder}")
        return 0
    who = operator(asked)
    to = step.manifest.time  # the one that was proved, also when a newer one is taken meanwhile
    outcome = restore(settings, to, who, lambda text: print(text, file=sys.stderr), replace=asked.replace)
    print(as_json(_answer(outcome)) if asked.json else _say_outcome(outcome))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="onestop restore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=past, metavar="TIME", help="the last moment that is not after it (the newest)")
    parser.add_argument("--identity", type=Path, metavar="FILE", help="the secret key (BACKUP_IDENTITY)")
    parser.add_argument("--replace", action="store_true", help="also where there is something; it is gone then")
    parser.add_argument("--rehearsal", action="store_true", help="also of databases that bear another name")
    add_sure(parser)
    add_operator(parser)
    add_json(parser)
    return parser


def _say_outcome(outcome: Outcome) -> str:
    lines = [
        f"restored {outcome.moment.isoformat()}",
        f"{outcome.told_again} events are told again: they were under way, or Kafka has lost them",
        f"{outcome.erased_again} contacts are erased again",
        f"{outcome.covered_again} reports whose words were covered before their time are covered again",
        *_open_again(outcome),
        f"{outcome.standing} cases are told anew on the public topics, each by the last event that is remembered",
        f"{outcome.hidden} cases of which they remember nothing are taken back there",
        f"{len(outcome.lost)} events were told after the moment and are forgotten{':' if outcome.lost else ''}",
        *map(_line, outcome.lost),
    ]
    return "\n".join([*lines, "", NEXT])


def _open_again(outcome: Outcome) -> list[str]:
    references = outcome.open_again
    if not references:
        return []
    said = "were covered so too and are open again: when they are closed, `onestop erase` covers them"
    return [f"{len(references)} reports {said}:", *(f"  {reference}" for reference in references)]


def _answer(outcome: Outcome) -> dict[str, Any]:
    """Without what the lost events say: it may be personal."""
    lost = [
        {"time": one.time, "type": one.type, "case": one.subject, "reference": one.reference} for one in outcome.lost
    ]
    return {**vars(outcome), "lost": lost}


def _line(one: Told) -> str:
    return f"  {one.time.isoformat(timespec='seconds')}  {one.reference or one.subject}  {one.type}"

"""`onestop backup take|list|key`: keep what all services know now, sealed; say what is kept; make the keys for it."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyrage

from shared.kernel.clock import now
from tools.operate.asking import add_json, as_json, at_least_one
from tools.operate.backups.chain import Step, faults, moments
from tools.operate.backups.settings import BackupSettings
from tools.operate.backups.taking import take
from tools.operate.failures import NotDone

EPILOG = """\
take goes on where the last backup ended, and reads what changed since; every BACKUP_SCAN_DAYS it reads all once more,
and then forgets chains that are older than BACKUP_KEEP_DAYS. Let a timer run it as often as you want to be able to go
back: whatever the town loses in a disaster happened after the last one."""
OLD_MINUTES = 24 * 60
FIGURE = "onestop_backup_newest_timestamp_seconds"


def main(arguments: Sequence[str]) -> int:
    """Exit status 0; 1: kept without what was under way in Kafka, or nothing is kept that is younger than asked for."""
    asked = _parser().parse_args(arguments)
    return {"take": _take, "list": _list, "key": _key}[asked.verb](asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="onestop backup", description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    taking = verbs.add_parser("take", help="keep what there is now")
    taking.add_argument("--anew", action="store_true", help="begin a new chain: read everything")
    taking.add_argument("--figures", type=Path, metavar="FILE",
                        help="write when it was kept into FILE, for node_exporter's textfile collector")  # fmt: skip
    add_json(taking)
    listing = verbs.add_parser("list", help="say to which moments one can go back; needs no key")
    listing.add_argument("--younger-than", type=at_least_one, default=OLD_MINUTES, metavar="MINUTES",
                         help="exit status 1 when the newest is not (%(default)s)")  # fmt: skip
    add_json(listing)
    making = verbs.add_parser(
        "key", help="make a pair of keys; the secret one goes into FILE, which is then kept elsewhere"
    )
    making.add_argument("file", type=Path, metavar="FILE")
    return parser


def _take(asked: argparse.Namespace) -> int:
    def tell(step: Step) -> None:
        if asked.figures:
            write_figures(asked.figures, step.manifest.time)

    taken = take(BackupSettings(), lambda text: print(text, file=sys.stderr), anew=asked.anew, tell=tell)
    manifest = taken.step.manifest
    if asked.json:
        print(as_json({"moment": manifest.time, "bytes": manifest.bytes, "folder": taken.step.folder}))
    else:
        documents = sum(part.documents for part in manifest.parts)
        print(
            f"kept {manifest.time.isoformat()}: {documents} documents, {manifest.bytes:,} bytes in {taken.step.folder}"
        )
    for chain in taken.forgotten:
        print(f"forgot {chain.folder.name}", file=sys.stderr)
    if taken.unheard:
        print(f"without what was under way in Kafka, which gives no answer: {taken.unheard}", file=sys.stderr)
    return int(bool(taken.unheard))


def write_figures(file: Path, newest: datetime) -> None:
    """All at once, and readable for whoever shows it: nothing in it is secret."""
    whole = file.with_suffix(".unfinished")
    whole.write_text(
        f"# HELP {FIGURE} when the newest backup was kept (s)\n# TYPE {FIGURE} gauge\n"
        f"{FIGURE} {newest.timestamp():.0f}\n"
    )
    whole.chmod(0o644)
    whole.replace(file)


def _list(asked: argparse.Namespace) -> int:
    folder = BackupSettings().folder
    for fault in faults(folder):
        print(fault, file=sys.stderr)
    found = [(chain.folder.name, step.manifest) for chain, step in moments(folder)]
    if asked.json:
        print(
            as_json(
                [{"moment": one.time, "chain": chain, "bytes": one.bytes, "of": one.prefix} for chain, one in found]
            )
        )
    else:
        for chain, one in found:
            print(f"{one.time.isoformat()}  {chain}  {one.bytes:>15,} bytes  {one.prefix}")
    if not found:
        print("nothing is kept", file=sys.stderr)
        return 1
    minutes = (now() - found[-1][1].time).total_seconds() / 60
    if minutes > asked.younger_than:
        print(f"the newest is {minutes:.0f} minutes old", file=sys.stderr)
        return 1
    return 0


def _key(asked: argparse.Namespace) -> int:
    identity = pyrage.x25519.Identity.generate()
    try:
        descriptor = os.open(asked.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        raise NotDone(f"{asked.file} is there already") from None
    with os.fdopen(descriptor, "w") as opened:
        opened.write(f"# public key: {identity.to_public()}\n{identity}\n")
    print(f"BACKUP_RECIPIENTS={identity.to_public()}")
    print(f"{asked.file} opens the backups: keep it away from them, twice, and not on these machines", file=sys.stderr)
    return 0

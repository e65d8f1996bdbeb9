"""The command line of `make play`, and the addresses that it works with."""

import argparse
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from deploy.local.machine import ROOT
from deploy.local.parts.services import environment
from deploy.local.plan import HOME, choose_secured
from deploy.local.ports import Ports
from shared.settings import ServiceSettings
from tools.play.play import Pace
from tools.play.rows import REQUIRED, Columns

CASES = ROOT / "deploy" / "demo" / "cases-maehia.csv"
_ABOUT = {
    "text": "what was reported",
    "category": "the category's code, or with --category-map another system's type names",
    "kind": "problem, suggestion or question (a problem when empty)",
    "lat": "latitude, degrees of WGS 84",
    "lon": "longitude",
    "address": "the place in words; enough where degrees are missing",
    "at": "when it was reported: the oldest is played first",
    "answers": "answers to the category's questions: code=answer;code=answer",
    "name": "the reporter's name",
    "phone": "the reporter's telephone number",
    "email": "the reporter's e-mail address",
    "language": "th or en",
}


def arguments() -> argparse.ArgumentParser:
    """One flag for each column, and the pace."""
    parser = argparse.ArgumentParser(
        prog="make play",
        description="Plays cases through the public API, follows each to its last notice and reconciles. "
        "Exit status: 0 reconciled, 1 not reconciled, 2 could not be tried.",
    )
    parser.add_argument(
        "--file", type=Path, help="a CSV file, plain or gzip'd; without it the shipped cases are played"
    )
    columns = parser.add_argument_group("columns of the file (the default is the column of the flag's own name)")
    for name, about in _ABOUT.items():
        columns.add_argument(f"--{name}", metavar="COLUMN", help=about + (" (needed)" if name in REQUIRED else ""))
    parser.add_argument("--category-map", type=Path, metavar="YAML", help="type names to category codes")
    parser.add_argument("--limit", type=_positive, help="only so many rows")
    parser.add_argument("--parallel", type=_positive, help="requests at a time (4 for the shipped cases, else 32)")
    parser.add_argument("--cases", action="store_true", help="a line for each case also for a file")
    parser.add_argument(
        "--patience", type=float, default=120, metavar="S", help="for one request with all its tries (%(default)s)"
    )
    parser.add_argument(
        "--quiet", type=float, default=60, metavar="S", help="silence after which what is missing is lost (%(default)s)"
    )
    parser.add_argument(
        "--wait", type=float, default=1800, metavar="S", help="longest wait after the last request (%(default)s)"
    )
    return parser


def columns(options: argparse.Namespace) -> Columns:
    """The columns that were named."""
    return Columns(**{one.name: getattr(options, one.name) for one in fields(Columns)})


def pace(options: argparse.Namespace) -> Pace:
    """How fast and how patient."""
    parallel = options.parallel or (32 if options.file else 4)
    return Pace(parallel=parallel, patience=options.patience, quiet=options.quiet, wait=options.wait)


def settings() -> ServiceSettings:
    """The addresses that `make up` gives the services, or those of the environment; of a secured stack as operators."""
    found = environment(Ports.from_environment(), os.environ, choose_secured(HOME))
    return ServiceSettings.model_validate(dict(_fields(found)))


def _fields(found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Of variables: each setting by its name, and those that are kept in files."""
    for name, value in found.items():
        field = name.lower()
        if field in ServiceSettings.model_fields:
            yield field, value
        elif field.removesuffix("_file") in ServiceSettings.model_fields:
            yield field.removesuffix("_file"), Path(value).read_text().strip()


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {text}")
    return int(text)

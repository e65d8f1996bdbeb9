"""Reads published reports of Traffy Fondue. They state no licence: they are measured on, and none is kept."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import yaml
from pydantic import BaseModel, ConfigDict

TICKETS, COMMENTS, TAGS = (f"traffy-{name}-public.csv.gz" for name in ("tickets", "typed-comments", "human-tags"))
_UNITS = Path(__file__).with_name("units.yaml")


class Unit(BaseModel):
    """Somebody who acts there, and who is right to have it here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str
    named: tuple[str, ...]
    teams: tuple[str, ...] = ()
    agency: str | None = None
    also: Mapping[str, str] = {}

    @property
    def is_counted(self) -> bool:
        """The town has somebody like them."""
        return bool(self.teams or self.agency)


@dataclass(frozen=True)
class Record:
    """One report: `types` as people or the machine there named it, `unit` who acted, if that is known."""

    number: str
    text: str
    types: str
    unit: Unit | None = None

    @property
    def is_held_back(self) -> bool:
        """Half of them were never looked at while the profile was improved."""
        return bool(crc32(self.number.encode()) % 2)


def tickets(folder: Path) -> list[Record]:
    """Each once, with a text; who acted last is named first, where the order is known."""
    units = [Unit.model_validate(one) for one in yaml.safe_load(_UNITS.read_text("utf-8"))]
    found: dict[str, Record] = {}
    for row in _rows(folder / TICKETS):
        acting = _unit(units, row["acting_order"] or row["organizations"])
        found.setdefault(row["ticket_id"], Record(row["ticket_id"], row["comment"], row["types"], acting))
    return [one for one in found.values() if one.text.strip()]


def comments(folder: Path) -> list[Record]:
    """Texts with the one type that people chose or left as it was."""
    return [Record(row["message_id"], row["comment"], row["type"]) for row in _rows(folder / COMMENTS)]


def tags(folder: Path) -> list[Record]:
    """Texts that people tagged by hand, those with one tag."""
    rows = [row for row in _rows(folder / TAGS) if row["standard_tags"] and ";" not in row["standard_tags"]]
    return [
        Record(row["tag_ticket_id"], row["comment"], row["standard_tags"]) for row in rows if row["comment"].strip()
    ]


def _unit(units: list[Unit], names: str) -> Unit | None:
    """The first of those named that is more than a district or the whole city."""
    each = (
        next((unit for unit in units if any(word in name for word in unit.named)), None) for name in names.split(";")
    )
    return next((unit for unit in each if unit), None)


def _rows(file: Path) -> Iterator[Mapping[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)

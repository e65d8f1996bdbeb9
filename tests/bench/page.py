"""The figures as people read them: a table for the terminal, a page for the docs."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from tests.bench.measure import Row, Section

LIBRARIES = ("aiokafka", "faststream", "motor", "pymongo", "pydantic", "uvloop")
HEAD = """# Figures

What the kernel does on one machine, each figure beside a floor that was measured in the same run, in turn with it. Look
at the ratios first: a slow or busy machine slows both sides. Of a rate a ratio above 1 is good, of a time or a size one
below 1. On a busy machine a way that keeps many threads running gets a larger share of the processors than one that
keeps one: there, processor time per item tells more than the rates. Values are the middle ones of all rounds.

`make bench` takes the figures anew, `make bench ARGS=--write` writes this page, with `--only way` that section of it:
each says when it was taken, and how busy the machine was before and after. No test fails on them.
"""
_SECTION = "\n## "
_LAST = "What limits it"
LIMITS = f"""{_LAST}

- **A report's whole way** cannot cost less than its floor: that one process does the same database writes,
  messages and mails through the same drivers, and decides nothing. More than half of the floor is the database's
  and the broker's own time. By the database's profiler a report is 14 saves, 4 outboxes emptied and one count of
  mails: intake saves the report (with its event, and the contact's), who does the work and that the reporter was
  told; dispatch the work order, the report's place among others, and what a look around it found, which must come
  after that place can be seen by others; notify the contact, the file twice (reported, routed), and three notices
  (the reporter's two, the team's), those that go by mail once more when the mail server has answered. Each is a
  case's state that must outlive a kill; the first save of a mail is its lease. What could be left out is: a
  notice in the inbox alone writes nothing at the report, outboxes are emptied by one update for a whole round, mails
  counted in one write, of a case only what a step has changed is named, and of a list only what it has added; eight of
  the 14 saves are of new cases and are inserted (in bulks of 64 an insert costs the database 50 µs, an upsert 190);
  reports that look around at one moment ask once. Left is Python: four fifths of a service's time is the interpreter's
  own, spread so that no function has more than a tenth, and a quarter of it on the driver's threads. A call of the
  driver costs the service half a millisecond and the database as much, whatever is in it, so what counts is how many
  saves share one. A guarded update costs the database 195 µs, of which 80 are the guard: by the id alone it would be
  115. A key of an index costs it 4 µs, so that no index is worth leaving out for its writes.
- **Accepting a report** is measured against a route that checks the same body and does nothing. What the serving
  process does for one is counted in calls of functions, which no other load changes: 3,750 they were, 1,730 they are,
  and the floor's request is 470. FastAPI's own way between request and route is gone (`shared/web/routes.py`,
  `plain.py`), and a dependency that needed a thread with it. Left are, in calls:

  | what | calls |
  |---|--:|
  | telemetry: one span with what is said of it, a count, a duration, a line of the log | 384 |
  | the layers around all routes: whose request it is, languages, origins, sizes, the answer's headers | 318 |
  | two events, each with its envelope, its headers and, where there is one, its public form | 249 |
  | deciding: what the text may show, the place and its zone, the fingerprint, the event | 204 |
  | the use case around that, its link and its answer | 160 |
  | the body: read, parsed, checked | 129 |
  | one step at a time for each case, and the batch of saves | 94 |
  | finding the route, and giving it what it needs | 72 |
  | the case as the database has it | 34 |
  | the server's loop | 86 |

  Beside them stands the driver: a save that shares its write with few costs as much as one that shares it with a
  hundred, on two threads. A thousand a core-second leave a millisecond for each, of which the floor takes half;
  0.8 of the floor would leave a tenth of a millisecond for all in the table, which is no aim for Python that keeps what
  is promised: a case, two events and a trace.
- **The relay** works in lanes, by the partitions that events go to, and hands each lane's messages to the producer in
  batches of its own, which costs less than the floor's one by one. What is left is spread: reading the outboxes and
  taking out of them what has left (two thirds of it in the database's driver), headers, hashing keys to partitions
  in Python, and waiting in lanes. Of the event's span only its place in the trace is made, until somebody looks on.
- **Consumers** decode and check each record, decide and save each case by itself, the saves gathered. By the
  profiler a quarter is the event's span, a quarter reading it (headers, the check of its JSON, the model), a quarter
  the step with its envelope, and the rest a task for each case and the wait for its save. The floor reads nothing,
  decides nothing and asks nobody whether it was here before.
- **Saves** are gathered from all requests under way into one guarded write. `insert_many` of ready documents shows
  what the database could take; what is between is Python that decides, validates and encodes each case.
- **Memory** is Python's libraries by two thirds.
"""


@dataclass(frozen=True)
class Machine:
    """Where the figures were taken."""

    cores: int
    processor: str
    memory_gib: float
    versions: str

    def lines(self) -> list[str]:
        """One fact each."""
        return [
            f"{self.cores} cores ({self.processor}), {self.memory_gib:.0f} GiB: for both services, Kafka and MongoDB",
            self.versions,
        ]


def taken(load_before: float) -> str:
    """When, and under which load of the last minute: of a section that ends now."""
    return (
        f"Taken {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {load_before:.1f} before, {os.getloadavg()[0]:.1f} after."
    )


def machine(parts: str) -> Machine:
    """This one, now."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return Machine(
        len(os.sched_getaffinity(0)),
        _processor(),
        memory,
        f"Python {platform.python_version()}, {parts}, {libraries}",
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def terminal(section: Section) -> str:
    """Aligned columns."""
    lines = [_cells(row) for row in section.rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join([f"\n{section.title}", *(_aligned(line, widths) for line in lines)])


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    what, ours, unit, floor, theirs, ratio = (
        cell.rjust(width) if place in (1, 4) else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(line, widths, strict=True))
    )
    compared = f"  {floor} {theirs}  ratio {ratio}" if ratio.strip() else ""
    return f"  {what}  {ours} {unit}{compared}".rstrip()


def page(sections: Sequence[Section], where: Machine, before: str = "") -> str:
    """`docs/operations/figures.md`; of the page as it was `before`, what was not taken anew stays."""
    tables = {_title(text): text for text in before.split(_SECTION)[1:] if _title(text) != _LAST}
    tables |= {section.title: _table(section) for section in sections}
    facts = "\n".join(f"- {line}" for line in where.lines())
    return _SECTION.join([f"{HEAD}\n{facts}\n", *(f"{text.rstrip()}\n" for text in tables.values()), LIMITS])


def _title(text: str) -> str:
    return text.partition("\n")[0]


def _table(section: Section) -> str:
    rows = [f"| {what} | {ours} {unit} | {floor} | {theirs} | {ratio} |"
            for what, ours, unit, floor, theirs, ratio in map(_cells, section.rows)]  # fmt: skip
    head = ["| what | onestop | floor | floor's value | ratio (least–most) |", "|---|--:|---|--:|--:|"]
    return "\n".join([section.title, "", f"{section.about} {section.taken}".rstrip(), "", *head, *rows])


def _cells(row: Row) -> tuple[str, str, str, str, str, str]:
    if not row.ratios:
        return row.what, _number(row.ours), row.unit, "", "", ""
    least, most = min(row.ratios), max(row.ratios)
    spread = f" ({least:.2f}–{most:.2f})" if len(row.ratios) > 1 else ""
    return row.what, _number(row.ours), row.unit, row.floor, _number(row.theirs), f"{median(row.ratios):.2f}{spread}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"

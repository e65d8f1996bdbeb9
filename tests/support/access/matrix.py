"""Who may what: a row for each route and kind of case, a cell for everybody who could ask; observed, read and written.

A cell is `yes` (with the number of items, where the answer is a list), `login` where a page sends people to sign in, or
the status of the refusal.
"""

import json
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import urlencode

from fastapi import FastAPI

from shared.events.ids import new_id
from shared.secret_links import case_secret
from tests.support.access.asking import Answered, Asked, ask, routes_of
from tests.support.access.houses import LINK_SECRET, ORIGIN, About, Houses
from tests.support.access.people import HOLDERS, STAFF, WHO
from tests.support.access.samples import NAMED, SAMPLES, Sample, kinds_of, make

EACH = "each"  # of the four answers it
EVERYBODY = "everybody"  # a row in which all cells are alike
FORM = "application/x-www-form-urlencoded"
Cells = tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A route, and the kind of case that it is asked about."""

    service: str
    method: str
    path: str
    kind: str = ""

    @property
    def route(self) -> str:
        """As samples name it."""
        return f"{self.service} {self.method} {self.path}"

    @property
    def name(self) -> str:
        """As the file names it."""
        return f"{self.route} {self.kind}".strip()

    @property
    def changes(self) -> bool:
        """Whether a request that is not refused leaves another case than it found."""
        return self.method != "GET"


@dataclass(frozen=True)
class Visit:
    """Somebody has asked for something."""

    row: Row
    who: str
    about: About
    answered: Answered

    @property
    def is_act(self) -> bool:
        """A member of the staff has changed something."""
        known = self.who in STAFF and bool(STAFF[self.who].roles)
        return known and self.row.changes and self.cell.startswith("yes")

    @property
    def case(self) -> str:
        """The case that it was about, or the reference of the one that it opened."""
        told = self.answered.headers.get("location", "") + self.answered.body.decode("utf-8", "replace")
        opened = re.search(r"MH-[0-9A-Z]{4}-[0-9A-Z]{4}", told)
        named = any(name in self.row.path for name in ("{reference}", "{order_id}", "{incident_id}"))
        if made := re.search(r"/desk/incidents/([0-9A-Z]{26})", told):
            return made[1]
        return self.about.case_id if named else opened[0] if opened else ""

    @property
    def cell(self) -> str:
        """What the matrix says of it."""
        status, to = self.answered.status, self.answered.headers.get("location", "")
        if status >= 400:
            return str(status)
        if to.startswith("/auth/login"):
            return "login"
        items = self.answered.items if status == 200 else None
        return "yes" if items is None else f"yes:{len(items)}"


def rows_of(apps: Mapping[str, FastAPI]) -> list[Row]:
    """Every route of every app; what all of them answer alike is one row."""
    found = {service: sorted(set(routes_of(app))) for service, app in apps.items()}
    common = set.intersection(*map(set, found.values()))
    rows = [Row(EACH, method, path) for method, path in sorted(common)]
    for service, routes in found.items():
        rows += [Row(service, *route, kind) for route in routes if route not in common
                 for kind in kinds_of(service, route[1])]  # fmt: skip
    return rows


async def observe(house: Houses) -> AsyncIterator[Visit]:
    """Everybody asks for everything; lists first, while it is known what they hold."""
    for kind in ("shown", "hidden"):
        await house.report(kind)
    for kind, standing in (("ours", "assigned"), ("moved", "assigned"), ("ours", "referred")):
        await house.work(kind, standing)
    for state in ("draft", "submitted"):
        await house.application(state)
    for kind in ("work", "welfare", "permit"):
        await house.notice(kind)
    for row in sorted(rows_of(house.apps), key=lambda row: (row.changes, _is_about_a_case(row, _sample(row)))):
        for service in house.apps if row.service == EACH else [row.service]:
            async for visit in _observe(house, service, row):
                yield visit


async def asked_of(house: Houses, who: Sequence[str], of: Collection[str]) -> AsyncIterator[tuple[Row, str, Asked]]:
    """What each of these would ask of every route of these services, with the service that is asked."""
    for row in rows_of(house.apps):
        service = next(iter(house.apps)) if row.service == EACH else row.service
        if service not in of:
            continue
        sample = _sample(row)
        needed = _is_about_a_case(row, sample)
        about = await make(house, service, row.kind, sample) if needed else About()
        for one in who:
            yield row, service, await _asked(house, service, row, sample, about, one)


async def _observe(house: Houses, service: str, row: Row) -> AsyncIterator[Visit]:
    """Everybody by turns; who changes a case leaves a new one to the next."""
    sample = _sample(row)
    about, is_used = About(), _is_about_a_case(row, sample)
    for who in WHO:
        if is_used:
            about = await make(house, service, row.kind, sample)
        asked = await _asked(house, service, row, sample, about, who)
        visit = Visit(row, who, about, await ask(house.apps[service], asked))
        is_used = row.changes and visit.cell.startswith("yes") and _is_about_a_case(row, sample)
        yield visit


def _sample(row: Row) -> Sample:
    return SAMPLES.get(row.route, Sample())


def _is_about_a_case(row: Row, sample: Sample) -> bool:
    return "{" in row.path or sample.asks_with_link or sample.about_a_case


async def _asked(house: Houses, service: str, row: Row, sample: Sample, about: About, who: str) -> Asked:
    path = row.path
    for name, value in {**NAMED, **about.path, **sample.path}.items():
        path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
    if "{" in path:
        raise LookupError(f"{row.route}: say in tests/support/access/samples.py what stands in its path")
    content, content_type = sample.of_kind.get(row.kind, sample.content)
    if sample.about_a_case or "incident" in row.path:  # its forms name cases
        for name in about.path.keys() & {"reference", "mark", "word"}:
            of = about.path[name].encode()
            content = content.replace(f"{{{name}}}".encode(), of).replace(f"%7B{name}%7D".encode(), of)
    if sample.other_case:
        other = await make(house, service, row.kind, sample)
        by_id = "incident" in row.path  # the reference in its path is a report's
        named = {sample.other_case: other.case_id if by_id else other.path.get("reference") or other.case_id}
        more = urlencode(named).encode()
        content = b"&".join((content, more)) if content_type == FORM else json.dumps(named).encode()
    headers = {"Accept": "text/html"}
    if who in STAFF:
        headers |= {"Cookie": house.cookie(house.apps[service], STAFF[who]), "Origin": ORIGIN}
    link = _link(house, about, who) if who in HOLDERS else {}
    if sample.asks_with_link:
        whole = f"{ORIGIN}/inbox?{urlencode({'reference': about.path['reference'], **link})}"
        content, content_type, link = urlencode({"link": whole}).encode(), FORM, {}
    asked = {**sample.query, **sample.query_of_kind.get(row.kind, {})}
    filled = {name: value.format(**about.path) if about.path else value for name, value in asked.items()}
    if sample.cookie:
        headers["Cookie"] = "; ".join(filter(None, (headers.get("Cookie"), sample.cookie.format(**about.path))))
    query = {**filled, **link}
    return Asked(row.method, path, query, headers, content, content_type)


def _link(house: Houses, about: About, who: str) -> dict[str, str]:
    """What a link's holder adds to the address."""
    match who:
        case "owner":
            return {"secret": house.secret(about)}
        case "follower":
            return {"party": about.party or "follower-0", "secret": house.secret(about, about.party or "follower-0")}
        case "stranger":
            return {"secret": case_secret(LINK_SECRET, new_id())}
        case _:
            return {}


def read(text: str) -> dict[str, Cells]:
    """Rows of the file by name."""
    rows: dict[str, Cells] = {}
    for line in text.splitlines():
        name, bar, cells = line.partition("|")
        if bar and not line.startswith("#"):
            said = cells.split()
            rows[name.strip()] = (said[1],) * len(WHO) if said[0] == EVERYBODY else tuple(said)
    return rows


def write(rows: Mapping[str, Cells]) -> list[str]:
    """Lines of the file."""
    wide = max(map(len, rows), default=0)
    lines = [f"# {'':{wide - 2}} | {' '.join(f'{who:9}' for who in WHO)}".rstrip()]
    for name, cells in rows.items():
        said = f"{EVERYBODY} {cells[0]}" if len(set(cells)) == 1 else _aligned(cells)
        lines.append(f"{name:{wide}} | {said}".rstrip())
    return lines


def _aligned(cells: Sequence[str]) -> str:
    return " ".join(f"{cell:{max(9, len(who))}}" for cell, who in zip_longest(cells, WHO, fillvalue=""))

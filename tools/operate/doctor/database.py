"""What MongoDB lacks: that nothing is lost when a member fails, that clocks agree, that queries find their indexes."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import OperationFailure, PyMongoError

from shared.hosts import split_database_uri
from shared.kernel.clock import now
from shared.kernel.connections import connect
from shared.settings import ServiceSettings
from tools.operate.desks import services
from tools.operate.doctor.finding import Finding, Grade

OLDEST = (6, 0)  # that our tests run on
MEMBERS = 3  # with two, either that fails stops all writes
SKEW = timedelta(seconds=2)  # leases, moments and sessions are compared across machines
JOURNAL = timedelta(hours=24)  # what `republish` may still be asked for after a weekend's night
_OF_A_USER = ("authsource", "authmechanism", "authmechanismproperties")

Client = AsyncIOMotorClient[dict[str, Any]]


async def look(settings: ServiceSettings) -> list[Finding]:
    """Asks the server what it is, and each service's database for its indexes."""
    client = connect(settings.mongodb_uri, "operator")
    try:
        asked = now()
        hello = await client.admin.command("hello")
        middle = asked + (now() - asked) / 2
        version = (await client.admin.command("buildInfo"))["versionArray"]
        found = [*of_server(hello, tuple(version), middle), *await _of_journal(client)]
    finally:
        client.close()
    found += [one async for one in _of_strangers(settings.mongodb_uri)]
    return [*found, *[one async for one in _of_indexes()]]


def of_server(hello: Mapping[str, Any], version: tuple[int, ...], at: datetime) -> Iterator[Finding]:
    """What the server says of itself; `at`: our time when it said so."""
    if version[:2] < OLDEST:
        yield _note("broken", f"MongoDB {'.'.join(map(str, version[:3]))} is older than {OLDEST[0]}.{OLDEST[1]}")
    if "setName" not in hello:
        yield _note("broken", "it is no replica set: nothing can be saved; start it with --replSet")
        return
    if (members := len(hello.get("hosts", ()))) < MEMBERS:
        yield _note("unfinished", f"its replica set has {members} member{'s' if members != 1 else ''}: when one "
                    f"fails, so does the town; give it {MEMBERS}")  # fmt: skip
    skew = abs(hello["localTime"].replace(tzinfo=UTC) - at)
    if skew > SKEW:
        yield _note("broken", f"its clock and this machine's differ by {skew.total_seconds():.0f} s: run NTP on both")


async def _of_journal(client: Client) -> list[Finding]:
    try:
        oldest = await client["local"]["oplog.rs"].find_one({}, {"ts": 1}, sort=[("$natural", 1)])
    except OperationFailure:
        return [_note("unfinished", "how far its journal reaches back cannot be told: give the operators' user the "
                      "role `read` on `local`")]  # fmt: skip
    reach = now() - oldest["ts"].as_datetime() if oldest else timedelta(0)
    return [] if reach >= JOURNAL else list(of_journal(reach))


def of_journal(reach: timedelta) -> Iterator[Finding]:
    """A journal that forgets within a day; a young database has a short one too."""
    hours = reach.total_seconds() / 3600
    yield _note("unfinished", f"its journal reaches back {hours:.1f} h: `onestop republish` can tell again no more "
                "than that; unless it is new, set storage.oplogMinRetentionHours to 24 or more")  # fmt: skip


async def _of_strangers(uri: str) -> AsyncIterator[Finding]:
    """Whether it tells anything to somebody without a name."""
    if not split_database_uri(uri).who:
        return  # then we are the stranger, and the settings' look says so
    client = connect(without_user(uri), "doctor")
    try:
        await client.admin.command("listDatabases")
    except PyMongoError:
        return
    finally:
        client.close()
    yield _note("unsafe", "it obeys whoever comes, without a name: switch security.authorization on")


def without_user(uri: str) -> str:
    """The same database, met by a stranger."""
    parts = split_database_uri(uri)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() not in _OF_A_USER]
    return f"{parts.scheme}://{parts.hosts}{parts.path or '/'}{'?' if query else ''}{urlencode(query)}"


async def _of_indexes() -> AsyncIterator[Finding]:
    async with services() as running:
        for name, service in running.items():
            missing = []
            for collection, wanted in service.wanted_indexes.items():
                there = await service.database[collection].index_information()
                lacking = [index.document["name"] for index in wanted if index.document["name"] not in there]
                missing += [f"{collection}.{index}" for index in lacking]
            if missing:
                yield _note("broken", f"{name} has not made its indexes: {', '.join(missing)}; its start makes "
                            "them, and it answers nothing before")  # fmt: skip


def _note(grade: Grade, text: str) -> Finding:
    return Finding(grade, "database", text)

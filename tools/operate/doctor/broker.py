"""What Kafka lacks: topics as the catalogue wants them, copies of each record, and who may what."""

from collections.abc import Iterator, Mapping, Sequence

from aiokafka.admin import AIOKafkaAdminClient

from shared.events.topics import TOPICS
from shared.settings import ServiceSettings
from tools.operate import acls
from tools.operate.doctor.finding import Finding, Grade
from tools.operate.topics import COPIES, Found, differences, find

WAIT_SECONDS = 10.0


async def look(settings: ServiceSettings) -> list[Finding]:
    """Asks as whoever this process is; the access lists are told to the cluster's administrator only."""
    admin = AIOKafkaAdminClient(**settings.brokers.options(), request_timeout_ms=int(WAIT_SECONDS * 1000))
    try:
        await admin.start()
        found = await find(admin, [settings.topic(name) for name in TOPICS])
        return [*of_topics(settings.topic_prefix, found), *await _of_access(admin, settings)]
    finally:
        await admin.close()


def of_topics(prefix: str, found: Mapping[str, Found]) -> Iterator[Finding]:
    """Each topic's differences from the catalogue, and how well it is kept."""
    few: list[str] = []
    alone: list[str] = []
    for name, topic in TOPICS.items():
        there = found.get(prefix + name)
        yield from (_note("broken", f"{prefix}{name}: {said}") for said in differences(topic, there))
        if there and there.copies < COPIES:
            few.append(name)
        elif there and there.config.get("min.insync.replicas", "1") == "1":
            alone.append(name)
    if few:
        yield _note("unfinished", f"{len(few)} topics have fewer than {COPIES} copies of each record: a lost disk "
                    f"takes acknowledged events along; make them anew with --replication {COPIES}")  # fmt: skip
    if alone:
        yield _note("unsafe", f"min.insync.replicas is 1 for {', '.join(alone)}: one copy counts as acknowledged")


async def _of_access(admin: AIOKafkaAdminClient, settings: ServiceSettings) -> list[Finding]:
    known = await acls.read(admin)
    if known == acls.UNGUARDED:
        return [_note("unsafe", "it has no access lists: whoever reaches it may read contacts; switch an "
                      "authorizer on, then `onestop topics acls --apply`")]  # fmt: skip
    if isinstance(known, str):
        return []  # an operator need not be the administrator, who sees them by the same command
    return list(of_access(settings.topic_prefix, known))


def of_access(prefix: str, known: Sequence[acls.Grant]) -> Iterator[Finding]:
    """What a principal lacks, and what everybody has."""
    given = {(one.principal, one.resource, one.name, what) for one in known for what in one.operations}
    wanted = acls.grants(prefix)
    lacking = sorted({one.principal for one in wanted for what in one.operations
                      if (one.principal, one.resource, one.name, what) not in given})  # fmt: skip
    if lacking:
        yield _note("broken", f"its access lists give {', '.join(lacking)} less than they need: "
                    "`onestop topics acls --apply`, as the cluster's administrator")  # fmt: skip
    if everybody := sorted({one.name for one in known if one.principal == "*"}):
        yield _note("unsafe", f"everybody may use {', '.join(everybody)}: take User:* out of its access lists")


def _note(grade: Grade, text: str) -> Finding:
    return Finding(grade, "broker", text)

"""`onestop topics`: makes the topics on a broker, or says how they differ.

It never deletes a topic, never changes one and never adds partitions: that would break the order per case.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code

from shared.brokers import Brokers
from shared.events.topics import TOPICS, Topic
from shared.settings import NameSettings, ServiceSettings
from tools.operate import acls
from tools.operate.asking import add_json, add_operator, as_json, operator
from tools.operate.failures import NotDone, no_answer, trouble

COPIES = 3  # of each record, where there are as many brokers
REQUEST_MS = 15_000
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0  # seconds between two tries to reach the broker


@dataclass(frozen=True)
class Found:
    """A topic as the broker has it."""

    partitions: int
    config: Mapping[str, str]
    copies: int = 1  # of each record


def main(arguments: Sequence[str]) -> int:
    """0: all topics are as they must be (create: are there); 1: they are not."""
    options = _options(arguments)
    if options.command == "list":
        named = [replace(topic, name=options.prefix + topic.name) for topic in TOPICS.values()]
        print(as_json(named) if options.json else draw_table(options.prefix))
        return 0
    if options.command == "acls" and (options.dry_run or not options.apply):
        wanted = acls.grants(options.prefix, options.reader)
        print(as_json(wanted) if options.json else "\n".join(map(acls.as_command, wanted)))
        return 0
    return asyncio.run(_run(options))


def draw_table(prefix: str = "") -> str:
    """All topics as a table for people."""
    rows = [("topic", "partitions", "clean-up", "retention", "key", "written by", "read by")]
    rows += [
        (prefix + topic.name, str(topic.partitions), topic.cleanup, retention(topic), topic.key,
         ", ".join(topic.writers), ", ".join(topic.readers))
        for topic in TOPICS.values()
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def retention(topic: Topic) -> str:
    """In words: how long a record stays."""
    return "until replaced" if topic.retention_ms < 0 else f"{topic.retention_ms // 86_400_000} days"


def differences(topic: Topic, found: Found | None) -> list[str]:
    """What the broker's topic has otherwise, one sentence each."""
    if found is None:
        return ["it is missing"]
    told = []
    if found.partitions != topic.partitions:
        told.append(f"it has {found.partitions} partitions instead of {topic.partitions} (they are never changed)")
    for name, wanted in topic.configs().items():
        if found.config.get(name) != wanted:
            told.append(f"{name} is {found.config.get(name)} instead of {wanted}")
    return told


def copies_of(brokers: int) -> int:
    """So often a record is kept where there are so many brokers."""
    return min(COPIES, brokers)


def list_lacks(found: Found | None, copies: int) -> list[str]:
    """What a lost disk would take along of a topic that should be kept so often, one sentence each."""
    if found is None:
        return []
    told = []
    if found.copies < copies:
        told.append(
            f"each record is kept {found.copies} times instead of {copies}: a lost disk takes acknowledged events along"
        )
    if found.copies > 1 and found.config.get("min.insync.replicas", "1") == "1":
        told.append("min.insync.replicas is 1: one copy counts as acknowledged")
    return told


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="onestop topics", description="The Kafka topics of onestop.")
    parser.add_argument("command", choices=("create", "list", "check", "acls"))
    parser.add_argument("--prefix", default=NameSettings().topic_prefix, help="put before each name (TOPIC_PREFIX)")
    parser.add_argument("--bootstrap", help="KAFKA_BOOTSTRAP_SERVERS")
    parser.add_argument("--replication", type=_positive, help=f"copies of each record ({COPIES}, or one a broker)")
    parser.add_argument("--wait", type=float, default=60.0, help="seconds to wait for the broker")
    parser.add_argument("--apply", action="store_true", help="acls: add them on the broker, as its administrator")
    parser.add_argument("--dry-run", action="store_true", help="create, acls: change nothing; say what would be done")
    parser.add_argument("--reader", action="append", default=[], help="acls: an outside reader of the public topics")
    add_operator(parser)
    add_json(parser)
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {text}")
    return int(text)


def _brokers(options: argparse.Namespace) -> Brokers:
    """Whoever only lists what there would be needs no broker, and no secret to meet it with."""
    brokers = ServiceSettings().brokers
    return replace(brokers, servers=tuple(options.bootstrap.split(","))) if options.bootstrap else brokers


async def _run(options: argparse.Namespace) -> int:
    brokers = _brokers(options)
    admin = await _reach(brokers, options.wait)
    try:
        if options.command == "acls":
            return await _give(admin, options)
        if options.command == "create" and not options.dry_run:
            await _create(admin, options.prefix, options.replication or await _copies(admin))
        copies = options.replication or await _copies(admin)
        found = await find(admin, [options.prefix + name for name in TOPICS])
    except (KafkaError, TimeoutError) as error:
        raise NotDone(trouble(str(brokers), error)) from error
    finally:
        await admin.close()
    told = [
        f"{options.prefix}{name}: {sentence}"
        for name, topic in TOPICS.items()
        for there in [found.get(options.prefix + name)]
        for sentence in [*differences(topic, there), *list_lacks(there, copies)]
    ]
    if options.json:
        print(as_json(told))
    else:
        print("\n".join(told) if told else f"all {len(TOPICS)} topics are as they must be")
    missing = any(options.prefix + name not in found for name in TOPICS)
    return int(missing and not options.dry_run if options.command == "create" else bool(told))


async def _give(admin: AIOKafkaAdminClient, options: argparse.Namespace) -> int:
    given = await acls.put_in_force(admin, acls.grants(options.prefix, options.reader), operator(options))
    print(as_json(given) if options.json else f"{len(given)} rights are given anew, the others were in force")
    return 0


async def _reach(brokers: Brokers, wait: float) -> AIOKafkaAdminClient:
    """A connected client; tries until `wait` seconds are over, so that it may start together with the broker."""
    clock = asyncio.get_running_loop().time
    deadline, pause = clock() + wait, FIRST_PAUSE
    while True:
        admin = AIOKafkaAdminClient(**brokers.options(), request_timeout_ms=REQUEST_MS)
        try:
            await admin.start()
            return admin
        except (KafkaConnectionError, OSError) as error:
            await admin.close()
            if clock() + pause > deadline:
                raise NotDone(f"{no_answer(str(brokers))} (asked for {wait:g} s)") from error
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def _copies(admin: AIOKafkaAdminClient) -> int:
    return copies_of(len((await admin.describe_cluster())["brokers"]))


async def _create(admin: AIOKafkaAdminClient, prefix: str, replication: int) -> None:
    there = set(await admin.list_topics())
    wanted = [new_topic(prefix, topic, replication) for topic in TOPICS.values() if prefix + topic.name not in there]
    if not wanted:
        return
    answer = await admin.create_topics(wanted)
    for name, code, *message in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:  # somebody else was faster: as good
            raise NotDone(f"{name} could not be created: {error.__name__} {' '.join(map(str, message))}")
        done = f"created {name}, of each record {replication} copies" if not code else f"{name} was there"
        print(done, file=sys.stderr)  # the answer is what they are
    await _settle(admin, [topic.name for topic in wanted])


def new_topic(prefix: str, topic: Topic, replication: int) -> NewTopic:
    """Acknowledged is what two disks have, where there are two: then one may be lost."""
    safe = {"min.insync.replicas": str(min(2, replication))}
    return NewTopic(prefix + topic.name, topic.partitions, replication, topic_configs=topic.configs() | safe)


async def _settle(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    """Wait until every new partition has a leader: a producer that comes too early gets an error."""
    end = asyncio.get_running_loop().time() + REQUEST_MS / 1000
    while leaderless := _leaderless(names, await admin.describe_topics()):
        if asyncio.get_running_loop().time() > end:
            raise NotDone(f"created, but without a leader: {', '.join(leaderless)}")
        await asyncio.sleep(0.05)


def _leaderless(names: Iterable[str], described: Iterable[Mapping[str, Any]]) -> list[str]:
    led = {
        one["topic"]
        for one in described
        if one["partitions"] and all(partition["leader"] >= 0 for partition in one["partitions"])
    }
    return sorted(set(names) - led)


async def find(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, Found]:
    """Those of these topics that the broker has."""
    there = set(await admin.list_topics())
    present = [name for name in names if name in there]
    if not present:
        return {}
    described = await admin.describe_topics(present)
    partitions = {one["topic"]: len(one["partitions"]) for one in described}
    copies = {one["topic"]: min(len(each["replicas"]) for each in one["partitions"]) for one in described}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in present]
    configs = {
        resource[3]: {entry[0]: str(entry[1]) for entry in resource[4]}
        for answer in await admin.describe_configs(resources)
        for resource in answer.resources
    }
    return {name: Found(partitions[name], configs.get(name, {}), copies[name]) for name in present}

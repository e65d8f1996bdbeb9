"""Kafka: one node that is broker and controller at once (KRaft), from the pinned jars."""

import asyncio
import subprocess
from collections.abc import Mapping
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.downloads import cache
from deploy.local.part import Part, tcp_ready
from deploy.local.ports import Ports

_CLUSTER_ID = "b25lc3RvcC1sb2NhbC0wMQ"  # any 16 bytes in base64; fixed, so that kept data is recognised
# A small machine: one JVM of ~320 MB that is up in two seconds.
_JVM = [
    "-Xms128m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-Djava.awt.headless=true",
]
_LOGGING = """\
status = warn
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
"""


def kafka(home: Path, ports: Ports) -> Part:
    """The broker on 127.0.0.1, its data under `home`."""
    folder = home / "data" / "kafka"
    properties = folder / "server.properties"
    java = ["java", *_JVM, f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}", "-cp", f"{cache()}/kafka/*"]
    return Part(
        name="kafka",
        argv=[*java, "kafka.Kafka", str(properties)],
        ports=(ports.kafka, ports.kafka_controller),
        prepare=lambda: _format(folder, java, _properties(folder, ports)),
        ready=lambda: tcp_ready(ports.kafka) and asyncio.run(_knows_itself(ports.kafka)),
        replace_by="KAFKA_BOOTSTRAP_SERVERS",
    )


def _properties(folder: Path, ports: Ports) -> Mapping[str, object]:
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{ports.kafka_controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{ports.kafka},CONTROLLER://127.0.0.1:{ports.kafka_controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{ports.kafka}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": folder / "logs",
        # Topics are created from the catalogue by a command; a typing error must not create one.
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 10,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        # A killed broker can rejoin only once its old session has expired (9 s by default).
        "broker.heartbeat.interval.ms": 500,
        "broker.session.timeout.ms": 2000,
        "log.segment.bytes": 64 * 1024 * 1024,
    }


def _format(folder: Path, java: list[str], properties: Mapping[str, object]) -> None:
    """Write the configuration, and the empty log folder the first time."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "log4j2.properties").write_text(_LOGGING)
    file = folder / "server.properties"
    file.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
    if not (folder / "logs" / "meta.properties").exists():
        subprocess.run(
            [*java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(file)],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip


async def _knows_itself(port: int) -> bool:
    """The port opens a little before the broker has joined its own cluster; until then topics cannot be created."""
    client = AIOKafkaAdminClient(bootstrap_servers=f"127.0.0.1:{port}", request_timeout_ms=2000)
    try:
        await client.start()
        return bool((await client.describe_cluster())["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()

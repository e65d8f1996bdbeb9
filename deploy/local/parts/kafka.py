"""Kafka: one node that is broker and controller at once (KRaft), from the pinned jars."""

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.downloads import cache, keep
from deploy.local.part import Part, tcp_ready
from deploy.local.ports import Ports
from deploy.local.runner import Runner
from deploy.local.secured import ADMIN, BROKER, Secured
from shared.brokers import Brokers, Identity

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


def kafka(home: Path, ports: Ports, secured: Secured | None = None) -> Part:
    """The broker on 127.0.0.1, its data under `home`; `secured`: nobody is anonymous, and may what the ACLs say."""
    folder = home / "data" / "kafka"
    properties = folder / "server.properties"
    shared = [f"-XX:SharedArchiveFile={archive}"] if (archive := _archive()).exists() else []
    java = [
        "java",
        *_JVM,
        *shared,
        f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}",
        "-cp",
        f"{cache()}/kafka/*",
    ]
    return Part(
        name="kafka",
        argv=[*java, "kafka.Kafka", str(properties)],
        ports=(ports.kafka, ports.kafka_controller, *(_list_guarded_ports(ports, secured) if secured else ())),
        prepare=lambda: _format(folder, java, _properties(folder, ports, secured), secured),
        ready=lambda: tcp_ready(ports.kafka) and asyncio.run(_knows_itself(brokers(ports, secured, ADMIN))),
        replace_by="KAFKA_BOOTSTRAP_SERVERS",
    )


def archive_classes() -> None:
    """Keep the broker's classes as the machine holds them: reading them from their jars is a third of its start."""
    if (archive := _archive()).exists():
        return
    print("keeping the broker's classes for quicker starts (once)", flush=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as aside:
        part, made = kafka(Path(aside), Ports.free()), Path(aside) / archive.name
        argv = [part.argv[0], f"-XX:ArchiveClassesAtExit={made}", *part.argv[1:]]
        runner = Runner(Path(aside), [replace(part, argv=argv, grace=60)])  # it writes when it is told to stop
        runner.up()
        runner.stop(part.name)
        if made.exists():  # another maker's Java may not know how
            made.replace(archive)


def _archive() -> Path:
    """Of this version of Kafka by this very Java: another cannot read it."""
    java = Path(shutil.which("java") or "java").resolve()
    return cache() / f"kafka-{java.stat().st_mtime_ns if java.exists() else 0}.jsa"


def brokers(ports: Ports, secured: Secured | None, name: str) -> Brokers:
    """The broker's address, and `name` as who meets it there."""
    servers = (f"127.0.0.1:{ports.kafka}",)
    if secured is None:
        return Brokers(servers)
    identity = Identity("SASL_SSL", username=secured.principal(name), password=secured.password(name), ca=secured.ca)
    return Brokers(servers, identity)


def _properties(folder: Path, ports: Ports, secured: Secured | None) -> Mapping[str, object]:
    protocol = "PLAINTEXT" if secured is None else "SASL_SSL"
    listeners = advertised = f"{protocol}://127.0.0.1:{ports.kafka}"
    if secured is not None:  # passwords at the one, certificates at the other
        listeners = advertised = f"{listeners},SSL://127.0.0.1:{ports.kafka_certificates}"
    if secured is not None and secured.known_as:  # and passwords again for who meets it by another name
        listeners += f",OUTSIDE://127.0.0.1:{ports.kafka_outside}"
        advertised += f",OUTSIDE://{secured.known_as[0]}:{ports.kafka_outside}"
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{ports.kafka_controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"{listeners},CONTROLLER://127.0.0.1:{ports.kafka_controller}",
        "advertised.listeners": advertised,
        "listener.security.protocol.map": f"{protocol}:{protocol},CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": protocol,
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
        # Its controller would write an empty record twice a second, for brokers that lag behind: it is the only one.
        "metadata.max.idle.interval.ms": 0,
        "log.segment.bytes": 64 * 1024 * 1024,
        **(_guard_options(secured) if secured else {}),
    }


def _list_guarded_ports(ports: Ports, secured: Secured) -> tuple[int, ...]:
    return (ports.kafka_certificates, *((ports.kafka_outside,) if secured.known_as else ()))


def _guard_options(secured: Secured) -> Mapping[str, object]:
    """Sign-in by password or certificate over TLS, and an authorizer that allows what it was told and nothing else."""
    login = "org.apache.kafka.common.security"
    broker = f'{login}.scram.ScramLoginModule required username="{BROKER}" password="{secured.password(BROKER)}";'
    controller = secured.password(ADMIN)
    return {
        "listener.security.protocol.map": "SASL_SSL:SASL_SSL,SSL:SSL,OUTSIDE:SASL_SSL,CONTROLLER:SASL_PLAINTEXT",
        "listener.name.ssl.ssl.client.auth": "required",
        # One principal, however it signs in: `intake`, and not `CN=intake`.
        "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/",
        "listener.name.sasl_ssl.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": broker,
        "listener.name.outside.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.outside.scram-sha-512.sasl.jaas.config": broker,
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        # The node to itself: who signs in by SCRAM is in the log that the controller keeps.
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": f"{login}.plain.PlainLoginModule required "
        f'username="{BROKER}" password="{controller}" user_{BROKER}="{controller}";',
        "sasl.mechanism.controller.protocol": "PLAIN",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": secured.server,
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": secured.ca,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{BROKER};User:{ADMIN}",
    }


def _format(folder: Path, java: list[str], properties: Mapping[str, object], secured: Secured | None) -> None:
    """Write the configuration, and the empty log folder the first time."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # its configuration may hold passwords
    (folder / "log4j2.properties").write_text(_LOGGING)
    file, logs = folder / "server.properties", folder / "logs"
    file.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
    if (logs / "meta.properties").exists():
        return
    empty = cache() / f"kafka-empty-{_CLUSTER_ID}"
    if secured is None and empty.is_dir():
        shutil.copytree(empty, logs, dirs_exist_ok=True)
        return
    known = {secured.principal(name): secured.password(name) for name in secured.names} if secured else {}
    users = [f"--add-scram=SCRAM-SHA-512=[name={name},password={word}]" for name, word in known.items()]
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(file), *users],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    if secured is None:
        keep(logs, empty)  # the same for every stack in which nobody signs in: a second of a processor less for each


async def _knows_itself(brokers: Brokers) -> bool:
    """The port opens a little before the broker has joined its own cluster; until then topics cannot be created."""
    client = AIOKafkaAdminClient(**brokers.options(), request_timeout_ms=2000)
    try:
        await client.start()
        return bool((await client.describe_cluster())["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()

"""The real parts behind the tests: they start, take faults, come back with their data, and leave nothing."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import jwt
import pymongo
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from deploy.local.machine import ROOT
from tests.support.stack import Stack

NewStack = Callable[..., Stack]


async def test_kafka_keeps_its_messages_over_a_kill(new_stack: NewStack) -> None:
    stack = new_stack().up("kafka")
    admin = AIOKafkaAdminClient(**stack.kafka_options)
    await admin.start()
    await admin.create_topics([NewTopic("t", 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(**stack.kafka_options, acks="all")
    await producer.start()
    await producer.send_and_wait("t", b"kept")
    await producer.stop()
    stack.kill("kafka")
    assert not stack.running("kafka")
    stack.start("kafka")
    consumer = AIOKafkaConsumer("t", **stack.kafka_options, auto_offset_reset="earliest")
    await consumer.start()
    assert (await consumer.getone()).value == b"kept"
    await consumer.stop()


async def test_mongo_hangs_while_paused_and_goes_on_with_its_data(new_stack: NewStack) -> None:
    stack = new_stack().up("mongo")
    async with AsyncMongoClient[dict[str, int]](stack.mongo) as client:
        await client.t.c.insert_one({"_id": 1})
        stack.pause("mongo")
        with pytest.raises(PyMongoError), pymongo.timeout(0.5):
            await client.t.c.find_one({"_id": 1})
        stack.resume("mongo")
        assert await client.t.c.find_one({"_id": 1}) == {"_id": 1}


def test_a_bearer_token_carries_role_team_and_audience(new_stack: NewStack) -> None:
    stack = new_stack().up("oidc")
    claims = jwt.decode(stack.token("crew-water"), options={"verify_signature": False})
    assert claims["aud"] == ["onestop"]
    assert claims["iss"] == stack.env["OIDC_ISSUER"]
    assert (claims["roles"], claims["team"], claims["town"]) == (["crew"], "works-water", "maehia")


def test_the_mailbox_keeps_what_it_accepts_and_refuses_on_demand(new_stack: NewStack) -> None:
    stack = new_stack().up("mail")
    letter = "From: a@example.org\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nbody\r\n"
    with smtplib.SMTP("127.0.0.1", stack.ports.smtp) as smtp:
        smtp.sendmail("a@example.org", "b@example.org", letter)
        stack.mailbox.answer = "451 later"
        with pytest.raises(smtplib.SMTPDataError):
            smtp.sendmail("a@example.org", "b@example.org", letter)
    assert [message["Subject"] for message in stack.mailbox.to("b@example.org")] == ["hello"]
    stack.stop("mail")
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", stack.ports.smtp)


def test_spans_arrive_with_their_service_and_attributes(new_stack: NewStack) -> None:
    stack = new_stack().up("traces")
    provider = TracerProvider(resource=Resource({"service.name": "intake"}))
    exporter = OTLPSpanExporter(endpoint=f"{stack.env['OTEL_EXPORTER_OTLP_ENDPOINT']}/v1/traces")
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with provider.get_tracer("t").start_as_current_span("save", attributes={"case.id": "r1", "n": 3}):
        pass
    provider.shutdown()
    (span,) = stack.traces.spans
    assert (span.service, span.name, span.attributes) == ("intake", "save", {"case.id": "r1", "n": 3})
    assert stack.traces.of(span.trace_id) == [span]


def test_the_proxy_hides_the_inner_paths_and_says_when_a_service_is_away(new_stack: NewStack) -> None:
    stack = new_stack().up("proxy")
    assert httpx.get(f"{stack.origin}/metrics").status_code == 404
    away = httpx.get(f"{stack.origin}/crew", timeout=10)
    assert away.status_code == 502
    assert away.headers["content-type"] == "application/problem+json"
    assert away.json()["status"] == 502


def test_a_killed_test_run_leaves_neither_processes_nor_data() -> None:
    script = (
        "from tests.support.stack import Stack; s = Stack().up('oidc');"
        "print(s.home, s.pid('oidc'), flush=True); input()"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    with run:
        assert run.stdout is not None
        home, pid = run.stdout.readline().split()
        assert Path(f"/proc/{pid}").exists()
        run.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while Path(home).exists() or _alive(int(pid)):
        assert time.monotonic() < until, "the guard did not clean up"
        time.sleep(0.1)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"

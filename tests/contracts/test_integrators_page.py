"""The integrators' page says what the code does: topics, headers, links and a program that compiles."""

import re
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from shared.events.catalogue import EVENTS
from shared.events.envelope import encode
from shared.events.topics import TOPICS
from tools.contract.schemas import INTEGRATORS
from tools.contract.shapes import Shape, envelope_schema, shapes
from tools.operate.topics import retention

PAGE = (INTEGRATORS / "README.md").read_text(encoding="utf-8")


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_topics_are_the_ones_that_are_created() -> None:
    told = {tuple(cell.strip("`") for cell in row) for row in rows_of("Topics")}
    assert told == {
        (topic.name, topic.key, str(topic.partitions), retention(topic), ", ".join(topic.writers),
         ", ".join(topic.readers))
        for topic in TOPICS.values()
    }  # fmt: skip


def test_the_headers_are_the_ones_that_are_sent() -> None:
    told = {name for row in rows_of("One event") for name in re.findall(r"`([^`]+)`", row[0])}
    assert told == set(envelope_schema()["properties"])


def test_every_public_event_has_its_place_in_the_reference() -> None:
    page = (INTEGRATORS / "events.md").read_text(encoding="utf-8")
    told = [shape for shape in shapes() if shape.topic.startswith("public.")]
    assert {f"### {shape.event_type}" for shape in told} <= set(page.splitlines())
    assert all(f"`{name}`" in page for shape in told for name in shape.schema["properties"])


def test_what_the_page_names_is_in_the_contract() -> None:
    fields = {name for shape in shapes() for name in shape.schema["properties"]}
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", PAGE)) - set(envelope_schema()["properties"])
    assert named <= fields
    verbs = {f"{noun}.{verb}" for _, noun, verb, _ in (event.split(".") for event in EVENTS)}
    assert set(re.findall(r"`((?:report|permit|work-order|incident)\.[a-z-]+)`", PAGE)) <= verbs


def reports() -> list[Shape]:
    """The public events of the burst pipe, in their order."""
    told = [shape for shape in shapes() if shape.topic == "public.reports.v1"]
    return sorted(told, key=lambda shape: str(shape.example["headers"]["ce_sequence"]))


class FakeConsumer:
    """Stands in for aiokafka's: the burst pipe, one event twice, and a case that is hidden in the end."""

    def __init__(self, *topics: str, **_options: object) -> None:
        told = [shape.example for shape in reports()]
        assert "public.reports.v1" in topics
        self._records = [told[0], told[0], *told[1:]]
        self.committed = 0

    async def start(self) -> None:
        """Nothing to connect to."""

    stop = start

    async def __aiter__(self) -> AsyncIterator[SimpleNamespace]:
        for offset, one in enumerate(self._records):
            headers = [(name, text.encode()) for name, text in one["headers"].items()]
            yield SimpleNamespace(
                topic="public.reports.v1",
                partition=0,
                offset=offset,
                key=one["key"].encode(),
                headers=headers,
                value=encode(one["value"]),
            )

    async def commit(self, offsets: dict[object, int]) -> None:
        (self.committed,) = offsets.values()


def test_the_program_handles_each_event_once_and_forgets_what_is_hidden(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    kafka = SimpleNamespace(AIOKafkaConsumer=FakeConsumer, TopicPartition=lambda *place: place)
    monkeypatch.setitem(sys.modules, "aiokafka", kafka)
    monkeypatch.syspath_prepend(INTEGRATORS)
    exec(compile(program, "README.md", "exec"), {"__name__": "example"})
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[1] for line in told] == [shape.event_type for shape in reports()]
    assert {line[2] for line in told[:-1]} == {"MH-KBN0-19PH"}
    assert told[-1][1:] == ["onestop.report.hidden.v1", "None"]

"""The integrators' page says what the code does: topics, headers, links and a program that compiles."""

import ast
import re

from shared.events.topic_admin import retention
from shared.events.topics import TOPICS
from tools.contract.schemas import INTEGRATORS
from tools.contract.shapes import envelope_schema

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


def test_the_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert links
    assert all((INTEGRATORS / link).exists() for link in links)


def test_the_program_compiles() -> None:
    programs = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert programs
    for program in programs:
        ast.parse(program)

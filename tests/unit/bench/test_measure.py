"""The arithmetic of the figures; the figures themselves are never asserted."""

import time
from dataclasses import replace
from functools import partial

import pytest

from tests.bench.measure import OURS, Row, Section, Turn, compared, during, interleaved, percentile, rates
from tests.bench.page import Machine, page, terminal
from tests.bench.subject import Bench, another, settled


async def _turn(log: list[str], name: str, value: float) -> Turn:
    log.append(name)
    return Turn(value, 1.0)


async def test_the_ways_have_their_turns_one_after_the_other() -> None:
    log: list[str] = []
    ways = {name: partial(_turn, log, name, value) for name, value in ((OURS, 10.0), ("floor", 40.0))}
    (row,) = rates("saves", "saves/s", await interleaved(range(3), ways))
    assert log == [OURS, "floor"] * 3
    assert (row.ours, row.theirs, row.ratios) == (10.0, 40.0, (0.25,) * 3)


def test_a_ratio_is_taken_within_its_round() -> None:
    (row,) = compared("saves", "saves/s", {OURS: [100, 10, 50], "floor": [200, 20, 400]})
    assert (row.ours, row.theirs, row.ratios) == (50, 200, (0.5, 0.5, 0.125))


@pytest.mark.parametrize(("left", "rounds"), [(60, 3), (-1, 1)])
def test_a_run_that_is_out_of_time_has_one_round(left: float, rounds: int) -> None:
    assert len(list(Bench("", "", until=time.monotonic() + left).rounds())) == rounds


async def test_everything_that_was_done_counts() -> None:
    done = 0

    async def once() -> None:
        nonlocal done
        done += 1

    turn = await during(0.01, 4, once, each=10)
    assert 0.01 <= done * 10 / turn.per_second < 1


def test_a_percentile_of_few_values_is_one_of_them() -> None:
    assert [percentile([3.0, 1.0, 2.0], share) for share in (0, 0.5, 0.95, 1)] == [1, 2, 3, 3]


def test_another_document_is_another_case_with_its_own_messages() -> None:
    document = {"_id": "A", "v": 1, "outbox": [{"id": "E", "messages": [["topic", "A", b"value"]]}]}
    made = another(document)
    assert made["_id"] != "A"
    assert made["outbox"][0]["messages"] == [["topic", made["_id"], b"value"]]
    assert document["outbox"] == [{"id": "E", "messages": [["topic", "A", b"value"]]}]
    assert settled(document)["outbox"] == []


HERE = Machine(2, "a processor", 8, "Python")


def test_the_page_shows_each_row_with_its_spread() -> None:
    rows = compared("64 at once", "saves/s", {OURS: [1234.5, 1000.0], "insert_one": [2469.0, 1000.0]})
    section = Section("Saves", "How it was done.", rows, "Taken today.")
    text = page([section], HERE)
    assert "| 64 at once | 1,117 saves/s | insert_one | 1,734 | 0.75 (0.50–1.00) |" in text
    assert "How it was done. Taken today." in text
    assert "1,117 saves/s" in terminal(section)


def test_a_section_is_written_anew_in_its_place_and_the_others_stay() -> None:
    one, other = (Section(title, "As it was.", [Row("all", "s", 1.0)]) for title in ("Saves", "Relay"))
    before = page([one, other], HERE)

    text = page([replace(one, about="Anew.")], HERE, before)

    assert text == before.replace("As it was.", "Anew.", 1)
    assert page([], HERE, text) == text

"""What the kernel reaches for behind aiokafka and FastStream: when a new version of either changes it, this says so.

Read what has changed, see that `shared/kernel/wire.py` and `bus.py` still do what they say, run
`tests/integration/kernel/test_unreadable.py`, and only then write down the new digest.
"""

import hashlib
import inspect
from typing import Any

import pytest
from aiokafka.consumer import fetcher
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy
from faststream.kafka.subscriber.usecase import BatchSubscriber, LogicSubscriber

from shared.kernel import wire

REACHED: dict[str, tuple[Any, str]] = {
    "FastStream's loop polls by `get_msg`": (
        LogicSubscriber._run_consume_loop,
        "7fb3872a580bd68a",
    ),
    "its own poll, which ours replaces": (BatchSubscriber.get_msg, "0efea2c3c73db62b"),
    "aiokafka's batches of a fetch": (_MemoryRecordsPy, "795a0314fbca30af"),
    "its parser in Python, whose buffer decodes header names": (_DefaultRecordBatchPy, "f63fbb5a8a247d54"),
    "a rebalance waits for the listener": (
        GroupCoordinator._on_join_prepare,
        "4d9524afc0ee2c2f",
    ),
}


def digest(reached: Any) -> str:
    return hashlib.sha256(inspect.getsource(reached).encode()).hexdigest()[:16]


@pytest.mark.parametrize("what", REACHED)
def test_what_is_reached_for_is_as_it_was_read(what: str) -> None:
    reached, known = REACHED[what]
    assert digest(reached) == known


def test_fetched_bytes_are_read_by_ours() -> None:
    wire.install()
    assert fetcher.MemoryRecords is wire._Records
    assert "MemoryRecords(" in inspect.getsource(fetcher)

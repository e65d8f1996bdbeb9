"""What reaches into the internals of aiokafka and FastStream; `test_wire.py` fails when what it reaches for changes.

`poll_by`: FastStream's loop sleeps 100 ms after an empty poll, and takes a failed one for an empty one.

`install`: header names that are no UTF-8, which any client may write, crash aiokafka's parser. Left alone, one such
record ends the read of its whole partition for ever, and what was read beside it in the same poll is lost: its position
has moved on. So a batch that cannot be read is read once more with such names escaped (`\\xff`); what becomes of the
record is then the inbox's business.
"""

from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import DefaultRecordBatch, _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy


class _Escaping(bytearray):
    """Bytes, and slices of them, that decode whatever they hold."""

    def __getitem__(self, place: Any) -> Any:
        part = super().__getitem__(place)
        return _Escaping(part) if isinstance(part, bytearray) else part

    def decode(self, encoding: str = "utf-8", errors: str = "") -> str:  # noqa: ARG002 - as bytearray's
        return super().decode(encoding, "backslashreplace")


class _SlowBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # aiokafka is not typed
    """aiokafka's own parser in Python; the only text that it decodes are header names."""

    _buffer: bytearray

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Escaping(self._buffer)


class _Batch:
    """aiokafka's fast batch, and from the first record that it cannot read on the slow one."""

    def __init__(self, raw: memoryview) -> None:
        self._raw = raw
        self._fast = DefaultRecordBatch(raw)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fast, name)

    def __next__(self) -> Any:
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        read = 0
        try:
            for record in self._fast:
                yield record
                read += 1
        except UnicodeDecodeError:
            yield from islice(_SlowBatch(self._raw), read, None)


class _Records(_MemoryRecordsPy):  # type: ignore[misc]  # aiokafka is not typed
    """The batches of one fetch."""

    def next_batch(self, *_sizes: int) -> Any:
        raw = self._next_slice
        batch = super().next_batch()
        return _Batch(raw) if isinstance(batch, DefaultRecordBatch) else batch


Poll = Callable[[AIOKafkaConsumer], Awaitable[tuple[Any, ...]]]


def poll_by(subscriber: Any, poll: Poll) -> None:
    """Let FastStream's loop take its batches from `poll`; an empty one means at once another."""
    subscriber.get_msg = poll


def install() -> None:
    """For all consumers of this process: aiokafka has no other place to say how fetched bytes are read."""
    fetcher.MemoryRecords = _Records

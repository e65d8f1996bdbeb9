"""A device of one crew: what there is to do, as it changes, from Kafka alone. A sample to begin from.

    python device.py works-water --kafka localhost:9092

It may be a board on the wall of the depot, a lamp on its roof or a buzzer in a car: `Board.hear` says when work came or
went. It needs Python 3.11 and aiokafka, and a name that may read `public.` topics. It keeps nothing: at each start it
reads what the topic still holds, so it needs no consumer group and no disk, and two of them do not disturb each other.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

TOPIC = "public.work-orders.v1"
OVER = ("completed", "cancelled", "hidden")  # what ends work for a crew
PRESSING = ("emergency", "high")


@dataclass
class Board:
    """The open work of one team, by the id of the work order."""

    team: str
    open: dict[bytes, dict[str, str]] = field(default_factory=dict)
    heard: dict[bytes, str] = field(default_factory=dict)  # the last sequence of each: what is not higher came twice

    def hear(self, record: ConsumerRecord) -> Iterator[str]:
        """What this event changes for the team, as lines to show; most change nothing."""
        headers = {name: (raw or b"").decode() for name, raw in record.headers}
        if headers["ce_sequence"] <= self.heard.get(record.key, ""):  # as text: it is written to be compared so
            return
        self.heard[record.key] = headers["ce_sequence"]
        what = headers["ce_type"].split(".")[2]
        known = self.open.get(record.key)
        if what in OVER or headers.get("ce_team") != self.team:
            if known is not None:
                del self.open[record.key]
                yield f"- {known['reference']} {what}"
            return
        told = json.loads(record.value)
        work = {**(known or {}), **{name: value for name, value in told.items() if isinstance(value, str)}}
        self.open[record.key] = work
        if known is None:
            yield line_of(work)


async def follow(kafka: str, team: str) -> None:
    """Reads the topic from its beginning, and then on for ever."""
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=kafka.split(","), auto_offset_reset="earliest")
    await consumer.start()
    try:
        parts = consumer.assignment()  # all of them: without a group nobody shares
        board = Board(team)
        ends = await consumer.end_offsets(parts)
        behind = {part for part in parts if ends[part] > await consumer.position(part)}
        if not behind:
            say(board)
        async for record in consumer:
            lines = [*board.hear(record)]
            if behind:  # of the past only what is left of it is shown
                part = TopicPartition(record.topic, record.partition)
                if record.offset + 1 >= ends[part]:
                    behind.discard(part)
                if not behind:
                    say(board)
            else:
                print("\n".join(lines), end="\n" if lines else "", flush=True)
    finally:
        await consumer.stop()


def say(board: Board) -> None:
    """Everything that is open now."""
    print(f"= {board.team}: {len(board.open)} open", *map(line_of, board.open.values()), sep="\n", flush=True)


def line_of(work: dict[str, str]) -> str:
    """`!` where somebody must go at once."""
    sign = "!" if work.get("priority") in PRESSING else "+"
    return f"{sign} {work['reference']} {work['category']} due {work.get('due_at', 'any time')}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Shows a crew's open work as it changes.")
    parser.add_argument("team", help="the team's code in the town's profile")
    parser.add_argument("--kafka", default="localhost:9092", help="host:port, several with commas")
    given = parser.parse_args()
    asyncio.run(follow(given.kafka, given.team))


if __name__ == "__main__":
    main()

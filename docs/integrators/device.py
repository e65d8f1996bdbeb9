"""A device of one crew: what there is to do, as it changes, from Kafka alone. A sample to begin from.

    python device.py works-water --kafka localhost:9092

How it signs in at a town's brokers is read from the environment by `broker.py` beside it, which lists the variables.
It may be a board on the wall of the depot, a lamp on its roof or a buzzer in a car: `Board.hear` says when work came or
went. It needs Python 3.11 and aiokafka, and a name that may read `public.` topics. It keeps nothing: at each start it
reads what the topic still holds, so it needs no consumer group and no disk, and two of them do not disturb each other.
Of an incident it shows the one work order that does the work, and not those of all its reports.
"""

import argparse
import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import broker
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

TOPIC = "public.work-orders.v1"
PRESSING = ("emergency", "high")


def types(noun: str, *verbs: str) -> frozenset[str]:
    """Whole names, so that a `.v2` is none of them."""
    return frozenset(f"onestop.{noun}.{verb}.v1" for verb in verbs)


# What stands in none of these is skipped: the next release of the town may bring more.
OURS = types(
    "work-order", "created", "assigned", "acknowledged", "started", "taken", "dropped", "paused", "resumed", "refused",
    "referred", "taken-back", "sent-back",
)  # fmt: skip  # somebody has it to do: the team of `ce_team`, or a person in triage chooses one
SPLIT = types("work-order", "split")  # a share is a work order of its own
OVER = types("work-order", "completed", "verified", "cancelled", "hidden") | SPLIT
HIDDEN = types("work-order", "hidden")
GOES_ON = types("work-order", "prioritised", "escalated")  # who has it has it still; of split work the shares
OF_INCIDENTS = types("incident", "opened", "changed", "reopened")
OF_MEMBERS = types("incident", "joined", "told", "left", "resolved", "went-on")
TOLD = ("reference", "category", "priority", "due_at", "report_id", "parent")


@dataclass
class Board:
    """What one team has to do. Partitions come in any order: what is shown follows from all that was heard so far."""

    team: str
    open: dict[str, dict[str, Any]] = field(default_factory=dict)  # as shown, by the id of the work order
    heard: dict[bytes, str] = field(default_factory=dict)  # the last sequence of each key: what is not higher is old
    work: dict[str, dict[str, Any]] = field(default_factory=dict)  # the team's, also what stands aside for an incident
    split: set[str] = field(default_factory=set)
    of_report: dict[str, set[str]] = field(default_factory=dict)
    member: dict[str, tuple[str, str]] = field(default_factory=dict)  # of each report: its incident, and since when
    lead: dict[str, str] = field(default_factory=dict)  # of each incident: the work order that does its work

    def hear(self, record: ConsumerRecord) -> Iterator[str]:
        """What this event changes for the team, as lines to show; most change nothing."""
        headers = {name: (raw or b"").decode() for name, raw in record.headers}
        sequence = headers.get("ce_sequence", "")  # without one it is no event of the town's
        if sequence <= self.heard.get(record.key, ""):  # as text: it is written to be compared so
            return
        self.heard[record.key] = sequence
        what, subject, told = headers["ce_type"], record.key.decode(), json.loads(record.value)
        if what in OURS | OVER | GOES_ON:
            self._hear_of_work(subject, headers, told)
            concerned = {subject} | (self._forget(subject) if what in HIDDEN else set())
        elif what in OF_INCIDENTS:
            concerned = {self.lead.get(subject, ""), told["work_order_id"]}
            self.lead[subject] = told["work_order_id"]
        elif what in OF_MEMBERS:
            self._hear_of_member(subject, headers, told)
            concerned = self.of_report.get(subject, set())
        else:
            return
        for order in concerned:
            yield from self._show(order, what.split(".")[2])

    def _hear_of_work(self, order: str, headers: dict[str, str], told: dict[str, Any]) -> None:
        what = headers["ce_type"]
        if what in SPLIT:
            self.split.add(order)
        elif what not in GOES_ON:
            self.split.discard(order)
        if what in OVER or headers.get("ce_team") != self.team:
            self.work.pop(order, None)
        elif order not in self.split:  # also what is over: a town that came back from a backup has taken its end back
            known = self.work.setdefault(order, {"since": headers["ce_time"]})
            known.update({name: told[name] for name in TOLD if name in told})  # a null too: a promise may be gone
            self.of_report.setdefault(told["report_id"], set()).add(order)

    def _hear_of_member(self, report: str, headers: dict[str, str], told: dict[str, Any]) -> None:
        match headers["ce_type"].split(".")[2]:
            case "joined" | "told" | "went-on":
                self.member[report] = told["incident_id"], headers["ce_time"]
                self.lead.setdefault(told["incident_id"], told["work_order_id"])
            case "left":
                self.member.pop(report, None)
            case "resolved":
                self.member[report] = "", headers["ce_time"]  # what it had stood aside for is done, and with it this

    def _forget(self, key: str) -> set[str]:
        """A town that came back from a backup takes back what it told of an incident too, or of a report's place in
        one."""
        self.member.pop(key, None)
        return {self.lead.pop(key, ""), *self.of_report.get(key, ())}

    def _stands_aside(self, order: str) -> bool:
        """Another order does its work, or has done it. A share goes on, and so does what came after it joined."""
        work = self.work[order]
        incident, since = self.member.get(work["report_id"], ("", ""))
        return not work.get("parent") and work["since"] <= since and self.lead.get(incident) != order

    def _show(self, order: str, what: str) -> Iterator[str]:
        shown = self.open.get(order)
        if order not in self.work or self._stands_aside(order):
            if shown is not None:
                del self.open[order]
                yield f"- {shown['reference']} {what}"
            return
        self.open[order] = dict(self.work[order])
        if shown is None or line_of(shown) != line_of(self.open[order]):
            yield line_of(self.open[order])


async def follow(team: str, env: Mapping[str, str]) -> None:
    """Reads the topic from its beginning, and then on for ever."""
    topic = broker.topic(TOPIC, env)
    consumer = AIOKafkaConsumer(topic, **broker.options(env), auto_offset_reset="earliest")
    try:
        await consumer.start()
        parts = consumer.assignment()  # all of them: without a group nobody shares
        if not parts:
            raise broker.Unclear(f"{topic} is no topic here: does the town have a TOPIC_PREFIX?")
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


def line_of(work: dict[str, Any]) -> str:
    """`!` where somebody must go at once."""
    sign = "!" if work.get("priority") in PRESSING else "+"
    return f"{sign} {work['reference']} {work['category']} due {work.get('due_at') or 'any time'}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Shows a crew's open work as it changes.")
    parser.add_argument("team", help="the team's code in the town's profile")
    parser.add_argument("--kafka", help="host:port, several with commas, in place of KAFKA_BOOTSTRAP_SERVERS")
    given = parser.parse_args()
    env = {**os.environ, **({"KAFKA_BOOTSTRAP_SERVERS": given.kafka} if given.kafka else {})}
    try:
        asyncio.run(follow(given.team, env))
    except broker.Unclear as error:
        raise SystemExit(str(error)) from error
    except KafkaError as error:
        raise SystemExit(f"Kafka refuses, or gives no answer: {error}") from error
    except KeyboardInterrupt:
        pass  # whoever looks has seen enough


if __name__ == "__main__":
    main()

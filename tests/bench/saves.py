"""Saves: what group commit makes of concurrent steps, beside one insert per request and beside the plainest bulk."""

from collections.abc import Awaitable

from shared.events.ids import new_id
from shared.kernel import Cause
from shared.kernel.mongo import KERNEL_INDEXES, MongoCases
from tests.bench.measure import OURS, Row, Section, Turn, Way, during, interleaved, rates, work
from tests.bench.subject import Bench, Document, Report, another, size, stored_like, submitted, writer

LEVELS = (1, 16, 64, 256)
TYPICAL = 64  # at once: where processor time is told too


async def measure(bench: Bench) -> Section:
    """New cases per second, by how many are saved at once."""
    found: list[Row] = []
    async with writer(bench.settings("api")) as cases:
        document = await stored_like(cases)
        for name in ("single", "bulk"):
            await cases.collection.database[name].create_indexes(list(KERNEL_INDEXES))
        for many in LEVELS:
            turns = await interleaved(bench.rounds(), _ways(bench, cases, document, many))
            found += rates(f"{many} at once", "saves/s", turns)
            if many == TYPICAL:
                found += work(f"processor time, {many} at once", "µs/save", turns)
    return Section(
        "Saves",
        "New cases through `Cases.step` (load, decide, envelope, guarded write; w:majority, journal), "
        f"{size(document):,} bytes each with the outbox. Floors: one `insert_one` per request of the same "
        "document by as many workers; `insert_many` of as many of them at a time, which does no work of ours.",
        found,
    )


def _ways(bench: Bench, cases: MongoCases[Report], document: Document, many: int) -> dict[str, Way]:
    single, bulk = (cases.collection.database[name] for name in ("single", "bulk"))

    def step() -> Awaitable[Turn]:
        return during(bench.seconds, many, lambda: cases.step(new_id(), submitted, Cause.request()))

    def insert_one() -> Awaitable[Turn]:
        return during(bench.seconds, many, lambda: single.insert_one(another(document)))

    def insert_many() -> Awaitable[Turn]:
        return during(bench.seconds, 1, lambda: bulk.insert_many(several(), ordered=False), each=many)

    def several() -> list[Document]:
        return [another(document) for _ in range(many)]

    return {OURS: step, "insert_one": insert_one, "insert_many": insert_many}

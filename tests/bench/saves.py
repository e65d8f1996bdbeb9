"""Saves: what group commit makes of concurrent steps, beside one insert per request and beside the plainest bulk."""

from shared.events import new_id
from shared.kernel import Cause, MongoCases
from tests.bench.measure import OURS, Row, Section, Way, interleaved, rate, rows
from tests.bench.subject import Bench, Report, another, size, stored_like, submitted, writer

LEVELS = (1, 16, 64, 256)


async def measure(bench: Bench) -> Section:
    """New cases per second, by how many are saved at once."""
    found: list[Row] = []
    async with writer(bench.settings("api")) as cases:
        document = await stored_like(cases)
        for many in LEVELS:
            ways = await _ways(bench, cases, many)
            found += rows(f"{many} at once", "saves/s", await interleaved(bench.rounds, ways))
    return Section(
        "Saves",
        f"New cases through `Cases.step` (load, decide, envelope, guarded write, w:majority and journal), {size(document)}"
        " bytes each with the outbox. Floors: one `insert_one` per request of the same document by as many workers;"
        " one worker's `insert_many` of as many documents at a time, which nothing can beat.",
        found,
    )


async def _ways(bench: Bench, cases: MongoCases[Report], many: int) -> dict[str, Way]:
    document = await stored_like(cases)
    database = cases.collection.database
    single, bulk = database["single"], database["bulk"]
    for collection in (single, bulk):
        await collection.create_index("outbox.at", sparse=True)

    async def step() -> float:
        return await rate(many, lambda: cases.step(new_id(), submitted, Cause.request()), bench.seconds)

    async def insert_one() -> float:
        return await rate(many, lambda: single.insert_one(another(document)), bench.seconds)

    async def insert_many() -> float:
        def once() -> object:
            return bulk.insert_many([another(document) for _ in range(many)], ordered=False)

        return await rate(1, once, bench.seconds, each=many)  # type: ignore[arg-type]  # motor answers a future

    return {OURS: step, "insert_one": insert_one, "insert_many": insert_many}

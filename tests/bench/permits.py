"""Permits: from the acceptance to the issued letter in machine time, letters and seals by themselves, and what the
register and the plan are asked."""

import asyncio
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import typst
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from deploy.local.seal import development_key
from services.permits import letter
from services.permits.api.plan_layers import Layers
from services.permits.commands import Desk
from services.permits.seal import seal
from shared.documents.typeset import FONTS
from shared.kernel import now
from shared.town import load_town
from tests.bench.measure import OURS, Row, Section, compared, during, interleaved, rates, times
from tests.bench.permit_desk import handed_in, issued, permit_desk
from tests.bench.register import (
    BUILDINGS,
    CALLS,
    LARGE,
    PAGE,
    STORED,
    ask_plan,
    ask_register,
    fill,
    with_many_buildings,
)
from tests.bench.subject import Bench
from tests.support.permits import RULES, TOWN, application
from tests.support.reports import MAEHIA

AT_ONCE = 2  # letters that one process makes at a time
Found = dict[str, dict[str, list[float]]]


async def measure(bench: Bench, *, large: bool) -> Section:
    """All of it, on a database of its own."""
    async with permit_desk(bench) as desk:
        found: Found = {}
        for _ in bench.rounds():
            _add(found, "acceptance to letter, ms", await _from_acceptance(desk))
        rows = [*_rows(found), *await _papers(bench, desk)]
        count = LARGE if large else STORED
        await fill(desk, count)
        asked: Found = {}
        for _ in bench.rounds():
            for what, values in (await ask_register(desk, count)).items():
                _add(asked, what, values)
        rows += _rows(asked)
    plan: Found = {}
    town = load_town(MAEHIA)
    layers, many = Layers(town), Layers(with_many_buildings(town))
    for _ in bench.rounds():
        _add(plan, "buildings of a view as GeoJSON, ms", await ask_plan(layers))
        _add(plan, f"buildings of a view, of {BUILDINGS:,}, ms", await ask_plan(many))
    return Section(
        "Permits",
        "One application from the acceptance over proposal and decision to the letter that is set, sealed and kept, "
        "without the people who think meanwhile; its floor is the letter alone. Letters and seals a second, two at a "
        "time: against an empty sheet of the same size by Typst, and against pyHanko with the key in its hand. The "
        f"register of {count:,} permits, a page of {PAGE} as programs have it: against as many documents by their "
        "keys, unread. The plan: the hundred buildings of some 400 m as features, and the four hundred of one of "
        f"{BUILDINGS:,}, against the index that finds them.",
        [*rows, *_rows(plan)],
    )


def _add(found: Found, what: str, values: dict[str, float]) -> None:
    for name, value in values.items():
        found.setdefault(what, {}).setdefault(name, []).append(value)


def _rows(found: Found) -> list[Row]:
    rows: list[Row] = []
    for what, values in found.items():
        text, _, unit = what.rpartition(", ")
        rows += compared(text, unit, values)
    return rows


async def _from_acceptance(desk: Desk) -> dict[str, float]:
    waiting = iter([await handed_in(desk) for _ in range(CALLS)])
    ours = await times(CALLS, lambda: issued(desk, next(waiting)))
    theirs = await times(CALLS, partial(_letter, desk))
    return {OURS: median(ours), "the letter alone": median(theirs)}


async def _letter(desk: Desk) -> None:
    pdf = await letter.make(application("decided"), RULES, TOWN, "https://town.example", None)
    await _sealed(desk, pdf)


async def _sealed(desk: Desk, pdf: bytes) -> None:
    await seal(pdf, desk.settings, now(), signatory="สุดา", reason="ใบอนุญาต", place=TOWN.name.th)


async def _papers(bench: Bench, desk: Desk) -> list[Row]:
    decided = application("decided")
    pdf = await letter.make(decided, RULES, TOWN, "https://town.example", None)
    signer = SimpleSigner.load_pkcs12(str(development_key()))
    if signer is None:
        raise LookupError("the key of this machine cannot be opened")
    with TemporaryDirectory() as room:
        empty = Path(room) / "empty.typ"
        empty.write_text('#set page(paper: "a4")\n', "utf-8")

        async def make() -> None:
            await letter.make(decided, RULES, TOWN, "https://town.example", None)

        async def sheet() -> None:
            await asyncio.to_thread(typst.compile, empty, font_paths=[FONTS], ignore_system_fonts=True)

        async def bare() -> None:
            await asyncio.to_thread(_signed_barely, pdf, signer)

        set_ = await interleaved(
            bench.rounds(),
            {OURS: partial(during, bench.seconds, AT_ONCE, make),
             "an empty sheet": partial(during, bench.seconds, AT_ONCE, sheet)},
        )  # fmt: skip
        seals = await interleaved(
            bench.rounds(),
            {OURS: partial(during, bench.seconds, AT_ONCE, partial(_sealed, desk, pdf)),
             "pyHanko, key held": partial(during, bench.seconds, AT_ONCE, bare)},
        )  # fmt: skip
    return [*rates("letters set", "letters/s", set_), *rates("letters sealed", "seals/s", seals)]


def _signed_barely(pdf: bytes, signer: SimpleSigner) -> None:
    signing = PdfSigner(PdfSignatureMetadata(field_name="Seal", signer_key_usage=set()), signer)
    asyncio.run(signing.async_sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=BytesIO()))

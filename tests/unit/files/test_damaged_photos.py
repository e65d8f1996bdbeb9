"""Whatever bytes come as a photo, intake and dispatch take it or refuse it, and both in the same way; never a fault."""

import io
import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import pytest
from PIL import ExifTags, Image

from services.dispatch.commands import Desk, add_photo
from services.intake import commands as intake
from services.intake.settings import Settings
from services.intake.store import Store
from shared.files.pictures import Picture
from shared.files.pixels import FORMATS
from shared.kernel import Reject
from shared.web import Person
from tests.support.field import MemoryStore, memory_desk
from tests.support.profiles import display_p3
from tests.support.work import order

CREW = Person(sub="c", roles=frozenset({"crew"}), team="works-water")
EACH = 150  # files of each format and way to damage; some 20 s for all
ANSWERS = {"taken", "broken-photo 422", "not-a-photo 415", "photo-too-many-pixels 413"}
pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")  # it grumbles about EXIF, as when it serves


class Shelf:
    """Where intake keeps photos."""

    async def save(self, picture: Picture) -> None:
        assert picture.jpeg


def sound(kind: str) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretPhone"
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (18.0, 44.0, 35.16), 3: "E", 4: (98.0, 57.0, 49.68)}
    out = io.BytesIO()
    Image.linear_gradient("L").resize((40, 24)).convert("RGB").save(out, kind, exif=exif, icc_profile=display_p3())
    return out.getvalue()


def damaged(raw: bytes, rng: random.Random) -> Iterator[bytes]:
    """Cut off, with some bytes changed, with a piece left out, with a piece twice."""
    for _ in range(EACH):
        yield raw[: rng.randrange(len(raw))]
        some = bytearray(raw)
        for _ in range(rng.randint(1, 8)):
            some[rng.randrange(len(raw))] = rng.randrange(256)
        yield bytes(some)
        start, length = rng.randrange(len(raw)), rng.randint(1, 40)
        yield raw[:start] + raw[start + length :]
        yield raw[:start] + raw[start : start + length] * 2 + raw[start + length :]


@pytest.fixture
async def desk() -> Desk:
    made = memory_desk()
    await cast(MemoryStore, made.store).put("W", order())
    return made


async def said(answer: object) -> str:
    """What came of it: "taken", or the refusal."""
    try:
        await answer  # type: ignore[misc]  # a coroutine of either service
    except Reject as refusal:
        return f"{refusal.code} {refusal.status}"
    return "taken"


@pytest.mark.parametrize("kind", FORMATS)
async def test_a_damaged_photo_is_taken_or_refused_alike_by_both(desk: Desk, kind: str) -> None:
    counter = intake.Desk(cast(Store, SimpleNamespace(photos=Shelf())), desk.town, Settings())
    seen: set[str] = set()
    for raw in damaged(sound(kind), random.Random(kind)):
        if raw:
            by_intake = await said(intake.add_photo(counter, raw))
            assert await said(add_photo(desk, CREW, "W", raw)) == by_intake
            seen.add(by_intake)

    assert {"broken-photo 422"} <= seen <= ANSWERS

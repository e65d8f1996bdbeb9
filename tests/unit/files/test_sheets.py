"""Pages as pictures: the page that was asked for, upright, with the marks where they were set."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from shared.files import apart
from shared.files.sheets import DRAWN, SIDE_MOST, draw
from shared.kernel.failures import is_transient
from tests.support.odd_papers import odd_papers
from tests.support.papers import CARELESS, panics, paper, picture

FRAME = {"number": 1, "x": 0.25, "y": 0.5, "width": 0.5, "height": 0.25}
PIN = {"number": 2, "x": 0.75, "y": 0.25, "width": 0, "height": 0}


def drawn(room: Path, document: bytes, *marks: dict[str, float], page: int = 1) -> Image.Image | None:
    """The page with these marks; None when there is none."""
    (room / "document").write_bytes(document)
    return Image.open(room / DRAWN).convert("RGB") if draw(room / "document", room, page, marks) else None


async def drawn_apart(document: bytes, page: int = 1) -> Mapping[str, Any] | None:
    """What a process of its own says of the page."""
    async with apart.room() as room:
        (room.path / "document").write_bytes(document)
        return await room.ask("shared.files.sheets", room.path / "document", room.path, page, "[]", SIDE_MOST)


def is_red(image: Image.Image, x: float, y: float) -> bool:
    """Whether the picture is marked at these fractions of it."""
    colour = image.getpixel((min(int(x * image.width), image.width - 1), min(int(y * image.height), image.height - 1)))
    assert isinstance(colour, tuple)
    return colour[0] > 120 > colour[1]


def test_a_frame_and_a_pin_are_where_they_were_set(tmp_path: Path) -> None:
    sheet = drawn(tmp_path, paper(), FRAME, PIN)

    assert sheet
    assert (sheet.height, round(sheet.width / sheet.height, 2)) == (SIDE_MOST, round(595 / 842, 2))
    assert [is_red(sheet, *at) for at in ((0.25, 0.6), (0.75, 0.6), (0.5, 0.5), (0.5, 0.75))] == [True] * 4
    assert is_red(sheet, 0.75, 0.258)  # beside its number, which is white
    assert [is_red(sheet, *at) for at in ((0.5, 0.6), (0.1, 0.1), (0.85, 0.25))] == [False] * 3


def test_a_page_that_lies_on_its_side_is_shown_as_readers_show_it(tmp_path: Path) -> None:
    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Rotate = 90

    sheet = drawn(tmp_path, paper(turn), FRAME)

    assert sheet
    assert (sheet.width, sheet.width > sheet.height) == (SIDE_MOST, True)
    assert is_red(sheet, 0.25, 0.6)


def test_the_page_that_was_asked_for_is_shown_and_none_that_is_not_there(tmp_path: Path) -> None:
    def second(pdf: pikepdf.Pdf) -> None:
        pdf.add_blank_page(page_size=(842, 595))

    sheets = [drawn(tmp_path, paper(second), page=page) for page in (1, 2, 3)]

    assert [sheet and sheet.width > sheet.height for sheet in sheets] == [False, True, None]


@pytest.mark.parametrize(
    "document", [CARELESS, paper(encryption=pikepdf.Encryption(owner="x", user="")), picture("JPEG", (300, 200))]
)
def test_whatever_can_be_handed_in_can_be_shown(tmp_path: Path, document: bytes) -> None:
    assert drawn(tmp_path, document, FRAME)


def test_a_large_photo_is_made_small_first(tmp_path: Path) -> None:
    sheet = drawn(tmp_path, picture("PNG", (5000, 2500)), FRAME)

    assert sheet
    assert sheet.size == (SIDE_MOST, SIDE_MOST // 2)
    assert is_red(sheet, 0.25, 0.6)
    assert drawn(tmp_path, picture("PNG"), page=2) is None


async def test_a_process_says_whether_there_is_such_a_page() -> None:
    assert await drawn_apart(paper()) == {"shown": True}
    assert await drawn_apart(paper(), page=9) == {"shown": False}


@pytest.mark.parametrize("document", [b"%PDF-1.4\nnothing", paper(panics), b"\x89PNG\r\n\x1a\nnothing"])
async def test_whatever_a_page_makes_of_its_reader_is_its_own_failure(document: bytes) -> None:
    """A panic in Rust left no line, and was taken for a failure of ours: busy, for ever."""
    assert await drawn_apart(document) is None


async def test_a_page_that_is_not_drawn_in_time_says_that_we_are_busy_and_nothing_of_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apart, "SECONDS_MOST", 0.001)
    with pytest.raises(TimeoutError) as busy:
        await drawn_apart(paper())
    assert is_transient(busy.value)


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(4))
async def test_no_page_that_anybody_can_make_up_is_a_failure_of_ours(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred such papers found the one that panics. Each has its own processor time, at whose end it is down; who
    asks is told after a minute that the machine is busy, which it may be here."""
    monkeypatch.setattr(apart, "SECONDS_MOST", None)
    for document in islice(odd_papers(seed), 60):
        await drawn_apart(document)

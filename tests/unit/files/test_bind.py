"""Photos of the pages of a document become one PDF: in their order, upright, and as large as a sheet of paper."""

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from shared.files.bind import bind
from shared.files.documents import judge_pages
from shared.files.scanner import Scanner
from shared.kernel import Reject
from tests.support.papers import paper

UNSCANNED = Scanner("")


def photo(folder: Path, name: str, size: tuple[int, int], colour: str = "white", kind: str = "JPEG") -> Path:
    Image.new("RGB", size, colour).save(folder / name, kind)
    return folder / name


def test_each_photo_is_a_page_of_a4_in_the_order_in_which_they_were_chosen(tmp_path: Path) -> None:
    upright, across = photo(tmp_path, "a", (900, 1200)), photo(tmp_path, "b", (4000, 2000), kind="PNG")

    bind([across, upright], tmp_path / "bound.pdf")

    with pikepdf.open(tmp_path / "bound.pdf") as bound:
        boxes = [[float(side) for side in page.mediabox[2:]] for page in bound.pages]
    assert boxes == [pytest.approx([842, 421], abs=1), pytest.approx([631, 842], abs=1)]


async def test_several_photos_come_as_one_judged_document(tmp_path: Path) -> None:
    files = [photo(tmp_path, name, (60, 80), name) for name in ("red", "blue", "green")]

    async with judge_pages(files, UNSCANNED) as bound:
        assert (bound.media_type, bound.size) == ("application/pdf", bound.path.stat().st_size)
        with pikepdf.open(io.BytesIO(bound.path.read_bytes())) as pdf:
            assert len(pdf.pages) == 3
        first = bound.sent
    async with judge_pages([files[1], files[0], files[2]], UNSCANNED) as other:
        assert other.sent != first, "another order is another document"
    assert not bound.path.exists()


@pytest.mark.parametrize(("content", "code"), [(paper(), "several-files"), (b"\xff\xd8\xff broken", "unreadable-file")])
async def test_one_page_that_is_no_photo_refuses_them_all(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "other").write_bytes(content)

    with pytest.raises(Reject) as refused:
        async with judge_pages([photo(tmp_path, "a", (60, 80)), tmp_path / "other"], UNSCANNED):
            pass
    assert refused.value.code == code

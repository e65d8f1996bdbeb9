"""What everybody who opens a stranger's file has alike: turn and folder, the process, and what its end says."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.files import apart
from shared.files.apart import REMEMBERED, REMEMBERED_SECONDS, TakenDown, room
from shared.files.turns import Turns
from shared.kernel import Transient


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module `reader`, which a test writes."""
    monkeypatch.setattr("shared.files.apart._ROOT", tmp_path)
    (tmp_path / "shared").symlink_to(Path(apart.__file__).parents[1])
    return tmp_path / "reader.py"


def write(reader: Path, body: str) -> None:
    """A reader of which this is the work."""
    work = "".join(f"    {line}\n" for line in body.splitlines())
    reader.write_text(f"import sys\nfrom pathlib import Path\nfrom shared.files.limited import answer\n"
                      f"def work():\n{work}answer(work)\n")  # fmt: skip


async def said(reader: Path, body: str) -> Mapping[str, Any] | None:
    """What becomes of it."""
    write(reader, body)
    async with room(apart.TURNS) as here:
        return await here.ask("reader", here.path)


THREADS = """import typst
Path(sys.argv[1], "a.typ").write_text("a")
typst.compile(Path(sys.argv[1], "a.typ"), format="png", ignore_system_fonts=True)
return {"threads": len(list(Path("/proc/self/task").iterdir()))}"""


async def test_a_reader_takes_as_much_memory_on_a_node_of_128_processors_as_on_one_of_two(reader: Path) -> None:
    """It took a thread for each, whose addresses filled the gigabyte that it may have."""
    assert await said(reader, THREADS) == {"threads": 2}  # its own, and one that draws


@pytest.mark.parametrize(
    "body",
    [
        "bytearray(2 * 1024**3)",
        "class Panic(BaseException): pass\nraise Panic",
        "Path(sys.argv[1], 'a').write_bytes(bytes(200_000_001))",
        "import os\nos.abort()",
    ],
    ids=["swells", "panics", "writes without end", "aborts"],
)
async def test_what_a_file_makes_of_its_reader_is_said_of_the_file(reader: Path, body: str) -> None:
    assert await said(reader, body) is None


@pytest.mark.parametrize("body", ["raise ValueError", "raise OSError(28, 'No space left on device')"])
async def test_what_is_wrong_with_the_reader_is_said_of_nobody(reader: Path, body: str) -> None:
    with pytest.raises(Transient, match="cannot be judged now"):
        await said(reader, body)


async def test_the_folder_comes_with_the_last_turn_and_goes_with_it() -> None:
    inner, outer, made = Turns(1, waiting=5), Turns(1, waiting=5), list[Path]()

    async def work() -> None:
        async with room(inner, outer) as here:
            made.append(here.path)
            assert here.path.is_dir()

    async with outer:
        asked = [asyncio.create_task(work()) for _ in range(3)]
        await asyncio.sleep(0)
        assert made == []
    await asyncio.gather(*asked)
    assert [path.exists() for path in made] == [False] * 3


def test_what_took_its_reader_down_is_known_for_a_while() -> None:
    clock = [0.0]
    down = TakenDown(lambda: clock[0])
    down.add("a")
    clock[0] = REMEMBERED_SECONDS - 1
    assert [one in down for one in ("a", "b")] == [True, False]
    clock[0] += 2
    assert "a" not in down

    for number in range(REMEMBERED + 1):
        down.add(number)
    assert [one in down for one in (0, 1, REMEMBERED)] == [False, True, True]

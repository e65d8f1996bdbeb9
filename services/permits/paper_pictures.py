"""Pictures of the pages of what was handed in, with what an officer marked on them: for who looks at it in a browser or
in the whole file. They are made when somebody asks and kept nowhere."""

import asyncio
import json
from collections.abc import Mapping, Sequence

from services.permits.domain.paper import Mark, Upload
from services.permits.file_store import FileStore
from shared.files import apart, sheets
from shared.files.turns import Turns

Numbered = Sequence[tuple[int, Mark]]

_TURNS = Turns(1, waiting=20)  # one at a time: whoever looks at pages holds up nobody who hands a document in
_TAKEN_DOWN = apart.TakenDown()  # by pages of files


async def pictures_of(
    files: FileStore, upload: Upload, wanted: Mapping[int, Numbered], *, large: bool = False
) -> Mapping[int, bytes]:
    """Each of these pages as a PNG with these marks. A page that is not there or cannot be drawn is left out: words and
    the number of the page say the same. `Transient` when none can be drawn now."""
    left = {page: marks for page, marks in wanted.items() if (upload.sha256, page) not in _TAKEN_DOWN}
    if not left:
        return {}
    async with apart.room(_TURNS, apart.TURNS) as room:
        with (room.path / "document").open("wb") as document:
            async for piece in files.read_file(upload.id, 0, upload.size):
                document.write(piece)
        drawn = {page: await _draw_page(room, upload, page, marks, large) for page, marks in left.items()}
    return {page: picture for page, picture in drawn.items() if picture}


async def _draw_page(room: apart.Room, upload: Upload, page: int, marks: Numbered, large: bool) -> bytes | None:
    side = sheets.SIDE_LARGE if large else sheets.SIDE_MOST
    asked = json.dumps([_describe_mark(*one) for one in marks])
    told = await room.ask("shared.files.sheets", room.path / "document", room.path, page, asked, side)
    if told is None:
        _TAKEN_DOWN.add((upload.sha256, page))
    return await asyncio.to_thread((room.path / sheets.DRAWN).read_bytes) if told and told["shown"] else None


def _describe_mark(number: int, mark: Mark) -> dict[str, float | None]:
    return {"number": number, **mark.model_dump(include={"x", "y", "width", "height"})}

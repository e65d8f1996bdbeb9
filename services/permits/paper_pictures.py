"""Pictures of the pages of what was handed in, with what an officer marked on them: for who looks at it in a browser or
in the whole file. They are made when somebody asks and kept nowhere."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from services.permits.domain.paper import Mark, Upload
from services.permits.file_store import FileStore
from shared.files import apart

Numbered = Sequence[tuple[int, Mark]]


async def pictures_of(files: FileStore, upload: Upload, wanted: Mapping[int, Numbered]) -> Mapping[int, bytes]:
    """Each of these pages as a PNG with these marks. A page that is not there or cannot be drawn is left out: words and
    the number of the page say the same."""
    if not wanted:
        return {}
    content = b"".join([piece async for piece in files.read_file(upload.id, 0, upload.size)])
    with TemporaryDirectory(prefix="onestop-sheets-") as room:
        document = Path(room) / "document"
        await asyncio.to_thread(document.write_bytes, content)
        asked = json.dumps({page: [_told(*one) for one in marks] for page, marks in wanted.items()})
        async with apart.TURNS:
            told = await apart.ask("shared.files.sheets", str(document), room, asked)
        shown: Sequence[int] = told["shown"] if told else ()
        return {page: await asyncio.to_thread((Path(room) / f"{page}.png").read_bytes) for page in shown}


def _told(number: int, mark: Mark) -> dict[str, float | None]:
    return {"number": number, **mark.model_dump(include={"x", "y", "width", "height"})}

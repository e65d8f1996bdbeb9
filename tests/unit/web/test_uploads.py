"""One file of a request comes to disk, however it was sent, and is gone when the request is over."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest
from fastapi import FastAPI, Request

from shared.kernel import Reject
from shared.web.uploads import FIELD_MOST, receive_file, receive_files

MOST = 300_000
SEEN: list[Path] = []


def app() -> FastAPI:
    made = FastAPI()

    @made.put("/file", max_body_size=10 * MOST)
    async def take(request: Request) -> dict[str, Any]:
        try:
            async with receive_file(request, most=MOST) as file:
                if file is None:
                    return {"name": None}
                SEEN.append(file.path)
                return {"name": file.name, "size": file.size, "content": file.path.read_bytes()[:9].decode()}
        except Reject as error:
            return {"refused": error.code}

    return made


async def send(**request: Any) -> tuple[int, dict[str, Any]]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app()), base_url="http://files.test") as client:
        answer = await client.put("/file", **request)
        return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ({"content": b"a picture"}, ""),
        ({"files": {"file": ("โฉนด.pdf", b"a picture")}}, "โฉนด.pdf"),
        ({"files": {"whatever": ("a", b"a picture")}, "data": {"secret": "x"}}, "a"),
    ],
)
async def test_a_program_s_body_and_a_form_s_file_are_the_same(request_: dict[str, Any], name: str) -> None:
    assert await send(**request_) == (200, {"name": name, "size": 9, "content": "a picture"})
    assert not SEEN[-1].exists()


async def test_a_form_without_a_file_has_none() -> None:
    multipart = {"files": {"x": (None, "y")}}
    assert await send(**multipart) == (200, {"name": None})


@pytest.mark.parametrize("size", [MOST + 1, 2 * MOST])
async def test_what_is_too_large_is_refused_either_way(size: int) -> None:
    content = b"x" * size
    assert await send(content=content) == (200, {"refused": "file-too-large"})
    assert await send(files={"file": ("a", content)}) == (200, {"refused": "file-too-large"})
    assert await send(content=b"x" * MOST) == (200, {"name": "", "size": MOST, "content": "x" * 9})


async def test_what_says_that_it_is_too_large_is_not_received() -> None:
    read: list[bytes] = []

    async def content() -> AsyncIterator[bytes]:
        read.append(b"x" * 100_000)
        yield read[-1]

    sent = await send(content=content(), headers={"Content-Length": str(2 * MOST)})
    assert sent == (200, {"refused": "file-too-large"})
    assert not read


async def test_what_does_not_say_its_length_is_ended_where_it_is_too_large() -> None:
    pieces = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal pieces
        while True:
            pieces += 1
            yield b"x" * 100_000

    assert await send(content=endless()) == (200, {"refused": "file-too-large"})
    assert pieces <= 5


async def test_a_field_beside_a_file_is_no_way_to_fill_the_memory() -> None:
    status, _ = await send(files={"x": (None, "y" * (FIELD_MOST + 1)), "file": ("a", b"b")})
    assert status == 400


async def test_several_files_come_in_their_order_and_count_together() -> None:
    made = FastAPI()

    @made.put("/files", max_body_size=10 * MOST)
    async def take(request: Request) -> dict[str, Any]:
        try:
            async with receive_files(request, most=MOST, count=3) as files:
                return {"names": [file.name for file in files], "sizes": [file.size for file in files]}
        except Reject as error:
            return {"refused": error.code}

    def chosen(*sizes: int) -> list[tuple[str, tuple[str, bytes]]]:
        return [("file", (f"{number}.jpg", b"x" * size)) for number, size in enumerate(sizes)]

    async with httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://files.test") as client:
        taken = await client.put("/files", files=chosen(5, 7, 2))
        heavy = await client.put("/files", files=chosen(MOST // 2, MOST // 2, 2))
        many = await client.put("/files", files=chosen(1, 1, 1, 1))

    assert taken.json() == {"names": ["0.jpg", "1.jpg", "2.jpg"], "sizes": [5, 7, 2]}
    assert heavy.json() == {"refused": "file-too-large"}
    assert many.status_code == 400


async def test_what_is_sent_lies_on_disk_once_and_one_file_of_all_a_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All forms lay there twice until the last of each was copied: twice as much as a process has room for."""
    copied: list[BinaryIO] = []
    copy = shutil.copyfileobj

    def noted(came: BinaryIO, kept: BinaryIO) -> None:
        assert all(earlier.closed for earlier in copied), "two at once"
        copied.append(came)
        copy(came, kept)

    monkeypatch.setattr(shutil, "copyfileobj", noted)
    made = FastAPI()

    @made.put("/files", max_body_size=20_000_000)
    async def take(request: Request) -> list[int]:
        async with receive_files(request, most=10_000_000, count=2) as files:
            return [file.size for file in files]

    large = b"x" * 1_100_000  # more than a form holds in memory
    files = [("file", (f"{number}.jpg", large)) for number in range(2)]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://files.test") as client:
        taken = await asyncio.gather(*(client.put("/files", files=files) for _ in range(3)))

    assert [one.json() for one in taken] == [[len(large)] * 2] * 3
    assert len(copied) == 6

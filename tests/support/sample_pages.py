"""Routes and pages that use every part of the shared web layer once; a service that does not exist."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, StreamingResponse

from shared.kernel.errors import Reject, Transient
from shared.web import (
    UPLOAD_BYTES,
    Paging,
    Person,
    every_site,
    freshly_proven,
    idempotency_key,
    is_freshly_proven,
    need_proof,
    page,
    person,
    rate_limit,
    read_paging,
    staff,
)  # fmt: skip
from shared.words import CleanLine, CleanText

PAGES = Path(__file__).parent / "sample"
Client = Callable[..., httpx.AsyncClient]  # the fixture `client`: opens a browser or a program on a fresh app
router = APIRouter()


class Place(BaseModel):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[CleanText, Field(min_length=1, max_length=20)]
    name: CleanLine = ""
    size: Literal["small", "large"] = "small"
    place: Place | None = None


@router.post("/api/v1/things", status_code=201)
async def create(thing: Thing, key: Annotated[str | None, Depends(idempotency_key)]) -> dict[str, Any]:
    return {"text": thing.text, "name": thing.name, "key": key}


@router.put("/api/v1/files", max_body_size=UPLOAD_BYTES)
async def upload(request: Request) -> dict[str, int]:
    return {"bytes": len(await request.body())}


@router.get("/api/v1/things")
async def things(wanted: Annotated[Paging, Depends(read_paging)]) -> dict[str, Any]:
    after = int(wanted.after[0] or 0) if wanted.after else 0
    return wanted.answer(list(range(after + 1, 8))[: wanted.fetch], lambda number: (number,))


@router.get("/api/v1/me")
async def me(who: Annotated[Person | None, Depends(person)]) -> dict[str, Any] | None:
    return {**who.model_dump(), "roles": sorted(who.roles)} if who else None


@router.get("/api/v1/crew-only")
@router.get("/crew-only")
@router.post("/crew-only")
@router.post("/crew-only/42/complete")
async def crew_only(who: Annotated[Person, Depends(staff("crew"))]) -> str:
    return who.name


@router.get("/api/v1/open", dependencies=[Depends(every_site)])
async def open_to_all(number: int = 0) -> int:
    return number


@router.get("/stream")
async def endless() -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"more"
            await asyncio.sleep(0.001)

    return StreamingResponse(pieces())


@router.get("/api/v1/limited", dependencies=[Depends(rate_limit("sample", per_minute=60, burst=2))])
async def limited() -> str:
    return "ok"


@router.post("/case/sign", dependencies=[Depends(need_proof)])
async def sign(who: Annotated[Person, Depends(staff("crew"))]) -> str:
    return who.name


@router.post("/case/place", dependencies=[Depends(freshly_proven)])
async def place(request: Request, who: Annotated[Person, Depends(staff("crew"))]) -> bool:
    return await is_freshly_proven(request)


@router.get("/rejected")
@router.get("/api/v1/rejected")
async def rejected(code: str = "already-done") -> None:
    raise Reject(code, "งานนี้เสร็จแล้ว")


@router.get("/bug")
@router.get("/api/v1/bug")
async def bug() -> None:
    raise RuntimeError("a secret detail")


@router.get("/api/v1/database-away")
async def database_away() -> None:
    raise Transient("primary stepped down")


@router.post("/form")
async def form(text: Annotated[str, Form()]) -> str:
    return text


@router.get("/components")
async def components(request: Request) -> HTMLResponse:
    now = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
    history = [
        {
            "at": now,
            "text": "ซ่อมเสร็จแล้ว",
            "level": "ทีมประปา",
            "tone": "ok",
            "icon": "circle-check",
            "note": "เปลี่ยนท่อ 2 นิ้ว",
        },
        {"at": now - timedelta(hours=2), "text": "ทีมออกเดินทาง", "level": "ทีมประปา", "tone": "info", "icon": "truck"},
        {"at": now - timedelta(hours=3), "text": "รับเรื่องแล้ว", "level": "ศูนย์บริการ", "tone": "brand", "icon": "inbox"},
    ]
    return page(request, "components.html", now=now, history=history, due=timedelta(hours=27, minutes=5))

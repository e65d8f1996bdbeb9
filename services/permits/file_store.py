"""Handed-in files and photos of visits in GridFS, and which of them no application needs any more."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from gridfs.errors import NoFile
from motor.motor_asyncio import AsyncIOMotorCollection, AsyncIOMotorDatabase, AsyncIOMotorGridFSBucket
from pymongo import ASCENDING
from ulid import ULID

from shared.events.ids import new_id

PIECE = 255 * 1024  # as GridFS keeps them
_TIME_OF_ID = 10  # characters of a ULID


class FileStore:
    """The files of all applications; `cases` says which application needs which."""

    def __init__(
        self, database: AsyncIOMotorDatabase[dict[str, Any]], cases: AsyncIOMotorCollection[dict[str, Any]]
    ) -> None:
        self._cases = cases
        self._files = AsyncIOMotorGridFSBucket(database, "documents")
        self._files_list, self._pieces = database["documents.files"], database["documents.chunks"]
        self._marks = database["marks"]  # how far a sweep has come

    async def keep_file(self, case_id: str, file: Path, media_type: str) -> str:
        """Store a document piece by piece, never whole in memory; returns the id that finds it."""
        with file.open("rb") as content:
            return await self.keep(case_id, content, media_type)

    async def keep(self, case_id: str, content: BinaryIO | bytes, media_type: str) -> str:
        """The id is new, so a repetition after a crash cannot meet half a file."""
        file_id = new_id()
        about = {"media_type": media_type, "case_id": case_id}
        await self._files.upload_from_stream_with_id(file_id, file_id, content, metadata=about)
        return file_id

    async def count_unsubmitted_bytes(self) -> int:
        """How many bytes the files of all drafts take: the budget that strangers can fill."""
        uploads = {
            "$reduce": {
                "input": {"$objectToArray": "$state.documents"},
                "initialValue": [],
                "in": {"$concatArrays": ["$$value", "$$this.v"]},
            }
        }
        sizes = {"$sum": {"$map": {"input": uploads, "in": "$$this.size"}}}
        steps: list[dict[str, Any]] = [
            {"$match": {"state.state": "draft"}},
            {"$group": {"_id": None, "bytes": {"$sum": sizes}}},
        ]
        return sum([one["bytes"] async for one in self._cases.aggregate(steps)])

    async def forget_file(self, file_id: str) -> None:
        """Take back bytes that no application refers to; those that are gone already stay gone."""
        with suppress(NoFile):
            await self._files.delete(file_id)

    async def forget_unused_files(self, before: datetime, most: int) -> int:
        """Remove bytes stored before then that no application refers to, and say of how many files: what a crash left
        between a file and its case, or of half a file. Looks at `most` pieces, from where the last call ended; two at
        once do the same twice."""
        mark = await self._marks.find_one({"_id": "files"}) or {"after": ""}
        # Ids sort by the time they were made. Asked of the pieces, for half a file is in no list of files.
        old = {"files_id": {"$gt": mark["after"], "$lt": str(ULID.from_datetime(before))[:_TIME_OF_ID]}}
        cursor = self._pieces.find(old, {"_id": 0, "files_id": 1}).sort("files_id", ASCENDING).limit(most)
        stored = list(dict.fromkeys([piece["files_id"] async for piece in cursor]))
        unused = await self._select_unused(stored) if stored else []
        for file_id in unused:
            await self.forget_file(file_id)
        if stored:
            await self._marks.update_one({"_id": "files"}, {"$max": {"after": stored[-1]}}, upsert=True)
        return len(unused)

    async def _select_unused(self, stored: Sequence[str]) -> list[str]:
        """Those of these files that their case does not have, and those that are not whole."""
        whole = self._files_list.find({"_id": {"$in": list(stored)}}, {"metadata.case_id": 1})
        owners = {file["_id"]: file["metadata"].get("case_id") async for file in whole}
        named = {"state.documents": 1, "state.inspections.photos": 1}
        cases = self._cases.find({"_id": {"$in": list(set(owners.values()))}}, named)
        used = {file_id async for case in cases for file_id in _files_of(case["state"])}
        # One that names no case was stored by an earlier version: nobody can tell, so it stays.
        return [one for one in stored if one not in used and owners.get(one, "") is not None]

    async def read_file(self, file_id: str, start: int, length: int) -> AsyncIterator[bytes]:
        """So many of a document's bytes from there on, piece by piece."""
        stream: Any = await self._files.open_download_stream(file_id)
        stream.seek(start)
        while length > 0 and (piece := await stream.read(min(PIECE, length))):
            length -= len(piece)
            yield piece


def _files_of(state: Mapping[str, Any]) -> Iterator[str]:
    """Every file that an application names, as it is stored; `forgetting.files_of` says it of one that is read."""
    yield from (upload["id"] for uploads in state["documents"].values() for upload in uploads)
    photos = [photo for visit in state.get("inspections", ()) for photo in visit.get("photos", ())]
    yield from (photo[file] for photo in photos for file in ("id", "thumbnail"))

"""What cases no longer hold themselves, in MongoDB: `<collection>_older`, read by case and field or by key."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pydantic import BaseModel, TypeAdapter
from pymongo import ASCENDING, UpdateOne
from pymongo.errors import BulkWriteError

from shared.kernel.beside import Key, Older, build_position, dump_item

_DUPLICATE_KEY = 11000


class MongoBeside:
    """`{_id: <case>/<field>/<key>, v: version of the case that it was read off, value}`."""

    def __init__(self, cases: AsyncIOMotorCollection[dict[str, Any]], model: type[BaseModel]) -> None:
        self._cases = cases
        self._older = cases.database[f"{cases.name}_older"]
        self._fields: Mapping[str, Any] = {name: field.annotation for name, field in model.model_fields.items()}

    async def move(self, items: Sequence[Older]) -> None:
        """Put items beside their case; one that is there from the same version of it, or a newer one, stays."""
        moves = [
            UpdateOne(
                {"_id": "/".join(item.key), "v": {"$lt": item.version}},
                {"$set": {"v": item.version, "value": item.value}},
                upsert=True,
            )
            for item in items
        ]
        try:
            await self._older.bulk_write(moves, ordered=False)
        except BulkWriteError as error:  # the upsert of one that stays hits its `_id`
            failed = error.details["writeErrors"]
            if error.details["writeConcernErrors"] or any(item["code"] != _DUPLICATE_KEY for item in failed):
                raise

    async def recall(self, keys: Sequence[Key]) -> Sequence[Any | None]:
        """What was put beside a case under each of these keys."""
        ids = ["/".join(key) for key in keys]
        found = {one["_id"]: one["value"] async for one in self._older.find({"_id": {"$in": ids}})}
        return [found.get(one) for one in ids]

    async def older(self, case_id: str, field: str, moved: int | None = None) -> Sequence[Any]:
        """The items of a list that have moved, as the model has them, the oldest first; `moved`: how many those are."""
        if moved is None:
            case = await self._cases.find_one({"_id": case_id}, {f"older.{field}": 1})
            moved = case.get("older", {}).get(field, 0) if case else 0
        ids = {"$gte": f"{case_id}/{field}/", "$lt": f"{case_id}/{field}/{build_position(moved)}"}
        values = [one["value"] async for one in self._older.find({"_id": ids}).sort("_id", ASCENDING)]
        items: Sequence[Any] = TypeAdapter(self._fields[field]).validate_python(values)
        return items

    async def rewrite(self, case_id: str, field: str, change: Callable[[Any], Any]) -> None:
        """Put `change(item)` in the place of each item of a list that has moved.

        To be called after the step that changed the items still in the case: whatever moves from then on is changed.
        """
        items = await self.older(case_id, field)
        changes = [
            UpdateOne(
                {"_id": f"{case_id}/{field}/{build_position(index)}"}, {"$set": {"value": dump_item(change(item))}}
            )
            for index, item in enumerate(items)
        ]
        if changes:
            await self._older.bulk_write(changes, ordered=False)

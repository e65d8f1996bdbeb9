"""Who works in which crew, as each last sign-in said it: so that work can be given to one of them by name."""

from datetime import datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection

from services.dispatch.domain.colleagues import Member
from shared.people import Person

FORGOTTEN_AFTER = timedelta(days=90)  # without a sign-in: they have left, or have another post
MEMBERS_MOST = 2000  # a city; a list of names longer than this helps nobody
NOTED_EVERY = timedelta(hours=12)  # by each process: whoever works all day is written down once or twice


class CrewStore:
    """By the subject id of the sign-in; one document for each person."""

    def __init__(self, collection: AsyncIOMotorCollection[dict[str, Any]]) -> None:
        self._collection = collection
        self._noted: dict[Member, datetime] = {}

    async def note(self, who: Person, at: datetime) -> None:
        """They are at work, if they are of a crew."""
        if who.team is None or not who.may("crew", "lead") or "admin" in who.roles:
            return
        member = Member(who.sub, who.name, who.team)
        if at - self._noted.get(member, at - NOTED_EVERY) < NOTED_EVERY:
            return
        said = {"name": member.name, "team": member.team, "seen_at": at}
        await self._collection.update_one({"_id": member.sub}, {"$set": said}, upsert=True)
        await self._collection.delete_many({"seen_at": {"$lt": at - FORGOTTEN_AFTER}})
        self._noted[member] = at

    async def find(self, sub: str) -> Member | None:
        """Who that is; None: nobody of a crew who has signed in lately."""
        found = await self._collection.find_one({"_id": sub})
        return _member(found) if found else None

    async def everybody(self) -> list[Member]:
        """All crews' people by name: a town has some dozens."""
        return [_member(found) async for found in self._collection.find().sort("name", 1).limit(MEMBERS_MOST)]


def _member(document: dict[str, Any]) -> Member:
    return Member(document["_id"], document["name"], document["team"])

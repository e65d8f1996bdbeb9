"""The scanned signatures of those who sign, each encrypted for its owner: under another's name it cannot be opened."""

import hashlib
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ASCENDING, DESCENDING, IndexModel

from shared.events.ids import new_id
from shared.kernel import Reject, Transient, now

_NONCE = 12  # bytes, drawn anew for each picture
INDEXES = (IndexModel([("owner", ASCENDING), ("_id", DESCENDING)], name="owner"),)


class SignatureStore:
    """One that counts for each owner; what it replaced stays until the letters that it was placed on are made."""

    def __init__(
        self,
        signatures: AsyncIOMotorCollection[dict[str, Any]],
        cases: AsyncIOMotorCollection[dict[str, Any]],
        secrets: Sequence[str],
    ) -> None:
        self._signatures, self._cases = signatures, cases
        self._keys = [hashlib.sha256(b"onestop.signature.v1\x1f" + one.encode()).digest() for one in secrets]

    async def keep(self, owner: str, png: bytes) -> str:
        """The one that counts from now on; its id."""
        signature_id = new_id()
        nonce = os.urandom(_NONCE)
        closed = nonce + AESGCM(self._keys[0]).encrypt(nonce, png, _bind_picture(signature_id, owner))
        one = {"_id": signature_id, "owner": owner, "picture": closed, "kept_at": now(), "retired_at": None}
        await self._signatures.insert_one(one)
        await self._retire({"owner": owner, "_id": {"$lt": signature_id}})
        return signature_id

    async def remove(self, owner: str) -> None:
        """From now on the owner has no scanned signature; letters already made keep theirs."""
        await self._retire({"owner": owner})

    async def current(self, owner: str) -> tuple[str, datetime] | None:
        """The id of the one that counts, and since when it is kept."""
        found = await self._signatures.find_one({"owner": owner, "retired_at": None}, sort=[("_id", DESCENDING)])
        return (found["_id"], found["kept_at"]) if found else None

    async def to_place(self, owner: str) -> str:
        """The id of the owner's own: nobody else's can be placed. And only one that opens, for a letter that waits for
        a signature which nobody can read is never made."""
        current = await self.current(owner)
        if current is None:
            raise Reject("no-scanned-signature", "your account has no scanned signature to place", status=422)
        if not await self.opens(current[0], owner):
            raise Reject("closed-signature", "your scanned signature opens no more; save it again, or sign without it")
        return current[0]

    async def opens(self, signature_id: str, owner: str) -> bool:
        """Whether the picture can be had: not after the secret was changed and the old one put away."""
        try:
            await self.picture(signature_id, owner)
        except Transient:
            return False
        return True

    async def picture(self, signature_id: str, owner: str) -> bytes:
        """The PNG. `Transient` when it is not there or not the owner's: nobody's letter is made with something else,
        and the operators hear of it."""
        found = await self._signatures.find_one({"_id": signature_id})
        if found is None:
            raise Transient(f"the scanned signature {signature_id} is gone: restore the collection `signatures`")
        closed = bytes(found["picture"])
        for key in self._keys:
            try:
                return AESGCM(key).decrypt(closed[:_NONCE], closed[_NONCE:], _bind_picture(signature_id, owner))
            except InvalidTag:
                continue
        raise Transient(f"the scanned signature {signature_id} opens with no SIGNATURE_SECRET, or is another's")

    async def forget_retired(self, before: datetime) -> int:
        """Remove those that count no more since then, and that no letter waits for; says how many. `before`: so long
        ago that whoever placed one in the moment of its retirement has been written down."""
        removed = 0
        async for one in self._signatures.find({"retired_at": {"$lt": before}}, {"owner": 1}):
            placed = {"state.decision.by.sub": one["owner"], "state.decision.scanned": one["_id"]}
            waiting = {**placed, "state.letter.sha256": ""}
            if await self._cases.find_one(waiting, {"_id": 1}) is None:
                removed += (await self._signatures.delete_one({"_id": one["_id"]})).deleted_count
        return removed

    async def _retire(self, which: dict[str, Any]) -> None:
        await self._signatures.update_many(which | {"retired_at": None}, {"$set": {"retired_at": now()}})


def _bind_picture(signature_id: str, owner: str) -> bytes:
    """What is checked with the picture: it was closed under this id for this owner."""
    return f"{signature_id}\x1f{owner}".encode()

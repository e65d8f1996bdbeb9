"""What somebody wrote about an application is nowhere any more once its applicant is forgotten: neither in the case nor
beside it."""

from datetime import timedelta
from typing import Any

from bson import encode

from services.permits.domain.application import Entry
from services.permits.store import TIMELINE_KEPT
from shared.kernel import now
from tests.support.permits_running import Permits, wake

WORDS = "โทรหาภรรยา 081 234 5678"


async def test_no_words_stay_in_the_case_nor_in_its_older_lines_nor_in_the_trail(service: Permits) -> None:
    made = await service.brought_to("submitted")
    officer = service.staff("officer")
    found = {"findings": [{"requirement": "plans", "verdict": "replace", "reason": WORDS}]}
    assert (await service.act(made, "findings", officer, found)).status_code == 200
    asked = {"requirements": ["plans"], "note": WORDS}
    assert (await service.act(made, "request-documents", officer, asked)).status_code == 200
    await _write_lines(service, made["id"])
    assert (await service.act(made, "withdraw", body={"reason": WORDS})).status_code == 200
    await service.store.trail.move()
    assert await _holding(service) == {"applications", "applications_older", "trail"}

    await wake(service, now() + timedelta(days=11 * 365))

    assert await _holding(service) == set()
    assert len(await service.store.read_older_timeline(made["id"])) > TIMELINE_KEPT, "the lines are there"
    assert await service.store.trail.of_case(made["id"], 10), "and who did what"


async def _write_lines(service: Permits, case_id: str) -> None:
    """More of them than the case keeps."""
    case = await service.store.applications.get(case_id)
    assert case is not None
    sent: dict[str, Any] = {"type": "notice-sent", "level": "system", "params": {"channels": "email"}}
    many = [Entry(at=case.state.created_at, note=WORDS, **sent)] * 3 * TIMELINE_KEPT
    timeline = [line.model_dump() for line in (*case.state.timeline, *many)]
    await service.store.applications.collection.update_one({"_id": case_id}, {"$set": {"state.timeline": timeline}})


async def _holding(service: Permits) -> set[str]:
    """The collections in which the words are."""
    database, words = service.store.applications.collection.database, WORDS.encode()
    documents = {name: database[name].find({}, {"outbox": 0}) for name in await database.list_collection_names()}
    return {name for name, found in documents.items() if any([words in encode(one) async for one in found])}

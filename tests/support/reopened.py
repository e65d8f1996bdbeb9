"""An incident that is over, and goes on again."""

from services.dispatch.domain.work_order import order_id
from services.dispatch.incident_bodies import Reopen
from services.dispatch.incident_reopening import reopen_incident
from tests.support.found import Storm, asked
from tests.support.incidents import confirmed, finished

NOTE = "ไฟยังดับอยู่ฝั่งตะวันตก"


async def over() -> Storm:
    """A power cut that was confirmed and is over."""
    storm = Storm()
    await storm.cut()
    await confirmed(storm, note="แจ้งการไฟฟ้าแล้ว")
    await finished(storm)
    return storm


async def taken_back(storm: Storm, incident_id: str = "", **said: object) -> str:
    """The officer has said that it is not over, and everybody has heard of it."""
    incident_id = incident_id or (await storm.only())[0]
    body = Reopen.model_validate({"note": NOTE, **said})
    await reopen_incident(storm.desk, asked(body), incident_id, body)
    await storm.settle()
    return incident_id


def said_of_work(storm: Storm, report: str) -> list[str]:
    """What was told of the work of a report."""
    entries = storm.service.tables["work_orders"].outbox
    types = [dict(one.headers)["ce_type"].decode() for one in entries if one.messages[0].key == order_id(report)]
    return [one.split(".")[2] for one in types]

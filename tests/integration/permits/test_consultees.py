"""Others who are asked, over HTTP: what the desk shows of their mail, and which of their links opens."""

from typing import Any

from shared.events.notices import ChannelOutcome, NoticeEvent, NoticeFailed, NoticeSent
from shared.events.permit_life import PermitConsulted, PermitConsulteeAskedAgain
from tests.support.permits_running import ORIGIN, Permits, hear_notice

BY_PAGE = {"Origin": ORIGIN}
ASKED = {"consultee": "pea", "question": "สายไฟพอหรือไม่", "documents": ["plans"], "days": 5, "beyond_due": True}


async def ask(service: Permits) -> tuple[dict[str, str], dict[str, Any]]:
    """An application of which the electricity authority was asked, and the question as the desk has it."""
    made = await service.brought_to("accepted")
    answer = await service.act(made, "consultations", service.staff("officer"), ASKED)
    assert answer.status_code == 200, answer.text
    question: dict[str, Any] = answer.json()["consultations"][0]
    return made, question


async def hear(service: Permits, made: dict[str, str], about: str, end: type[NoticeEvent], why: str | None) -> None:
    """Notify says what became of the newest message about the question."""
    case = await service.store.find_by_reference(made["reference"])
    assert case is not None
    channel = ChannelOutcome(channel="email", outcome="failed" if why else "sent", reason=why)
    told = end(
        case_id=case.id, reference=made["reference"], about=about, audience="consultee", channels=[channel],
        happened_at=case.state.consultations[0].message_at,
    )  # fmt: skip
    await hear_notice(service, told)


async def desk(service: Permits, made: dict[str, str]) -> str:
    answer = await service.http.get(f"/permits/desk/{made['reference']}", headers=service.staff("officer"))
    assert answer.status_code == 200
    return answer.text


async def test_the_desk_says_whether_they_have_the_question_and_a_second_link_ends_the_first(service: Permits) -> None:
    made, question = await ask(service)
    first = question["link"]
    assert "กำลังส่งข้อความถึงผู้ตอบ" in await desk(service, made)
    again = f"/permits/desk/{made['reference']}/consultations/{question['id']}/again"
    early = await service.http.post(again, headers=service.staff("officer"))
    assert early.status_code == 409, "a message to them is on its way"

    await hear(service, made, PermitConsulted.type, NoticeFailed, "bad-address")
    shown = await desk(service, made)
    assert "ที่อยู่อีเมลใช้ไม่ได้" in shown
    assert (await service.http.get(first)).status_code == 200

    assert (await service.http.post(again, headers=service.staff("officer"))).status_code == 303
    assert (await service.http.get(first)).status_code == 404
    await hear(service, made, PermitConsulteeAskedAgain.type, NoticeSent, None)
    answer = await service.http.get(
        f"/api/v1/applications/{made['reference']}", headers={**service.staff("officer"), "Accept": "application/json"}
    )
    (one,) = answer.json()["consultations"]
    assert (one["message"], one["link"] == first) == ("sent", False)
    assert "ส่งข้อความถึงผู้ตอบแล้ว" in await desk(service, made)
    given = await service.http.post(one["link"], data={"view": "no-objection", "by": "กมล"}, headers=BY_PAGE)
    assert given.status_code == 200
    assert again not in await desk(service, made), "whoever has answered is not asked again"


async def test_what_is_asked_travels_without_the_secret_of_its_link(service: Permits) -> None:
    made, question = await ask(service)
    secret = question["link"].rpartition(".")[2]
    document = await service.store.applications.collection.find_one({"_id": made["id"]})
    assert document is not None
    assert "permit.consulted.v1" in (await service.outbox(made["id"]))[-1]
    assert secret not in str(document)


async def test_a_notice_of_another_service_s_case_or_without_its_time_moves_nothing(service: Permits) -> None:
    made, _ = await ask(service)
    case = await service.store.find_by_reference(made["reference"])
    assert case is not None
    common: dict[str, Any] = {"reference": made["reference"], "audience": "consultee", "channels": []}
    for told in (
        NoticeSent(case_id="01KB57W53GN6B2X8QK4HT9VR0M", about=PermitConsulted.type, **common),
        NoticeSent(case_id=case.id, about=PermitConsulted.type, **common),
        NoticeSent(case_id=case.id, about="onestop.permit.consultation-overdue.v1", **common),
    ):
        await hear_notice(service, told)
    after = await service.store.find_by_reference(made["reference"])
    assert after is not None
    assert after.state == case.state

"""The same burst pipe from the crew's side: every step of the work, and the incident that it turned out to be."""

from typing import Any

from shared.events.agencies import (
    WorkOrderAgencyAnswered,
    WorkOrderAgencyChased,
    WorkOrderAgencyTold,
    WorkOrderReferred,
    WorkOrderTakenBack,
)
from shared.events.base import Event
from shared.events.incidents import (
    IncidentChanged,
    IncidentClosed,
    IncidentJoined,
    IncidentLeft,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
    IncidentTold,
    IncidentWentOn,
)
from shared.events.work_orders import (
    Material,
    WorkOrderAcknowledged,
    WorkOrderAssigned,
    WorkOrderCancelled,
    WorkOrderCompleted,
    WorkOrderCreated,
    WorkOrderDropped,
    WorkOrderEscalated,
    WorkOrderHidden,
    WorkOrderPaused,
    WorkOrderPrioritised,
    WorkOrderRefused,
    WorkOrderResumed,
    WorkOrderSentBack,
    WorkOrderSplit,
    WorkOrderStarted,
    WorkOrderTaken,
    WorkOrderVerified,
)
from shared.readers import with_public_form
from tools.contract.examples.reports import CATEGORY, MARKET, REFERENCE, ZONE
from tools.contract.examples.story import (
    INCIDENT,
    REPORT,
    REPORTED,
    SECOND_REPORT,
    SHARE,
    SHARE_TOO,
    WORK_ORDER,
    after,
    story,
)

TEAM = "works-water"
CREW = "crew-somchai"
LEAD = "lead-somsak"
COMMON: dict[str, Any] = {"report_id": REPORT, "reference": REFERENCE, "category": CATEGORY}

_WORK: tuple[tuple[float, Event], ...] = (
    (0.05, WorkOrderCreated(
        **COMMON, team="works-roads", zone=ZONE, priority="high",
        rule="road-danger", public_rule=None, rules_version="2026-11-01.3", service_level="repair",
        acknowledge_by=after(30), due_at=after(240),
    )),
    (2, WorkOrderRefused(
        **COMMON, team=None, level="triage", actor="crew-wichai",
        previous_team="works-roads", reason="ไม่ใช่งานถนน เป็นท่อประปาของเทศบาล",
    )),
    (3, WorkOrderAssigned(
        **COMMON, team=TEAM, actor="officer-naree", previous_team=None, due_at=after(240),
        reason="ท่อประปาแตก ส่งต่องานประปา",
    )),
    (4, WorkOrderPrioritised(
        **COMMON, team=TEAM, actor="officer-naree", priority="emergency", previous_priority="high",
        acknowledge_by=after(15), due_at=after(120), reason="น้ำท่วมทางเข้าโรงพยาบาล",
    )),
    (6, WorkOrderAcknowledged(**COMMON, team=TEAM, actor=CREW)),
    (7, WorkOrderTaken(**COMMON, team=TEAM, actor=LEAD, person="crew-anan")),
    (9, WorkOrderDropped(**COMMON, team=TEAM, actor="crew-anan")),
    (15, WorkOrderStarted(**COMMON, team=TEAM, actor=CREW, person=CREW, stage="on_the_way")),
    (40, WorkOrderPaused(
        **COMMON, team=TEAM, actor=CREW, reason="part", resume_at=after(100),
        **with_public_form("note", "รอข้อต่อ PVC ขนาด 4 นิ้วจากคลังพัสดุ", "open"),
    )),
    (95, WorkOrderResumed(**COMMON, team=TEAM, actor=CREW, due_at=after(295))),
    (170, WorkOrderCompleted(
        **COMMON, team=TEAM, actor=CREW, outcome="fixed",
        **with_public_form("note", "เปลี่ยนข้อต่อและท่อยาว 2 เมตร ทดสอบแรงดันแล้ว", "open"),
        before=[f"/media/{WORK_ORDER}/before-1.webp"], photos=[f"/media/{WORK_ORDER}/after-1.webp"],
        materials=[Material(name="ท่อ PVC 4 นิ้ว", quantity=2, unit="เมตร")], minutes=150, to_verify=True, person=CREW,
    )),
    (180, WorkOrderSentBack(
        **COMMON, team=TEAM, actor="officer-naree", person=CREW, due_at=after(295), reason="ยังไม่ได้คืนผิวถนน",
    )),
    (181, WorkOrderSplit(**COMMON, team=TEAM, actor="officer-naree", children=[SHARE, SHARE_TOO], due_at=after(295))),
    (230, WorkOrderVerified(**COMMON, team=TEAM, actor="officer-naree", by="staff", note="ดูหน้างานแล้ว")),
    (236, WorkOrderEscalated(
        **COMMON, team=TEAM, level="head", clock="resolve", percent=80, due_at=after(295),
    )),
    (240, WorkOrderReferred(
        **COMMON, team=TEAM, level="agency", actor="officer-naree", agency="pwa", zone=ZONE,
        location=MARKET, due_at=after(295), answer_by=after(720), photos=1, link_number=1, link_until=after(20400),
        text="ท่อเมนของการประปาส่วนภูมิภาครั่วหน้าตลาด น้ำท่วมผิวถนน ขอให้ตรวจสอบและซ่อม",
    )),
    (240.1, WorkOrderAgencyTold(**COMMON, team=TEAM, level="agency", agency="pwa", status="sent")),
    (241, WorkOrderAgencyAnswered(
        **COMMON, team=TEAM, level="agency", actor="agency-pwa", agency="pwa", answer="answered",
        agency_reference="กปภ. ชม. 2569/1182", expected_at=after(1440), note="จะส่งทีมเข้าซ่อมพรุ่งนี้เช้า",
        link_number=2, link_until=after(20401),
    )),
    (242, WorkOrderAgencyChased(
        **COMMON, team=TEAM, level="agency", agency="pwa", reason="overdue", reminders=1, answer_by=after(1440),
        link_number=3, link_until=after(20402),
    )),
    (243, WorkOrderTakenBack(
        **COMMON, team=TEAM, level="crew", actor="officer-naree", agency="pwa", reason="ทีมเทศบาลซ่อมชั่วคราวแล้ว",
    )),
    (245, WorkOrderCancelled(
        **COMMON, team=TEAM, actor="officer-naree", outcome="duplicate",
        **with_public_form("reason", "ซ้ำกับเรื่องของเพื่อนบ้าน", "open"),
    )),
    (260, WorkOrderHidden(report_id=REPORT)),
)  # fmt: skip
_OF_INCIDENT: dict[str, Any] = {"team": TEAM, "incident_id": INCIDENT, "work_order_id": WORK_ORDER}
_WHOLE: dict[str, Any] = {**COMMON, **_OF_INCIDENT, "zone": ZONE, "location": MARKET, "radius_m": 500}
_WORD: dict[str, Any] = {
    "agency": "pwa", "expected_until": after(170),
    **with_public_form("note", "การประปากำลังเปลี่ยนท่อเมนหน้าตลาด", "open"),
}  # fmt: skip
_INCIDENT: tuple[tuple[float, Event], ...] = (
    (28, IncidentOpened(**_WHOLE)),
    (50, IncidentChanged(**_WHOLE, **_WORD)),
    (169, IncidentClosed(**COMMON, **_OF_INCIDENT, outcome="fixed")),
    (170, IncidentReopened(**_WHOLE, **_WORD)),
)
_NEIGHBOUR: dict[str, Any] = {
    "report_id": SECOND_REPORT, "reference": "MH-VNC4-QCWB", "category": CATEGORY, **_OF_INCIDENT,
}  # fmt: skip
_JOINED: tuple[tuple[float, Event], ...] = (
    (31, IncidentJoined(**_NEIGHBOUR)),
    (50, IncidentTold(**_NEIGHBOUR, **_WORD)),
    (170, IncidentResolved(**_NEIGHBOUR, outcome="fixed", **with_public_form("note", "เปลี่ยนท่อแล้ว น้ำไหลปกติ", "open"))),
    (170.5, IncidentWentOn(**_NEIGHBOUR, **_WORD)),
    (171, IncidentLeft(**_NEIGHBOUR, actor="officer-naree", due_at=after(240), reason="ท่อแตกคนละจุด")),
)
WORK_ORDERS = story(WORK_ORDER, REPORTED, *_WORK) + story(INCIDENT, REPORTED, *_INCIDENT)
WORK_ORDERS += story(SECOND_REPORT, REPORTED, *_JOINED)

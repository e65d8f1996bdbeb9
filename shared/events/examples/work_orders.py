"""The same burst pipe from the crew's side: every step of the work, and the incident that it turned out to be."""

from shared.events.base import Event
from shared.events.examples.reports import CATEGORY, REFERENCE, ZONE
from shared.events.examples.story import INCIDENT, REPORT, REPORTED, SECOND_REPORT, WORK_ORDER, after, story
from shared.events.work_orders import (
    IncidentJoined,
    IncidentOpened,
    IncidentResolved,
    WorkOrderAcknowledged,
    WorkOrderAssigned,
    WorkOrderCancelled,
    WorkOrderCompleted,
    WorkOrderCreated,
    WorkOrderEscalated,
    WorkOrderPaused,
    WorkOrderReferred,
    WorkOrderRefused,
    WorkOrderResumed,
    WorkOrderStarted,
)

TEAM = "works-water"
CREW = "crew-somchai"
REPORTS = [REPORT]

_WORK: tuple[tuple[float, Event], ...] = (
    (0.05, WorkOrderCreated(
        report_ids=REPORTS, category=CATEGORY, team="works-roads", reference=REFERENCE, zone=ZONE, priority="high",
        rule="road-danger", rules_version="2026-11-01.3", service_level="repair", acknowledge_by=after(30),
        due_at=after(240),
    )),
    (2, WorkOrderRefused(
        report_ids=REPORTS, category=CATEGORY, team=None, level="triage", actor="crew-wichai",
        previous_team="works-roads", reason="ไม่ใช่งานถนน เป็นท่อประปาของเทศบาล",
    )),
    (3, WorkOrderAssigned(
        report_ids=REPORTS, category=CATEGORY, team=TEAM, actor="officer-naree", previous_team=None, due_at=after(240),
        reason="ท่อประปาแตก ส่งต่องานประปา",
    )),
    (6, WorkOrderAcknowledged(report_ids=REPORTS, category=CATEGORY, team=TEAM, actor=CREW)),
    (15, WorkOrderStarted(report_ids=REPORTS, category=CATEGORY, team=TEAM, actor=CREW, stage="on_the_way")),
    (40, WorkOrderPaused(
        report_ids=REPORTS, category=CATEGORY, team=TEAM, actor=CREW, reason="part", resume_at=after(100),
        note="รอข้อต่อ PVC ขนาด 4 นิ้วจากคลังพัสดุ",
    )),
    (95, WorkOrderResumed(report_ids=REPORTS, category=CATEGORY, team=TEAM, actor=CREW, due_at=after(295))),
    (170, WorkOrderCompleted(
        report_ids=REPORTS, category=CATEGORY, team=TEAM, actor=CREW, outcome="fixed",
        note="เปลี่ยนข้อต่อและท่อยาว 2 เมตร ทดสอบแรงดันแล้ว", photos=[f"/media/{WORK_ORDER}/after-1.webp"],
    )),
    (236, WorkOrderEscalated(
        report_ids=REPORTS, category=CATEGORY, team=TEAM, level="head", clock="resolve", percent=80, due_at=after(295),
    )),
    (240, WorkOrderReferred(
        report_ids=REPORTS, category=CATEGORY, team=TEAM, level="agency", actor="officer-naree", agency="pwa",
        agency_reference="กปภ. ชม. 2569/1182", note="ท่อเมนอยู่ในความดูแลของการประปาส่วนภูมิภาค",
    )),
    (245, WorkOrderCancelled(
        report_ids=REPORTS, category=CATEGORY, team=TEAM, actor="officer-naree", outcome="duplicate",
        reason="ซ้ำกับเรื่องของเพื่อนบ้าน",
    )),
)  # fmt: skip
_INCIDENT: tuple[tuple[float, Event], ...] = (
    (28, IncidentOpened(
        report_ids=[REPORT, SECOND_REPORT], category=CATEGORY, team=TEAM, work_order_id=WORK_ORDER, zone=ZONE,
    )),
    (31, IncidentJoined(
        report_ids=["01KB58W1F0Y6M3G8QZ2VXH5TNA"], category=CATEGORY, team=TEAM, work_order_id=WORK_ORDER, reports=3,
    )),
    (170, IncidentResolved(
        report_ids=[REPORT, SECOND_REPORT, "01KB58W1F0Y6M3G8QZ2VXH5TNA"], category=CATEGORY, team=TEAM,
        work_order_id=WORK_ORDER, outcome="fixed",
    )),
)  # fmt: skip
WORK_ORDERS = story(WORK_ORDER, REPORTED, *_WORK) + story(INCIDENT, REPORTED, *_INCIDENT)

"""The life of another permit: begun, transferred, revoked and restored on appeal, extended, finished and accepted."""

from typing import Any

from shared.events.base import Event
from shared.events.neighbours import PermitNeighbourAnswered, PermitNeighbourAsked, PermitNeighbourReminded, party_of
from shared.events.permit_life import (
    PermitAppealAnswered,
    PermitAppealed,
    PermitConstructionAccepted,
    PermitConstructionFinished,
    PermitConstructionStarted,
    PermitConsultationAnswered,
    PermitConsultationOverdue,
    PermitConsulted,
    PermitConsulteeAskedAgain,
    PermitConsulteeTold,
    PermitExpiring,
    PermitExtensionAnswered,
    PermitExtensionAsked,
    PermitInspected,
    PermitInspectionCancelled,
    PermitInspectionMoved,
    PermitInspectionPlanned,
    PermitRevoked,
    PermitTransferred,
)
from tools.contract.examples.story import APPLIED, HELD_PERMIT, after, story

HELD: dict[str, Any] = {
    "reference": "MH-2K4D-0P8C", "permit_type": "house-new", "zone": "ban-pa-chi", "team": "works-building",
}  # fmt: skip
EXAMINER = "examiner-pranee"
_DAY = 24 * 60.0
_DUE = after(9 * _DAY, APPLIED)
_WIRES, _GATE = "ห่างจากสายไฟพอหรือไม่", "ทางเข้าออกรถกระทบทางเท้าหรือไม่"
PEA: dict[str, Any] = {**HELD, "consultee": "pea", "agency": "pea", "consultation": "01KB55Y0Q9S3W7E1H5K8M2R4VB"}
PEA_LINK: dict[str, Any] = {"link_number": 1, "link_until": after(39 * _DAY, APPLIED)}
_NEXT_DOOR = "01KB56A2F7J4N8Q1T5W9Y3B6DH"
_PLOT = {"address": "99/4 หมู่ 3", "deed_number": "40178"}
_HELD_PERMIT: tuple[tuple[float, Event], ...] = (
    (35, PermitConsulted(**PEA, **PEA_LINK, actor=EXAMINER, due_at=_DUE, question=_WIRES)),
    (35.1, PermitConsulteeTold(**PEA, status="sent")),
    (35.5, PermitConsulteeAskedAgain(**PEA, **PEA_LINK, reason="reminder", due_at=_DUE, question=_WIRES)),
    (36, PermitConsultationAnswered(**PEA, view="conditions", answer="เว้นระยะจากสายไฟไม่น้อยกว่า 1.8 เมตร")),
    (37, PermitConsultationOverdue(
        **HELD, consultee="works-roads", consultation="01KB55ZR3V4Q7C9M2T6XJ8WNDE", due_at=_DUE, question=_GATE,
    )),
    (38, PermitNeighbourAsked(
        **HELD, actor=EXAMINER, neighbour=_NEXT_DOOR, due_at=_DUE, party=party_of(_NEXT_DOOR), **_PLOT,
    )),
    (38.5, PermitNeighbourReminded(**HELD, neighbour=_NEXT_DOOR, due_at=_DUE, party=party_of(_NEXT_DOOR), **_PLOT)),
    (39, PermitNeighbourAnswered(**HELD, neighbour=_NEXT_DOOR, view="objects", answer="หน้าต่างตรงกับห้องนอนของเรา")),
    (40, PermitInspectionPlanned(**HELD, actor=EXAMINER, at=after(90, APPLIED))),
    (41, PermitInspectionMoved(**HELD, actor=EXAMINER, was=after(90, APPLIED), at=after(92, APPLIED))),
    (42, PermitInspectionCancelled(
        **HELD, actor=EXAMINER, at=after(93, APPLIED), because="office", note="เจ้าหน้าที่ติดราชการ จะนัดใหม่",
    )),
    (95, PermitInspected(**HELD, actor=EXAMINER, at=after(90, APPLIED), result="in-order")),
    (3 * _DAY, PermitConstructionStarted(**HELD, on=after(3 * _DAY, APPLIED))),
    (200 * _DAY, PermitTransferred(
        **HELD, actor="signatory-anan", transferred_at=after(200 * _DAY, APPLIED), link_number=1,
    )),
    (210 * _DAY, PermitRevoked(
        **HELD, actor="signatory-anan", revoked_at=after(210 * _DAY, APPLIED), legal_reason="ก่อสร้างผิดไปจากแบบ",
    )),
    (220 * _DAY, PermitAppealed(**HELD, against="revocation", reason="แก้ไขให้ถูกต้องตามแบบแล้ว")),
    (260 * _DAY, PermitAppealAnswered(
        **HELD, actor=EXAMINER, against="revocation", outcome="granted", reason="ผู้อุทธรณ์แก้ไขแล้วก่อนมีคำสั่ง",
    )),
    (335 * _DAY, PermitExpiring(**HELD, valid_until=after(365 * _DAY, APPLIED))),
    (340 * _DAY, PermitExtensionAsked(**HELD, reason="ผู้รับเหมาทิ้งงาน ต้องหารายใหม่")),
    (345 * _DAY, PermitExtensionAnswered(
        **HELD, actor="signatory-anan", granted=True, valid_until=after(545 * _DAY, APPLIED),
    )),
    (500 * _DAY, PermitConstructionFinished(**HELD, on=after(499 * _DAY, APPLIED))),
    (510 * _DAY, PermitConstructionAccepted(**HELD, actor=EXAMINER)),
)  # fmt: skip
PERMIT_LIFE = story(HELD_PERMIT, APPLIED, *_HELD_PERMIT)

"""A house of one storey and 96 m²: handed in, completed, accepted on the fast lane, examined and signed."""

from shared.events.base import Event, Place
from shared.events.permit_fees import (
    PermitFeesDue,
    PermitFeesPaid,
    PermitFeesRefunded,
    PermitPaymentCancelled,
)
from shared.events.permits import (
    LaneCondition,
    PermitAccepted,
    PermitAnswerAwaited,
    PermitCheckOverdue,
    PermitClosed,
    PermitDecided,
    PermitDocumentsRequested,
    PermitExamined,
    PermitLinkRenewed,
    PermitMessageWritten,
    PermitOverdue,
    PermitPaused,
    PermitReopened,
    PermitResumed,
    PermitSubmitted,
    PermitWithdrawn,
)
from tools.contract.examples.story import APPLICATION, APPLIED, after, story

REFERENCE = "MH-737X-RYVZ"
TYPE = "house-new"
TEAM = "works-building"
ZONE = "ban-pa-chi"
EXAMINER = "examiner-pranee"
HOME = Place(latitude=18.73584, longitude=98.95127, address="99/4 หมู่ 3 ต.แม่เหียะ อ.เมืองเชียงใหม่")
CONDITIONS = [
    LaneCondition(condition="storeys", value="1", limit="= 1", passed=True),
    LaneCondition(condition="usable-area", value="96.00", limit="<= 150", passed=True),
    LaneCondition(condition="residential-use", value="house", limit="house", passed=True),
    LaneCondition(condition="zone-allows-use", value="house", limit="residential-low", passed=True),
    LaneCondition(condition="documents-complete", value="7", limit="= 7", passed=True),
    LaneCondition(condition="plan-checks-pass", value="4", limit="= 4", passed=True),
]

_APPLICATION: tuple[tuple[float, Event], ...] = (
    (0, PermitSubmitted(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, submitted_at=APPLIED, location=HOME, language="th",
        check_due_at=after(60, APPLIED), lane="fast",
        parties=["applicant"],
    )),
    (12, PermitReopened(reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM)),
    (20, PermitSubmitted(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, submitted_at=after(20, APPLIED), again=True,
        location=HOME, language="th", parties=["applicant"],
    )),
    (35, PermitDocumentsRequested(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, actor=EXAMINER, requirements=["title-deed"],
        note="สำเนาโฉนดหน้าสองอ่านไม่ชัด กรุณาถ่ายใหม่", answer_by=after(600, APPLIED),
    )),
    (38, PermitAnswerAwaited(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, requirements=["title-deed"],
        answer_by=after(600, APPLIED), late=False,
    )),
    (40, PermitMessageWritten(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, by="applicant", text="ส่งใหม่ทุกหน้าหรือเฉพาะหน้าสอง",
    )),
    (52, PermitMessageWritten(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, actor=EXAMINER, by="staff", text="เฉพาะหน้าสอง",
    )),
    (120, PermitCheckOverdue(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, due_at=after(200, APPLIED), percent=50,
        level="examiner",
    )),
    (160, PermitAccepted(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, actor=EXAMINER, lane="fast", conditions=CONDITIONS,
        due_at=after(280, APPLIED),
    )),
    (175, PermitPaused(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, actor=EXAMINER, reason="documents",
    )),
    (190, PermitResumed(reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, due_at=after(295, APPLIED))),
    (230, PermitExamined(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, actor=EXAMINER, proposal="approve",
        note="แบบถูกต้อง ระยะร่นครบทุกด้าน",
    )),
    (271, PermitOverdue(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, due_at=after(295, APPLIED), percent=80,
        level="head",
    )),
    (284, PermitDecided(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, actor="signatory-anan", decision="approved",
        number="142/2569", decided_at=after(284, APPLIED), verify_code="7QHX-29MD-KT4P",
        conditions=["ต้องแจ้งวันเริ่มก่อสร้างก่อนไม่น้อยกว่า 3 วัน"],
    )),
    (284, PermitFeesDue(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, amount_satang=9500, amount="95.00",
        due_at=after(43484, APPLIED),
    )),
    (1500, PermitFeesPaid(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, actor="cashier-orawan", amount_satang=9500,
        amount="95.00", receipt="P-12/2569", paid_at=after(1490, APPLIED),
    )),
    (1600, PermitPaymentCancelled(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, actor="cashier-orawan", amount_satang=9500,
        amount="95.00", receipt="P-12/2569", due=True, due_at=after(44800, APPLIED), reason="บันทึกผิดคำขอ",
    )),
    (3980, PermitFeesRefunded(
        reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, actor="cashier-orawan", amount_satang=9500,
        amount="95.00", receipt="P-19/2569", reason="ชำระซ้ำ",
    )),
    (3990, PermitLinkRenewed(reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, number=1)),
    (4000, PermitWithdrawn(reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, reason="เลื่อนการก่อสร้างไปปีหน้า")),
    (4000, PermitClosed(reference=REFERENCE, permit_type=TYPE, zone=ZONE, team=TEAM, reason="withdrawn")),
)  # fmt: skip
PERMITS = story(APPLICATION, APPLIED, *_APPLICATION)

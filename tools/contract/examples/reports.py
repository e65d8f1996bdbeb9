"""A burst pipe, from the resident's side; withdrawing and reopening are told as if the story had turned that way."""

from shared.events.base import Place
from shared.events.reports import (
    ReportAmended,
    ReportClosed,
    ReportCommented,
    ReportFollowed,
    ReportHidden,
    ReportLinkRenewed,
    ReportMerged,
    ReportRated,
    ReportReopened,
    ReportSeparated,
    ReportSubmitted,
    ReportWithdrawn,
)
from shared.readers import with_public_form
from tools.contract.examples.story import REPORT, REPORTED, SECOND_REPORT, story

REFERENCE = "MH-KBN0-19PH"
CATEGORY = "water-leak"
ZONE = "ban-tamnak-mai"
MARKET = Place(latitude=18.74312, longitude=98.96385, accuracy_m=12.0, address="หน้าตลาดแม่เหียะ หมู่ 7 ต.แม่เหียะ")
TEXT = "ท่อประปาแตกหน้าตลาด น้ำพุ่งท่วมถนนครึ่งเลน รถมอเตอร์ไซค์เกือบล้ม ช่วยมาดูด่วนครับ"

REPORTS = story(
    REPORT,
    REPORTED,
    (0, ReportSubmitted(
        reference=REFERENCE, category="road-damage", kind="problem", channel="web", submitted_at=REPORTED, zone=ZONE,
        location=MARKET, **with_public_form("text", TEXT, "open"), answers={"danger": "yes"}, photos=2, language="th",
        parties=["reporter"],
    )),
    (1.5, ReportAmended(
        reference=REFERENCE, category=CATEGORY, previous_category="road-damage", zone=ZONE, location=MARKET,
        actor="officer-naree", actor_name="นารี รับเรื่อง", **with_public_form("text", TEXT, "open"),
    )),
    (9, ReportFollowed(reference=REFERENCE, category=CATEGORY, followers=2, parties=["follower-1"])),
    (14, ReportCommented(
        reference=REFERENCE, category=CATEGORY, by="follower", photos=1,
        **with_public_form("text", "ตอนนี้น้ำเริ่มไหลเข้าร้านแล้วค่ะ", "open"),
    )),
    (26, ReportMerged(
        reference=REFERENCE, category=CATEGORY, into=SECOND_REPORT, into_reference="MH-VNC4-QCWB",
    )),
    (31, ReportSeparated(
        reference=REFERENCE, category=CATEGORY, times=1, from_report=SECOND_REPORT, from_reference="MH-VNC4-QCWB",
        kind="problem", channel="web", zone=ZONE, location=MARKET, **with_public_form("text", TEXT, "open"),
        answers={"danger": "yes"}, photos=3, followers=2,
    )),
    (185, ReportRated(
        reference=REFERENCE, category=CATEGORY, stars=5,
        **with_public_form("comment", "มาเร็วมาก ขอบคุณเจ้าหน้าที่ครับ", "open"),
    )),
    (1500, ReportReopened(
        reference=REFERENCE, category=CATEGORY, times=1, zone=ZONE, location=MARKET,
        **with_public_form("text", TEXT, "open"),
        **with_public_form("reason", "จุดที่ซ่อมไว้เริ่มมีน้ำซึมอีกแล้ว", "open"),
    )),
    (1530, ReportWithdrawn(
        reference=REFERENCE, category=CATEGORY, **with_public_form("reason", "ช่างมาซ่อมให้เรียบร้อยแล้ว", "open"),
    )),
    (1540, ReportLinkRenewed(reference=REFERENCE, category=CATEGORY, number=1)),
    (20330, ReportClosed(reference=REFERENCE, category=CATEGORY, outcome="fixed")),
    (20331, ReportHidden(reference=REFERENCE)),
)  # fmt: skip

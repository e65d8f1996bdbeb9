"""The letter of what was signed after the decision: more time or none, another holder, a revocation, the end of an
appeal. On the decision letter's own sheet, and by the rules that the application was handed in under."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from services.permits import letter
from services.permits.domain.application import Application
from services.permits.domain.bill import show_lines
from services.permits.domain.invoices import bill_of
from services.permits.domain.letters import ActKind, SignedAct
from services.permits.domain.permit_type import PermitType
from services.permits.domain.rules import Rules
from services.permits.domain.signed_acts import holder_at, number_of, valid_until_then
from shared.documents import typeset
from shared.town import Town
from shared.words.dates import date_text

_CONSIDERED = " นั้น เจ้าพนักงานท้องถิ่นได้พิจารณาแล้ว {by}มีคำสั่งดังนี้"
_AGAINST = {"refusal": "คำสั่งไม่อนุญาต", "revocation": "คำสั่งเพิกถอนใบอนุญาต"}


@dataclass(frozen=True)
class _Words:
    """`{name}` is the permit type's. `before` and `after`: the opening, around the town's name."""

    subject: str
    before: str
    after: str
    verdict: str


_ASKED = "ตามที่ท่านได้ขอต่ออายุใบอนุญาต{name} ซึ่งออกโดย"
_APPEALED = "ตามที่ท่านได้อุทธรณ์{against}ของ"
_JUDGED = " นั้น คณะกรรมการพิจารณาอุทธรณ์ได้วินิจฉัยแล้ว จึงขอแจ้งผลดังนี้"
_WORDS: dict[ActKind, _Words] = {
    "extension": _Words("แจ้งการต่ออายุใบอนุญาต{name}", _ASKED, _CONSIDERED, "อนุญาตให้ต่ออายุใบอนุญาต"),
    "extension-refusal": _Words("แจ้งคำสั่งไม่ต่ออายุใบอนุญาต{name}", _ASKED, _CONSIDERED, "ไม่อนุญาตให้ต่ออายุใบอนุญาต"),
    "transfer": _Words(
        "แจ้งการโอนใบอนุญาต{name}", "ตามที่ได้มีการขอโอนใบอนุญาต{name} ซึ่งออกโดย", _CONSIDERED, "อนุญาตให้โอนใบอนุญาต"
    ),
    "revocation": _Words(
        "แจ้งคำสั่งเพิกถอนใบอนุญาต{name}",
        "ตามที่ท่านเป็นผู้ได้รับใบอนุญาต{name} ซึ่งออกโดย",
        _CONSIDERED,
        "เพิกถอนใบอนุญาต",
    ),
    "appeal-granted": _Words("แจ้งคำวินิจฉัยอุทธรณ์", _APPEALED, _JUDGED, "อุทธรณ์ฟังขึ้น ให้เพิกถอน{against}"),
    "appeal-dismissed": _Words("แจ้งคำวินิจฉัยอุทธรณ์", _APPEALED, _JUDGED, "ยกอุทธรณ์"),
}
_HOLDS = ("extension", "extension-refusal", "transfer")
KINDS = frozenset(_WORDS)  # those of this release
_FINAL = ("appeal-granted", "appeal-dismissed")  # after the committee there are the courts alone


async def make(application: Application, act: SignedAct, rules: Rules, town: Town, public_url: str) -> bytes:
    """The letter of an act as a PDF, before it is sealed; dated by the act, so that it comes out the same each time."""
    return await typeset(letter.TEMPLATE, compose(application, act, rules, town, public_url), act.at)


def compose(application: Application, act: SignedAct, rules: Rules, town: Town, public_url: str) -> dict[str, Any]:
    """All that the letter says: the template only sets it."""
    permit, words, number = rules.permit, _WORDS[act.kind], number_of(application, act)
    named = {"name": permit.name.th, "against": _AGAINST.get(act.against or "", "คำสั่ง"), "by": _by_law(act, permit)}
    subject = subject_of(act, rules)
    signature = letter.Signature(act.name, act.office, act.at, act.verify_code, act.stand_in)
    return letter.build_sheet(application, rules, town, public_url, signature, _list_numbers(application, number)) | {
        "title": f"หนังสือ{subject} {number}",
        "heads": [["เรื่อง", subject], ["เรียน", holder_at(application, act.at)]],
        "opening": {
            "before": words.before.format_map(named),
            "town": town.name.th,
            "after": words.after.format_map(named),
        },
        "verdict": words.verdict.format_map(named),
        "rows": _list_rows(application, act, permit, town),
        "reason": letter.reason_of(act.legal_reason, permit, final=act.kind in _FINAL) if act.legal_reason else None,
    }


def _by_law(act: SignedAct, permit: PermitType) -> str:
    """Which law gives the power, where the town's profile names it; a revocation has its own in its reason."""
    laws = {
        "extension": permit.extension_law,
        "extension-refusal": permit.extension_law,
        "transfer": permit.transfer_law,
    }
    law = laws.get(act.kind)
    return f"อาศัยอำนาจตาม{law.th} " if law else ""


def subject_of(act: SignedAct, rules: Rules) -> str:
    """What the letter is about, in its own words."""
    return _WORDS[act.kind].subject.format(name=rules.permit.name.th)


def _list_numbers(application: Application, number: str) -> list[str]:
    permit = application.decision.number if application.decision else None
    return [f"หนังสือเลขที่ {number}", *([f"ใบอนุญาตเลขที่ {permit}"] if permit else [])]


def _list_rows(application: Application, act: SignedAct, permit: PermitType, town: Town) -> list[list[str]]:
    """What it is about, until when the permit holds by it, and what it cost."""
    zone, holder = ZoneInfo(town.timezone), holder_at(application, act.at)
    rows = [("ผู้ขออนุญาต" if act.against == "refusal" else "ผู้ได้รับใบอนุญาต", holder)]
    if act.kind == "transfer":
        before = next((one.name for one in application.past_holders if one.until == act.at), "")
        rows = [("ผู้โอน", before), ("ผู้รับโอน", holder)]
    rows += letter.place_rows(application, town)
    until = valid_until_then(application, act) if act.kind in _HOLDS else None
    if until:
        rows.append(("ใบอนุญาตใช้ได้ถึงวันที่", date_text(until, zone, "th")))
    bill = bill_of(application, act.invoice)
    if bill:
        each = letter.fees_text((line["name"], line["satang"]) for line in show_lines(bill, permit, "th"))
        rows += [("ค่าธรรมเนียม", each), ("การชำระค่าธรรมเนียม", letter.payment_text(bill, zone))]
    return [[label, value] for label, value in rows if value]

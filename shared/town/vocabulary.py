"""Thai and English words for the codes that all towns share: levels, priorities, outcomes, reasons, lanes."""

from shared.town.base import Text

LEVELS = {
    "triage": Text(th="ศูนย์บริการเบ็ดเสร็จ", en="one-stop service centre"),
    "crew": Text(th="ทีมปฏิบัติงาน", en="crew"),
    "head": Text(th="หัวหน้าฝ่าย", en="head of section"),
    "director": Text(th="ผู้อำนวยการกอง", en="director of division"),
    "clerk": Text(th="ปลัด", en="municipal clerk"),
    "mayor": Text(th="นายกเทศมนตรี", en="mayor"),
    "agency": Text(th="หน่วยงานภายนอก", en="outside agency"),
    "examiner": Text(th="ผู้ตรวจพิจารณา", en="examiner"),
    "signatory": Text(th="ผู้ลงนาม", en="signatory"),
    "cashier": Text(th="เจ้าหน้าที่การเงิน", en="cashier"),
}
PRIORITIES = {
    "emergency": Text(th="ฉุกเฉิน", en="emergency"),
    "high": Text(th="สูง", en="high"),
    "normal": Text(th="ปกติ", en="normal"),
    "low": Text(th="ต่ำ", en="low"),
}
OUTCOMES = {
    "fixed": Text(th="แก้ไขแล้ว", en="fixed"),
    "not_ours": Text(th="อยู่นอกอำนาจหน้าที่", en="not ours to do"),
    "duplicate": Text(th="ซ้ำกับเรื่องที่มีอยู่แล้ว", en="a duplicate"),
    "cannot_be_done": Text(th="ไม่สามารถดำเนินการได้", en="cannot be done"),
    "withdrawn": Text(th="ผู้แจ้งถอนเรื่อง", en="withdrawn"),
}
PAUSE_REASONS = {
    "part": Text(th="รออะไหล่หรือวัสดุ", en="waiting for a part"),
    "weather": Text(th="รอสภาพอากาศ", en="waiting for the weather"),
    "reporter": Text(th="รอข้อมูลจากผู้แจ้ง", en="waiting for the reporter"),
    "agency": Text(th="รอหน่วยงานภายนอก", en="waiting for an outside agency"),
    "documents": Text(th="รอเอกสารจากผู้ยื่นคำขอ", en="waiting for documents"),
    "payment": Text(th="รอชำระค่าธรรมเนียม", en="waiting for the fees"),
    "other": Text(th="รอด้วยเหตุอื่น", en="waiting for another reason"),
}
STAGES = {
    "on_the_way": Text(th="กำลังเดินทางไปยังจุดเกิดเหตุ", en="on the way"),
    "on_site": Text(th="ถึงจุดเกิดเหตุแล้ว", en="on site"),
}
LANES = {
    "fast": Text(th="ช่องทางด่วน", en="fast lane"),
    "normal": Text(th="ช่องทางปกติ", en="normal lane"),
}
PROPOSALS = {
    "approve": Text(th="เสนอให้อนุญาต", en="proposes to approve"),
    "refuse": Text(th="เสนอให้ไม่อนุญาต", en="proposes to refuse"),
}
DECISIONS = {
    "approved": Text(th="อนุญาต", en="approved"),
    "refused": Text(th="ไม่อนุญาต", en="refused"),
}


def word(vocabulary: dict[str, Text], code: str, language: str) -> str:
    """The word for a code; the code itself when the vocabulary does not know it yet."""
    found = vocabulary.get(code)
    return found.get(language) if found else code

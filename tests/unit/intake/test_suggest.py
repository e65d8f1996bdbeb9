"""The words of the profile find the category, in the forms that people write."""

import pytest

from services.intake.domain.suggest import suggest_categories
from shared.words import Words
from tests.support.reports import town
from tests.support.work import ROOT

FORM = Words(ROOT / "services/intake/pages/strings.yaml")
PEOPLE_WRITE = {
    "water-leak": ["ท่อแตกหน้าบ้าน น้ำพุ่ง", "ท่อประปาแตก", "น้ำไม่ไหลตั้งแต่เช้า", "น้ำประปาไหลอ่อนมาก", "Burst PIPE near the temple",
                   "water leaking from the pipe", "no water since morning"],
    "power-cut": ["ไฟดับทั้งซอย", "ไม่มีไฟฟ้าใช้", "ไฟฟ้าในหมู่บ้านดับ", "no electricity", "power is out in our street"],
    "street-light": ["ไฟถนนเสีย ซอยมืด", "ไฟทางหน้าบ้านดับ 3 ดวง", "หมายเลขเสาไฟ 12 ไม่ติด", "streetlight broken",
                     "the street lights are not working"],
    "road-damage": ["ถนนเป็นหลุมใหญ่", "ฟุตบาทหน้าโรงเรียนพัง", "สะพานลอยพัง", "pothole on soi 5", "huge hole in the road"],
    "drain-flood": ["น้ำท่วม", "นํ้าท่วม", "ท่อระบายน้ำตัน", "ฝาท่อหายไป", "drain blocked, flooded road"],
    "fallen-tree": ["ต้นไม้ใหญ่ล้มขวางถนน", "กิ่งไม้พาดสายไฟ", "ช่วยพยุงต้นไม้ที่ล้ม", "tree fell on the road"],
    "obstruction": ["รถจอดขวางหน้าบ้าน", "สายเคเบิลห้อย", "car parked on the footpath"],
    "dumped-rubbish": ["มีคนเอาโซฟามาทิ้ง", "มีคนแอบเอาขยะมาทิ้งข้างทาง", "garbage dumped behind school", "trash"],
    "missed-collection": ["รถขยะไม่มาเก็บ 2 อาทิตย์", "ไม่มีใครมาเก็บขยะเลย", "ขยะล้นถังหน้าปากซอย", "garbage not collected"],
    "smell-smoke": ["เพื่อนบ้านเผาขยะ ควันเข้าบ้าน", "กลิ่นเหม็นจากฟาร์มหมู", "my neighbour is burning leaves"],
    "noise": ["ข้างบ้านเปิดเพลงเสียงดังทั้งคืน", "หมาเห่าทั้งคืน", "loud music every night"],
    "mosquitoes": ["ยุงเยอะมาก อยากให้มาพ่น", "mosquitoes everywhere"],
    "stray-animals": ["งูเหลือมเข้าบ้าน", "หมาจรจัดไล่กัดเด็ก", "dog bite", "a snake in my house"],
    "illegal-building": ["บ้านข้าง ๆ ต่อเติมล้ำที่"],
    "welfare": ["ยายข้างบ้านป่วยติดเตียง"],
    "other": ["เทศบาลเปิดรับชำระภาษีวันเสาร์ไหม", "อยากให้มีสวนสาธารณะ", "what time does the office open?"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "code"), [(text, code) for code, texts in PEOPLE_WRITE.items() for text in texts])
def test_the_best_category_comes_first(text: str, code: str) -> None:
    assert [*suggest_categories(text, town().categories), ""][0] == code


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_example_in_the_form_finds_its_category(language: str) -> None:
    assert suggest_categories(FORM(language, "report.text.placeholder"), town().categories)[0] == "water-leak"


@pytest.mark.parametrize("text", ["สวัสดีครับ", "แม่เหียะ", "The coffee shop", "Taxi"])
def test_no_word_no_suggestion(text: str) -> None:
    assert suggest_categories(text, town().categories) == []


def test_never_more_than_three() -> None:
    every = " ".join(word for category in town().categories.values() for word in category.keywords)
    assert len(suggest_categories(every, town().categories)) == 3

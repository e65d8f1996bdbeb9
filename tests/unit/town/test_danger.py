"""Words of danger ring in every category, in the form and in the rules; what is only feared or looks alike does not."""

import pytest

from services.dispatch.domain.routing import route
from services.intake.domain.suggest import list_numbers_to_call
from tests.support.work import facts, town

DANGER = [
    "แก๊สรั่ว ในซอย กลิ่นแรงมาก", "เเก๊สรั่ว", "ก๊าซรั่วที่โรงน้ำแข็ง", "ได้กลิ่นแก๊สแรงมาก",
    "ถังแก๊สระเบิดที่ตลาด", "สารเคมีรั่วจากโรงงาน", "พบระเบิดข้างทาง", "บ้านถล่ม มีคนติดอยู่",
    "ตึก ถล่ม", "กำแพงถล่มลงมา", "ดินถล่มทับบ้าน", "นั่งร้านถล่มทับคนงาน", "คนตกท่อ ช่วยด้วย",
    "มีเด็กตกท่อระบายน้ำ", "คนตกน้ำที่คลองชลประทาน", "เด็กจมน้ำ", "มีคนติดอยู่ในลิฟต์",
    "คนหมดสติหน้าตลาด", "คนแก่ล้ม ไม่หายใจ", "บาดเจ็บสาหัสสองคน", "มีผู้บาดเจ็บหลายคน",
    "มีคนจะกระโดดสะพาน", "ยิงกันหน้าร้าน", "ไฟไหม้บ้าน", "ไฟ ไหม้", "เพลิงไหม้โกดัง",
    "ไฟลุกที่หลังตลาด", "ตู้ไฟมีประกายไฟ", "สายไฟขาดพาดถนน", "ไฟช็อตคนที่เสา", "เสาไฟล้มทับรถ",
    "หม้อแปลงระเบิด", "ไฟไหม้หญ้า กลัวลามมาถึงบ้าน", "กลัวมาก ไฟไหม้ข้างบ้าน",
    "gas leak behind the market", "There is a smell of gas in soi 5", "Gas is leaking from a tank",
    "the house has collapsed", "The wall of the school collapsed on a car",
    "a child fell into the drain", "Someone fell into the canal", "a boy is drowning",
    "people trapped in the lift", "a man is unconscious", "she is not breathing",
    "seriously injured motorcyclist", "House on fire", "fire in the market",
    "wires down on the road", "a live wire on the footpath", "sparks from the transformer box",
    "the meter is sparking", "power line has fallen",
]  # fmt: skip
HARMLESS = [
    "แก๊สหมด ร้านแก๊สปิด", "ท่อน้ำรั่วหน้าร้านแก๊ส", "ถังแก๊สวางขวางทางเท้า",
    "ฝาท่อหาย กลัวเด็กตกท่อ", "เสี่ยงคนตกท่อ", "โทรศัพท์ตกท่อ", "ขยะตกลงไปในท่อ", "กลัวไฟไหม้",
    "สายสื่อสารรก เสี่ยงเกิดไฟไหม้", "อาจก่อให้เกิดไฟไหม้ได้", "ถ้าไฟไหม้รถดับเพลิงเข้าไม่ได้",
    "ซ้อมหนีไฟไหม้วันไหน", "ขอถังดับเพลิงป้องกันไฟไหม้", "กำแพงร้าว กลัวกำแพงถล่ม", "ถนนจมน้ำ",
    "ไข้เลือดออกระบาด", "ไม่มีผู้บาดเจ็บ รถชนเสาป้าย", "ไฟถนนดับ", "ไฟแดงเสีย", "เสียงประทัดดัง",
    "หมาติดอยู่ในรั้ว", "เด็กเล่นน้ำเสียงดัง", "ราคาผักตก", "กลิ่นขยะเหม็น",
    "The gas station is noisy at night", "gasket of the pump leaks", "risk of a gas leak",
    "bottle fell into the drain", "The fire station's street light is out",
    "firewood on the footpath", "In case of fire nobody could get out", "The bin collapsed",
    "construction noise", "a wireless mast",
]  # fmt: skip


@pytest.mark.parametrize("text", DANGER)
def test_words_of_danger_are_an_emergency_whatever_the_category_and_the_form_says_so(text: str) -> None:
    routed = {category: route(town(), facts(category, text=text)) for category in ("other", "noise", "road-damage")}

    assert {(one.team, one.priority) for one in routed.values()} == {("civil-defence", "emergency")}
    assert {"199", "1669"} <= {number.phone for number in list_numbers_to_call(town(), text, ())}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_only_feared_or_looks_alike_does_not_ring(text: str) -> None:
    routed = route(town(), facts("other", text=text))

    assert (routed.priority, list_numbers_to_call(town(), text, ())) == ("normal", ())


def test_a_wire_rings_for_the_electricity_authority_first() -> None:
    assert list_numbers_to_call(town(), "สายไฟขาดพาดถนน", ())[0].phone == town().agencies["pea"].phone


def test_words_that_are_dangerous_in_one_category_ring_there() -> None:
    text = "น้ำเข้าบ้าน ออกจากบ้านไม่ได้"

    assert list_numbers_to_call(town(), text, ("drain-flood",))
    assert not list_numbers_to_call(town(), text, ("noise",))


@pytest.mark.parametrize("text", ["ไฟไหม้", "แก๊สรั่ว", "คนตกท่อ", "a gas leak"])
@pytest.mark.parametrize("category", ["other", "roads-and-water"])
def test_another_town_has_its_own(text: str, category: str) -> None:
    place = town("nong-bua-noi")

    assert route(place, facts(category, text=text)).priority == "emergency"
    assert [number.phone for number in list_numbers_to_call(place, text, (category,))] == ["1669"]

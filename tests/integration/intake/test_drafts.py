"""What is being written stays on this device, every field of it, until it is sent or its writer has it forgotten."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Visitor
from tests.support.report_form import write
from tests.support.uploads import chosen_file, photo

pytestmark = pytest.mark.browser

# An old phone's storage, which is slower than its network.
SLOW_STORAGE = """(() => {
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...asked) {
    const slow = { result: null };
    setTimeout(() => {
      const real = open.apply(this, asked);
      for (const event of ["onupgradeneeded", "onsuccess"])
        real[event] = () => { slow.result = real.result; slow[event]?.(); };
    }, 700);
    return slow;
  };
})()"""


def test_a_draft_keeps_every_field_across_a_reload_and_the_other_language(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "น้ำท่วมหน้าบ้าน", "drain-flood")
    page.locator("[name='answer.drain-flood.depth']").select_option("knee")
    page.locator("#email").fill("som@example.com")
    page.get_by_label("แจ้งความคืบหน้าของเรื่องนี้").check()
    page.locator("#photos").set_input_files(chosen_file("a.jpg", photo()))
    expect(page.locator("#chosen .ready")).to_be_visible()
    for address in ("/report", "/report?lang=en"):
        page.goto(address)
        expect(page.locator("#text")).to_have_value("น้ำท่วมหน้าบ้าน")
        expect(page.locator("[name='answer.drain-flood.depth']")).to_have_value("knee")
        expect(page.locator("#email")).to_have_value("som@example.com")
        expect(page.locator("#consent")).to_be_checked()
        expect(page.locator("#chosen .ready")).to_have_count(1)


def test_a_photo_that_is_said_to_be_there_is_kept_by_a_slow_phone_too(visitor: Visitor) -> None:
    page = visitor.page
    page.add_init_script(SLOW_STORAGE)
    page.goto("/report")
    write(page, "น้ำท่วมหน้าบ้าน", "drain-flood")
    page.locator("#photos").set_input_files(chosen_file("a.jpg", photo()))
    expect(page.locator("#chosen .ready")).to_be_visible()
    page.goto("/report")
    expect(page.locator("#chosen .ready")).to_have_count(1)


def test_who_writes_before_a_slow_phone_has_looked_for_drafts_keeps_it_all(visitor: Visitor) -> None:
    """Their own draft was found as one that another tab had left, and copied over itself without its photos."""
    page = visitor.page
    page.add_init_script(SLOW_STORAGE.replace("700", "3000"))
    page.goto("/report")
    page.locator("#address").fill("หน้าวัด")
    page.locator("#photos").set_input_files(chosen_file("a.jpg", photo()))
    expect(page.locator("#chosen .ready")).to_have_count(1)
    begun(page)
    expect(page.locator("#chosen .ready")).to_have_count(1)
    page.goto("/report")
    expect(page.locator("#chosen .ready")).to_have_count(1)


def test_a_draft_without_a_text_is_kept_too_and_an_untouched_form_leaves_none(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    page.goto("/report")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('onestop-draft'))") == []
    page.locator("#address").fill("หน้าวัด")
    page.reload()
    expect(page.locator("#address")).to_have_value("หน้าวัด")


def test_a_qr_code_does_not_open_somebody_elses_draft(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ถนนเป็นหลุม")
    page.goto("/report?category=street-light&latitude=18.7301&longitude=98.9402")
    expect(page.locator("input[value='street-light']")).to_be_checked()
    expect(page.locator("#text")).to_have_value("")
    page.goto("/report")
    expect(page.locator("#text")).to_have_value("ถนนเป็นหลุม")


def test_this_device_can_forget_all_it_keeps(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ป้ายล้ม")
    page.locator(".send button").click()
    reference = page.locator(".big-reference").inner_text()
    page.goto("/report")
    page.locator("#text").fill("แบบร่าง")
    page.goto("/track")
    expect(page.locator("#mine")).to_contain_text(reference)
    expect(page.locator("#mine .badge")).to_be_visible()  # where it stands
    page.locator("[data-forget]").click()
    expect(page.locator("#mine")).to_contain_text("ลบออกจากเครื่องนี้แล้ว")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('onestop'))") == []
    page.goto("/report")
    expect(page.locator("#text")).to_have_value("")


def test_what_is_private_is_not_named_on_the_device(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ต้องการความช่วยเหลือ", "welfare")
    page.locator(".send button").click()
    expect(page.locator(".big-reference")).to_be_visible()
    assert "สวัสดิการ" not in page.evaluate("JSON.stringify({...localStorage})")
    page.goto("/track")
    expect(page.locator("#mine")).to_contain_text("เรื่องที่ไม่เปิดเผย")


def keep_their_words(*tabs: Page) -> None:
    """An old phone throws the pages of its tabs away and makes them again."""
    for tab in tabs:
        tab.reload()


def test_two_tabs_keep_their_own_words_and_send_two_reports(visitor: Visitor) -> None:
    one, other = visitor.page, visitor.tab()
    for tab in (one, other):
        tab.goto("/report")
    write(one, "แท็บหนึ่ง ไฟดับ")
    write(other, "แท็บสอง ไฟดับ")
    keep_their_words(one, other)
    references = set()
    for tab, text in ((one, "แท็บหนึ่ง ไฟดับ"), (other, "แท็บสอง ไฟดับ")):
        expect(tab.locator("#text")).to_have_value(text)
        tab.locator(".send button").click()
        references.add(tab.locator(".big-reference").inner_text())
    assert len(references) == 2


def test_a_new_tab_goes_on_with_a_copy_and_says_so(visitor: Visitor) -> None:
    first, second = visitor.page, visitor.tab()
    first.goto("/report")
    write(first, "ท่อแตก")
    first.locator("#photos").set_input_files(chosen_file("a.jpg", photo()))
    expect(first.locator("#chosen .ready")).to_be_visible()
    second.goto("/report")
    expect(second.locator("#restored")).to_be_in_viewport()
    expect(second.locator("#text")).to_have_value("ท่อแตก")
    expect(second.locator("#chosen .ready")).to_have_count(1)
    assert key_of(second) != key_of(first)
    second.locator("#text").fill("ท่อแตกอีกที่หนึ่ง")
    keep_their_words(first, second)
    expect(first.locator("#text")).to_have_value("ท่อแตก")
    expect(second.locator("#text")).to_have_value("ท่อแตกอีกที่หนึ่ง")


def test_starting_anew_in_a_new_tab_takes_nothing_from_the_other_and_is_not_asked_again(visitor: Visitor) -> None:
    first, second = visitor.page, visitor.tab()
    first.goto("/report")
    write(first, "ของคนก่อน")
    second.goto("/report")
    second.locator("#restored button").click()
    expect(second.locator("#text")).to_have_value("")
    expect(second.locator("#restored")).to_be_hidden()
    third = visitor.tab()
    third.goto("/report")
    begun(third)
    expect(third.locator("#text")).to_have_value("")
    keep_their_words(first)
    expect(first.locator("#text")).to_have_value("ของคนก่อน")


def test_what_has_been_sent_is_offered_in_no_new_tab(visitor: Visitor) -> None:
    first, second = visitor.page, visitor.tab()
    first.goto("/report")
    write(first, "ส่งไปแล้ว")
    first.locator(".send button").click()
    expect(first.locator(".big-reference")).to_be_visible()
    second.goto("/report")
    begun(second)
    expect(second.locator("#text")).to_have_value("")


def test_a_duplicated_tab_has_its_own_words_and_sends_its_own_report(visitor: Visitor) -> None:
    original = visitor.page
    original.goto("/report")
    write(original, "ไฟดับหน้าบ้าน")
    original.locator("#photos").set_input_files(chosen_file("a.jpg", photo()))
    expect(original.locator("#chosen .ready")).to_be_visible()
    copy = duplicated(visitor, original)
    expect(copy.locator("#restored")).to_be_in_viewport()
    expect(copy.locator("#text")).to_have_value("ไฟดับหน้าบ้าน")
    expect(copy.locator("#chosen .ready")).to_have_count(1)
    copy.locator("#text").fill("ไฟดับอีกซอยหนึ่ง")
    keep_their_words(original, copy)
    references = set()
    for tab, text in ((original, "ไฟดับหน้าบ้าน"), (copy, "ไฟดับอีกซอยหนึ่ง")):
        expect(tab.locator("#text")).to_have_value(text)
        tab.locator(".send button").click()
        references.add(tab.locator(".big-reference").inner_text())
    assert len(references) == 2


def test_two_copies_of_an_empty_form_are_two_reports(visitor: Visitor) -> None:
    visitor.page.goto("/report")
    copy = duplicated(visitor, visitor.page)
    begun(copy)
    assert key_of(copy) != key_of(visitor.page)


def test_a_copy_of_what_was_sent_says_that_it_was(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ป้ายจราจรเอน")
    page.locator(".send button").click()
    reference = page.locator(".big-reference").inner_text()
    page.go_back()
    expect(page.locator("#sent")).to_be_visible()
    copy = duplicated(visitor, page)
    expect(copy.locator("#sent a")).to_have_text(reference)
    assert key_of(copy) == key_of(page)


def duplicated(visitor: Visitor, page: Page) -> Page:
    """What a browser's menu makes of a tab: another, with a copy of the storage and of the history's state."""
    copy = visitor.tab()
    kept = page.evaluate("JSON.stringify([Object.entries(sessionStorage), history.state])")
    copy.add_init_script(f"""if (!sessionStorage.length) {{
      const [storage, state] = {kept};
      storage.forEach((entry) => sessionStorage.setItem(...entry));
      history.replaceState(state, "");
    }}""")
    copy.goto(page.url)
    return copy


def begun(page: Page) -> None:
    """The form's script has done all that it begins with."""
    page.evaluate("""() => import(document.querySelector("script[src*='report.mjs']").src).then(() => null)""")


def key_of(page: Page) -> str:
    return page.locator("#report [name='key']").input_value()

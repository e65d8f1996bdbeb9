"""The desk's pages of incidents say what is decided, what goes on and what may be done, in both languages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from services.dispatch.domain.incident import Incident
from services.dispatch.domain.membership import Membership
from services.dispatch.incident_store import People
from services.dispatch.pages.cards import Card
from services.dispatch.pages.incident_forms import ACTS, NOTHING, Said, body_of
from services.dispatch.pages.incidents import Row
from shared.events.ids import new_id
from shared.kernel import Case
from tests.support.dispatch_in_memory import incident
from tests.support.dispatch_pages import carded, crew_page, drawn
from tests.support.work import MONDAY, order, town

LANGUAGES = pytest.mark.parametrize("language", ["th", "en"])
ORDER = new_id()


def page(
    state: Incident,
    *,
    said: Said = NOTHING,
    language: str = "en",
    done: str = "",
    others: Sequence[Row] = (),
    lines: Sequence[dict[str, Any]] = (),
    reopens_until: datetime | None = None,
    works: Mapping[str, Card] | None = None,
) -> str:
    row = Row("01KB58QMC0T5Z9E3PD7AWF1JYS", state, 7)
    one = Membership(
        incident=row.id, work_order=ORDER, reference="MH-7F3K-9QX2", category="power-cut", state="joined",
        zone="ban-tha-kham", reported_at=MONDAY,
    )  # fmt: skip
    context = {
        "inside": [Case(new_id(), 1, one)], "further": None, "lead": carded(order("power-cut"), ORDER), "points": [],
        "said": said, "done": done, "others": others, "key": "k", "lines": lines, "works": works or {},
        "local_time": lambda _: "", "reopens_until": reopens_until,
    }  # fmt: skip
    return drawn("incident.html", path="/desk/incidents/x", language=language, row=row, **context)


@LANGUAGES
@pytest.mark.parametrize("state", ["proposed", "open", "resolved", "denied", "of-a-newer-release"])
def test_every_state_is_shown_with_what_may_be_done(state: str, language: str) -> None:
    html = page(incident(state=state, zone="ban-tha-kham"), language=language)
    offered = {act for act in ("confirm", "deny", "announce", "add", "remove", "close") if f'/{act}"' in html}

    assert "MH-7F3K-9QX2" in html
    assert offered == {
        "proposed": {"confirm", "deny", "remove"},
        "open": {"announce", "add", "remove", "close"},
    }.get(state, set())


def test_each_report_stands_there_with_what_tells_whether_it_is_the_same() -> None:
    place = {"latitude": 18.74, "longitude": 98.94, "address": "หน้าวัดป่าชี"}
    work = order("water-leak", text="น้ำไม่ไหลทั้งซอย", photos=1, answers={"flow": "running"}, location=place)
    html = page(incident(state="proposed"), works={ORDER: carded(work, ORDER)}, language="th")

    assert "น้ำไม่ไหลทั้งซอย" in html
    assert f"/api/v1/reports/{work.reference}/photos/1?size=thumbnail" in html
    assert "หน้าวัดป่าชี" in html
    assert "น้ำไหลแรงเพียงใด" in html


@LANGUAGES
def test_what_was_closed_by_mistake_can_be_taken_back_for_some_time(language: str) -> None:
    over = incident(state="resolved", outcome="fixed", closed_at=MONDAY)
    html = page(over, language=language, reopens_until=MONDAY)

    assert '/reopen"' in html
    assert 'name="note"' in html
    assert "required" in html.partition('/reopen"')[2].partition("</form>")[0]
    assert '/reopen"' not in page(over, language=language)


@LANGUAGES
@pytest.mark.parametrize("act", ["announce", "merge", "close", "reopen"])
def test_before_something_is_told_to_everybody_the_page_says_how_many_they_are(act: str, language: str) -> None:
    row = Row("01KB58QMC0T5Z9E3PD7AWF1JYS", incident(state="open"), 0)
    other = Row("01KB58QMC0T5Z9E3PD7AWF1JYT", incident(reference="MH-AAAA-BBBB"), 0)
    fields = {"note": "ซ่อมหม้อแปลง", "outcome": "fixed"} if act == "close" else {"note": "ซ่อมหม้อแปลง"}
    said = Said({**fields, "key": "once", "into": other.id}, act)
    context = {"row": row, "told": People(7, 35), "into": other if act == "merge" else None, "fields": fields,
               "until": MONDAY, "said": said}  # fmt: skip
    html = drawn("incident_ask.html", path="/desk/incidents/x", language=language, **context)

    assert html.count("42") >= 2
    assert [part for part in ("35", 'value="once"', 'name="sure"', f'/{act}"', "ซ่อมหม้อแปลง") if part not in html] == []
    assert ("MH-AAAA-BBBB" in html) == (act == "merge")


def test_what_goes_out_to_everybody_is_asked_for_first() -> None:
    assert {name for name, one in ACTS.items() if one.told} == {"announce", "merge", "close", "reopen"}


@LANGUAGES
def test_who_did_what_stands_on_the_page_of_the_officers_who_work_on_it(language: str) -> None:
    """It led to the trail, which only supervisors may read, and there to everybody's acts."""
    line = {"at": MONDAY, "text": "Confirmed", "note": "MH-7F3K-9QX2", "level": "Malee", "icon": "check"}
    html = page(incident(state="open"), language=language, lines=[line])

    assert [part for part in ("Confirmed", "Malee") if part not in html] == []
    assert "/trail/dispatch" not in html


@LANGUAGES
def test_the_lists_lead_to_each(language: str) -> None:
    rows = {
        name: [Row(new_id(), incident(state=state, zone="ban-tha-kham", agency="pea"), 5)]
        for name, state in (("proposed", "proposed"), ("open", "open"), ("over", "resolved"))
    }
    html = drawn("incidents.html", path="/desk/incidents", language=language, **rows)

    assert all(f"/desk/incidents/{row.id}" in html for (row,) in rows.values())
    assert town().agency_name("pea", language) in html


@LANGUAGES
def test_it_may_be_made_part_of_another_that_goes_on_and_then_leads_there(language: str) -> None:
    other = Row("01KB58QMC0T5Z9E3PD7AWF1JYT", incident(zone="ban-tha-kham", reference="MH-AAAA-BBBB"), 40)
    html = page(incident(state="proposed"), language=language, others=[other])
    merged = page(incident(state="resolved", into=other.id, into_reference=other.incident.reference), language=language)

    assert '/merge"' in html
    assert f'value="{other.id}"' in html
    assert "MH-AAAA-BBBB" in html
    assert f"/desk/incidents/{other.id}" in merged
    assert '/merge"' not in merged


@LANGUAGES
def test_what_was_typed_is_not_typed_again(language: str) -> None:
    said = Said({"note": "แจ้งการไฟฟ้าแล้ว"}, "announce", "ต้องอยู่ในอนาคต", 422)
    html = page(incident(state="open"), said=said, language=language)

    assert html.count("แจ้งการไฟฟ้าแล้ว") == 1
    assert "ต้องอยู่ในอนาคต" in html


@LANGUAGES
def test_the_form_by_hand_has_the_references_that_it_was_asked_for(language: str) -> None:
    said = Said({"references": "MH-7F3K-9QX2"})
    html = drawn("incident_new.html", path="/desk/incidents/new", language=language, said=said, key="k",
                 local_time=lambda _: "")  # fmt: skip

    assert "MH-7F3K-9QX2</textarea>" in html


@LANGUAGES
def test_a_crew_reads_on_its_board_what_is_known(language: str) -> None:
    rows = [Row(new_id(), incident(zone="ban-tha-kham", expected_until=MONDAY), 40)]
    html = drawn("crew.html", language=language, **crew_page(incidents=rows, cards=[], done=None, place=None))

    assert "known-incidents" in html
    assert ("ไฟฟ้าดับ" if language == "th" else "Power cut") in html


def test_work_says_that_it_is_of_an_incident() -> None:
    leading = order("power-cut").model_copy(update={"incident": "01KB58QMC0T5Z9E3PD7AWF1JYS"})
    html = drawn("_card_alone.html", language="en", card=carded(leading))

    assert "does the work of an incident" in html


def test_a_form_is_read_as_the_api_has_it() -> None:
    said = {"references": " MH-1, MH-2\nMH-3 ", "expected_until": "2026-11-23T18:30", "note": "", "key": "k"}

    assert body_of(said, town(), "references", "expected_until", "note") == {
        "references": ["MH-1", "MH-2", "MH-3"],
        "expected_until": "2026-11-23T11:30:00+00:00",
    }
    assert body_of({"expected_until": "tomorrow"}, town(), "expected_until") == {"expected_until": "tomorrow"}

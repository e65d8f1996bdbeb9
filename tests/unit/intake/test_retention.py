"""Some time after a report was closed, nothing of it leads to who sent it; what the town did is as it was."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.api.views import ReportView, timeline_page
from services.intake.domain import resident
from services.intake.domain.progress import close_when_over, record_work
from services.intake.domain.report import Location, Report
from services.intake.domain.retention import forget, forget_at
from services.intake.domain.viewer import Viewer
from services.intake.pages import __path__ as pages
from shared.events.agencies import WorkOrderAgencyAnswered
from shared.events.work_orders import WorkOrderCompleted, WorkOrderRefused
from shared.kernel import Erase, Step
from shared.words import Words
from tests.support.reports import AT, MAIL, ORDER, after, report, submitted, town, work

DAYS = 365
PHONE = "081-234-5678"


def closed(start: Report | None = None) -> Report:
    """Taken back ten minutes after it came."""
    return resident.withdraw(start or report(), after(10), f"ไม่ต้องแล้ว โทร {PHONE}").state


def forgotten(one: Report) -> Step[Report]:
    step = forget(one, after(10) + timedelta(days=DAYS), DAYS)
    assert step is not None
    return step


def test_nobody_is_forgotten_before_the_towns_period_is_over() -> None:
    assert forget(closed(), after(10) + timedelta(days=DAYS) - timedelta(milliseconds=1), DAYS) is None
    assert forget_at(closed(), DAYS) == after(10) + timedelta(days=DAYS)


def test_the_reporters_contact_is_erased_once() -> None:
    step = forgotten(closed().model_copy(update={"followers": 2}))
    assert step.contacts == [Erase("reporter")]  # followers' documents are their own
    assert (step.events, step.state.followers) == ((), 2)
    assert forget_at(step.state, DAYS) is None
    assert forget(step.state, AT + timedelta(days=9999), DAYS) is None


def test_who_left_only_a_name_is_forgotten_too() -> None:
    named = submitted(contact=MAIL.model_copy(update={"email": None})).state
    assert forgotten(closed(named)).contacts == [Erase("reporter")]


def test_an_open_report_is_never_touched_however_old_and_neither_is_one_that_was_reopened() -> None:
    now = record_work(report(), work(WorkOrderCompleted), ORDER, after(1), late=False, reopen_days=14).state
    assert (now.state, forget_at(now, DAYS)) == ("resolved", None)
    again = resident.reopen(now, after(2), None).state
    assert forget(again, AT + timedelta(days=9999), DAYS) is None
    over = close_when_over(now, after(1) + timedelta(days=14))
    assert over is not None
    assert forget_at(over.state, DAYS) == after(1) + timedelta(days=14 + DAYS)


def test_what_people_wrote_of_themselves_is_covered_also_for_staff() -> None:
    one = report(
        text=f"ท่อแตก โทร {PHONE}", answers={"contact": "somchai@example.org", "flow": "burst"}, fingerprint="f" * 32,
        location=Location(latitude=18.7, longitude=98.9, address=f"หน้าบ้าน {PHONE}"),
    )  # fmt: skip
    one = resident.comment(one, after(1), by="reporter", text=f"เบอร์ใหม่ {PHONE}").state
    refused = work(WorkOrderRefused, reason=f"โทรถาม {PHONE} แล้ว ไม่ใช่งานเรา")
    one = record_work(one, refused, ORDER, after(2), late=False, reopen_days=14).state
    agency = work(WorkOrderAgencyAnswered, agency="pea", answer="received", agency_reference="0-5324-1500")
    one = record_work(one, agency, ORDER, after(3), late=False, reopen_days=14).state
    kept = forgotten(closed(one)).state
    text = kept.model_dump_json()
    assert PHONE not in text
    assert "somchai@example.org" not in text
    assert "f" * 32 not in text
    assert kept.text == "ท่อแตก โทร •••"
    assert kept.answers["flow"] == "burst"
    assert [entry.private_note for entry in kept.timeline if entry.type == "agency_answered"] == ["0-5324-1500"]


def test_the_public_record_stays_to_the_letter() -> None:
    before = closed(resident.comment(report(), after(1), by="reporter", text=f"น้ำเข้าบ้าน โทร {PHONE}").state)
    words = Words(Path(next(iter(pages))) / "strings.yaml")

    def everybody(one: Report) -> dict[str, Any]:
        return ReportView(town(), words, "th", Viewer()).report(one, timeline_page(one.timeline))

    assert everybody(forgotten(before).state) == everybody(before)


@pytest.mark.parametrize("code", sorted(town().categories))
def test_every_category_can_be_forgotten(code: str) -> None:
    step = forgotten(closed(submitted(category=code).state))
    assert (step.state.category, step.state.listed) == (code, town().categories[code].public)

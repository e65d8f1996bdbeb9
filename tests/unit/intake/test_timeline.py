"""What was sent again and again is told once, and what is still waited for is never folded away."""

from datetime import timedelta
from typing import Any

from services.intake.pages.timeline import fold
from tests.support.reports import AT


def step(minute: int, **entry: Any) -> dict[str, Any]:
    return {"at": AT + timedelta(minutes=minute), "type": "routed", "text": "ส่งถึงทีม", **entry}


def mail(minute: int, status: str = "sent", text: str = "ส่งอีเมลแล้ว") -> dict[str, Any]:
    return step(minute, type="told", status=status, text=text)


def test_messages_that_went_the_same_way_are_one_line_that_counts() -> None:
    lines = fold([step(0), mail(1), step(2), mail(3), step(4), mail(5)])
    assert [(one["type"], one["times"]) for one in lines] == [
        ("routed", 1), ("routed", 1), ("routed", 1), ("told", 3),
    ]  # fmt: skip
    assert lines[-1]["at"] == AT + timedelta(minutes=5)


def test_steps_that_repeat_stay() -> None:
    assert len(fold([step(0), step(1)])) == 2


def test_each_message_that_failed_stays_where_it_happened() -> None:
    lines = fold([mail(1, "failed", "ส่งไม่สำเร็จ"), mail(2), mail(3, "failed", "ส่งไม่สำเร็จ"), mail(4)])
    assert [(one["status"], one["times"]) for one in lines] == [("failed", 1), ("failed", 1), ("sent", 2)]


def test_what_was_not_sent_is_counted_apart() -> None:
    lines = fold([mail(1), mail(2, "skipped", "ไม่ได้ส่ง"), mail(3), mail(4, "skipped", "ไม่ได้ส่ง")])
    assert [(one["status"], one["times"]) for one in lines] == [("sent", 2), ("skipped", 2)]

"""What notify says of a notice is one quiet line of the report, or none."""

import pytest

from services.intake.domain.progress import record_notice
from services.intake.domain.report import Report
from shared.events.notices import ChannelOutcome, NoticeSent
from tests.support.reports import CASE, after, report


def noticed(*channels: ChannelOutcome) -> Report | None:
    """A report after one notice that ended so."""
    notice = NoticeSent(
        case_id=CASE,
        reference="MH-4K7T-29Q8",
        about="onestop.report.submitted.v1",
        audience="reporter",
        channels=list(channels),
    )
    step = record_notice(report(), notice, after(1))
    return step.state if step else None


def outcome(channel: str, end: str, reason: str | None = None) -> ChannelOutcome:
    return ChannelOutcome.model_validate({"channel": channel, "outcome": end, "reason": reason})


@pytest.mark.parametrize(
    ("channels", "status", "named", "why"),
    [
        ([outcome("inbox", "sent"), outcome("email", "sent")], "sent", ["email"], None),
        ([outcome("email", "failed", "bounced"), outcome("sms", "sent")], "sent", ["sms"], None),
        (
            [outcome("email", "failed", "bounced"), outcome("sms", "skipped", "no-contact")],
            "failed",
            ["email"],
            "bounced",
        ),
        ([outcome("inbox", "sent"), outcome("email", "skipped", "muted")], "skipped", ["email"], "muted"),
        ([outcome("email", "sent"), outcome("line", "sent")], "sent", ["email", "line"], None),
    ],
)
def test_a_notice_is_one_quiet_line(
    channels: list[ChannelOutcome], status: str, named: list[str], why: str | None
) -> None:
    now = noticed(*channels)
    assert now is not None
    received, line = now.timeline
    assert (line.type, line.status, line.channels, line.why) == ("notice", status, named, why)
    assert now.updated_at == received.at


@pytest.mark.parametrize("channels", [[], [outcome("inbox", "sent")], [outcome("email", "skipped", "no-contact")]])
def test_a_notice_that_says_nothing_new_is_no_line(channels: list[ChannelOutcome]) -> None:
    assert noticed(*channels) is None

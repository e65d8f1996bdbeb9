"""The life of a notice: it ends when all its channels have, with one event that says what became of it."""

import pytest

from services.notify.domain.delivery import Delivery, Later, Outcome, Refused, Sent, Way, queue_delivery
from services.notify.domain.notice import Attempt, Notice, new_notice, open_notice
from services.notify.domain.notice import begin as begin_notice
from services.notify.domain.notice import settle as settle_notice
from services.notify.domain.planning import Profile, list_owed_at_once
from services.notify.domain.recipient import Reach
from services.notify.domain.rules import Rules
from shared.events.base import Event
from shared.town.notices import NoticeRule
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_files import file_of
from tests.support.notify_in_memory import PATIENCE

RULE = NoticeRule(
    code="received",
    event="onestop.report.submitted.v1",
    audience="reporter",
    channels=("email", "inbox"),
    template="report-received",
)


AWAY = Later("mail-server-away")


def owed(*channels: str) -> Notice:
    """A notice that was just planned, over these channels."""
    story, rules = Story(), Rules([RULE])
    file = file_of(story, rules)
    (one,) = list_owed_at_once(story.case_id, file, file.heard[0], (), Profile(rules, channels))  # type: ignore[arg-type]
    return new_notice(one, story.case_id, file, BEGAN)


def test_the_inbox_has_it_at_once() -> None:
    step = open_notice(owed("inbox"), {}, BEGAN, PATIENCE)
    (delivery,) = step.state.deliveries
    assert (delivery.state, delivery.due_at) == ("sent", None)
    assert [event.type for event in step.events] == ["onestop.notice.sent.v1"]


@pytest.mark.parametrize("reason", ["muted", "no-consent", "no-contact", "no-template"])
def test_what_must_not_be_sent_is_skipped_with_its_reason_in_the_step_that_opens_it(reason: Reach) -> None:
    step = open_notice(owed("email", "inbox"), {"email": reason}, BEGAN, PATIENCE)
    mail = step.state.delivery_on("email")
    assert mail
    assert (mail.state, mail.reason, mail.attempts) == ("skipped", reason, 0)
    assert [event.type for event in step.events] == ["onestop.notice.skipped.v1"]


@pytest.mark.parametrize(
    ("outcome", "said"), [(Sent(), "sent"), (Refused("smtp-550"), "failed"), (Later("mail-server-away"), None)]
)
def test_a_notice_ends_when_its_last_channel_has(outcome: Outcome, said: str | None) -> None:
    opened = open_notice(owed("email", "inbox"), {"email": "go"}, BEGAN, PATIENCE)
    assert opened.events == ()
    step = settle_notice(opened.state, Attempt("email", 1, outcome), BEGAN, PATIENCE)
    assert step is not None
    assert [event.type for event in step.events] == ([f"onestop.notice.{said}.v1"] if said else [])


@pytest.mark.parametrize(
    ("email", "line", "said", "why"),
    [
        (Sent(), Refused("no"), "sent", None),
        (Refused("no"), Refused("never"), "failed", "no"),
        ("muted", Refused("no"), "failed", "no"),
        ("muted", "muted", "skipped", "muted"),
        ("muted", Sent(), "sent", None),
    ],
)
def test_one_channel_that_took_it_is_enough(
    email: Outcome | Way, line: Outcome | Way, said: str, why: str | None
) -> None:
    events: list[Event] = []
    notice = owed("email", "inbox")
    lines = queue_delivery("line", BEGAN)
    notice = notice.model_copy(update={"deliveries": [*notice.deliveries, lines]})
    for channel, told in (("email", email), ("line", line)):
        way: Way = told if isinstance(told, str) else "go"
        step = begin_notice(notice, {channel: way}, BEGAN, PATIENCE)
        assert step
        notice, events = step.state, [*events, *step.events]
        if not isinstance(told, str):
            done = settle_notice(notice, Attempt(channel, 1, told), BEGAN, PATIENCE)
            assert done
            notice, events = done.state, [*events, *done.events]
    assert [event.type for event in events] == [f"onestop.notice.{said}.v1"]
    assert notice.reason == why


def test_a_notice_says_what_it_waits_for() -> None:
    opened = open_notice(owed("email", "inbox"), {"email": "go"}, BEGAN, PATIENCE)
    later = settle_notice(opened.state, Attempt("email", 1, AWAY), BEGAN, PATIENCE)

    assert opened.state.reason is None
    assert later is not None
    assert later.state.reason == "mail-server-away"


def test_every_outcome_names_the_step_that_it_was_about() -> None:
    (event,) = open_notice(owed("email"), {"email": "muted"}, BEGAN, PATIENCE).events
    assert (event.data()["about"], event.data()["happened_at"]) == (RULE.event, "2026-11-23T01:43:07.000Z")


def test_no_notice_holds_an_address() -> None:
    fields = set(Notice.model_fields) | set(Delivery.model_fields)
    assert not {"email", "phone", "address", "name", "line_id"} & fields

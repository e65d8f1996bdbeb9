"""The life of a delivery: whatever happens to it in whatever order, it ends once, with a reason."""

from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.delivery import (
    LONGEST_RETRY,
    TRIES_LEAST,
    Delivery,
    Later,
    Outcome,
    Refused,
    Sent,
    State,
    Way,
    begin,
    queued,
    settle,
)
from services.notify.domain.file import CaseFile, hear
from services.notify.domain.notice import Attempt, Notice, new_notice, open_notice
from services.notify.domain.notice import begin as begin_notice
from services.notify.domain.notice import settle as settle_notice
from services.notify.domain.planning import Profile, owed_at_once, owed_to_follower
from services.notify.domain.recipient import Reach
from services.notify.domain.rules import Rules
from services.notify.telling import as_heard
from shared.events.base import Event
from shared.town.notices import NoticeRule
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_in_memory import PATIENCE, maehia

MINUTE = timedelta(minutes=1)
RULE = NoticeRule(
    code="received",
    event="onestop.report.submitted.v1",
    audience="reporter",
    channels=("email", "inbox"),
    template="report-received",
)
AWAY = Later("mail-server-away")
ALL = Rules(maehia().notices)


def file_of(story: Story, rules: Rules) -> CaseFile:
    event, envelope = story.submitted()
    return hear(None, as_heard(event, envelope, maehia()), event, rules, BEGAN)


def owed(*channels: str) -> Notice:
    """A notice that was just planned, over these channels."""
    story, rules = Story(), Rules([RULE])
    file = file_of(story, rules)
    (one,) = owed_at_once(story.case_id, file, file.heard[0], (), Profile(rules, channels))  # type: ignore[arg-type]
    return new_notice(one, story.case_id, file, BEGAN)


def sending(at: datetime = BEGAN) -> Delivery:
    claimed = begin(queued("email", BEGAN), "go", at, PATIENCE)
    assert claimed is not None
    return claimed


def test_the_inbox_has_it_at_once() -> None:
    step = open_notice(owed("inbox"), {}, BEGAN, PATIENCE)
    (delivery,) = step.state.deliveries
    assert (delivery.state, delivery.due_at) == ("sent", None)
    assert [event.type for event in step.events] == ["onestop.notice.sent.v1"]


def test_one_claim_keeps_the_others_off_until_its_lease_ends() -> None:
    claimed = sending()
    assert begin(claimed, "go", BEGAN + PATIENCE.lease - MINUTE, PATIENCE) is None
    again = begin(claimed, "go", BEGAN + PATIENCE.lease, PATIENCE)
    assert again is not None
    assert again.attempts == 2


def test_an_attempt_taken_for_lost_counts_when_it_did_succeed() -> None:
    claimed = sending()
    again = begin(claimed, "go", BEGAN + PATIENCE.lease, PATIENCE)
    assert again is not None
    done = settle(again, 1, Sent(), BEGAN + 3 * MINUTE, PATIENCE, 0)
    assert done is not None
    assert done.state == "sent"
    assert settle(again, 1, AWAY, BEGAN + 3 * MINUTE, PATIENCE, 0) is None


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
    lines = queued("line", BEGAN)
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


def test_pauses_grow_and_stay_below_their_limit() -> None:
    delivery, at, pauses = queued("email", BEGAN), BEGAN, []
    for _ in range(12):
        claimed = begin(delivery, "go", at, PATIENCE)
        assert claimed is not None
        later = settle(claimed, claimed.attempts, AWAY, at, PATIENCE, 0.5)
        assert later is not None
        assert later.due_at is not None
        pauses.append(later.due_at - at)
        delivery, at = later, later.due_at
    assert pauses == sorted(pauses)
    assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert pauses[-1] == LONGEST_RETRY


def test_the_providers_own_wait_goes_before_ours() -> None:
    later = settle(sending(), 1, Later("rate-limit", timedelta(minutes=7)), BEGAN, PATIENCE, 1)
    assert later is not None
    assert later.due_at == BEGAN + timedelta(minutes=7)


def test_a_provider_that_is_away_for_days_ends_it() -> None:
    end = BEGAN + PATIENCE.provider
    tried = sending(end).model_copy(update={"attempts": TRIES_LEAST})
    gone = settle(tried, TRIES_LEAST, AWAY, end, PATIENCE, 0)
    assert gone is not None
    assert (gone.state, gone.reason) == ("failed", "gave-up")


def test_after_days_of_our_own_absence_a_provider_still_gets_its_chances() -> None:
    end = BEGAN + PATIENCE.provider
    later = settle(sending(end), 1, AWAY, end, PATIENCE, 0)
    assert later is not None
    assert later.state == "retrying"


def test_a_message_that_fells_its_sender_each_time_is_given_up_in_the_end() -> None:
    lost = sending(BEGAN + PATIENCE.provider).model_copy(update={"attempts": TRIES_LEAST})
    assert lost.due_at is not None
    gone = begin(lost, "go", lost.due_at, PATIENCE)
    assert gone is not None
    assert (gone.state, gone.reason) == ("failed", "gave-up")


def test_a_state_of_a_newer_release_is_left_to_it() -> None:
    newer = queued("email", BEGAN).model_copy(update={"state": "bounced", "due_at": None})
    assert begin(newer, "go", BEGAN, PATIENCE) is None
    assert settle(newer, 0, Sent(), BEGAN, PATIENCE, 0) is None


ways = st.sampled_from([*get_args(Reach), "no-template", "no-capacity"])
outcomes: st.SearchStrategy[Outcome] = st.sampled_from(
    [Sent(), Refused("smtp-550"), AWAY, Later("smtp-451", MINUTE), Later("smtp-450", timedelta())]
)
moves = st.one_of(
    st.tuples(st.just("begin"), ways),
    st.tuples(st.just("begin early"), ways),
    st.tuples(st.just("settle"), outcomes),
    st.tuples(st.just("settle late"), outcomes),
)


@given(st.lists(st.tuples(moves, st.integers(0, 100_000)), max_size=30))
def test_it_ends_once_and_always_says_what_became_of_it(steps: list[tuple[tuple[str, object], int]]) -> None:
    delivery, at = queued("email", BEGAN), BEGAN
    woken: set[datetime] = set()
    for (move, argument), seconds in steps:
        at += timedelta(seconds=seconds)
        after = _moved(delivery, move, argument, at)
        if after is None:
            continue
        assert not delivery.ended, "nothing changes what has ended"
        if move == "begin":  # the moment that it was woken at is used up
            assert delivery.due_at not in woken
            woken.add(delivery.due_at or at)
        delivery = after
        assert delivery.state in get_args(State)
        assert delivery.ended is (delivery.state in ("sent", "failed", "skipped"))
        if delivery.state in ("failed", "skipped", "retrying"):
            assert delivery.reason
        assert delivery.due_at not in woken, "a timer's moment takes effect once, so no moment comes twice"


def _moved(delivery: Delivery, move: str, argument: object, at: datetime) -> Delivery | None:
    if move == "begin":  # by a timer, so not before it is due
        due = delivery.due_at is not None and delivery.due_at <= at
        return begin(delivery, argument, at, PATIENCE) if due else None  # type: ignore[arg-type]  # drawn from its values
    if move == "begin early":  # by the contact that came
        early = delivery.waits_for_contact
        return begin(delivery, argument, at, PATIENCE) if early else None  # type: ignore[arg-type]  # same
    attempt = delivery.attempts - (1 if move == "settle late" else 0)
    if delivery.attempts == 0:
        return None
    return settle(delivery, attempt, argument, at, PATIENCE, 0.5)  # type: ignore[arg-type]  # same


@given(st.integers(0, 3), st.integers(0, 2))
def test_planning_twice_gives_the_same_ids(followers: int, again: int) -> None:
    story, profile = Story(), Profile(ALL, ("inbox", "email"))
    file = file_of(story, ALL)
    event, envelope = story.completed()
    heard = as_heard(event, envelope, maehia())
    file = hear(file, heard, event, ALL, BEGAN)
    parties = [f"follower-{number}" for number in range(followers)]

    def planned() -> list[str]:
        owed = owed_at_once(story.case_id, file, heard, (), profile)
        owed += [one for party in parties for one in owed_to_follower(story.case_id, party, file, [heard], profile)]
        return [one.id for one in owed]

    first = planned()
    assert len(set(first)) == len(first) == 1 + followers
    for _ in range(again):
        assert planned() == first


def test_no_notice_holds_an_address() -> None:
    fields = set(Notice.model_fields) | set(Delivery.model_fields)
    assert not {"email", "phone", "address", "name", "line_id"} & fields


def test_what_waited_for_its_contact_is_due_at_a_moment_of_its_own_when_nobody_has_a_hand_free() -> None:
    """A timer's moment takes effect once: the same moment again would be taken for the one that is done."""
    waiting = begin(queued("email", BEGAN), "wait", BEGAN, PATIENCE)
    assert waiting is not None
    hurried = begin(waiting, "no-capacity", BEGAN, PATIENCE)
    assert hurried is not None
    assert (hurried.state, hurried.due_at) == ("queued", BEGAN + timedelta(milliseconds=1))


def test_a_contact_that_came_sends_what_waited_for_it_at_once() -> None:
    waiting = begin(queued("email", BEGAN), "wait", BEGAN, PATIENCE)
    assert waiting is not None
    sent = begin(waiting, "go", BEGAN, PATIENCE)
    assert sent is not None
    assert (sent.state, sent.attempts) == ("sending", 1)

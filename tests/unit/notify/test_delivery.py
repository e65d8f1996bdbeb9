"""The life of a delivery: whatever happens to it in whatever order, it ends once, with a reason."""

from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.delivery import (
    FINAL,
    LONGEST_RETRY,
    TRIES_LEAST,
    Delivery,
    Later,
    Outcome,
    Refused,
    Sent,
    State,
    begin,
    hurry,
    owe,
    settle,
)
from services.notify.domain.file import CaseFile, hear
from services.notify.domain.planning import plan
from services.notify.domain.recipient import Reach
from services.notify.handlers import heard
from shared.events.times import rfc3339
from shared.kernel import Step
from shared.town.notices import NoticeRule
from tests.support.heard_by_notify import BEGAN, Story
from tests.support.notify_house import PATIENCE, maehia

MINUTE = timedelta(minutes=1)
RULE = NoticeRule(
    code="received", event="onestop.report.submitted.v1", audience="reporter", channels=("email", "inbox"),
    template="report-received",
)  # fmt: skip
AWAY = Later("mail-server-away")


def file_of(story: Story) -> CaseFile:
    event, envelope = story.submitted()
    return hear(None, heard(event, envelope, maehia()), event)


def queued(channel: str = "email") -> Step[Delivery]:
    story = Story()
    file = file_of(story)
    plans = plan(story.case_id, file, file.heard[0].id, [RULE], ("email", "inbox"))
    one = next(one for one in plans if one.channel == channel)
    return owe(one, story.case_id, story.reference, "th", BEGAN)


def sending(at: datetime = BEGAN) -> Delivery:
    step = begin(queued().state, "go", at, PATIENCE)
    assert step is not None
    return step.state


def test_the_inbox_has_it_at_once() -> None:
    step = queued("inbox")
    assert (step.state.state, step.state.wake_at) == ("sent", None)
    assert [event.type for event in step.events] == ["onestop.notice.sent.v1"]


def test_one_claim_keeps_the_others_off_until_its_lease_ends() -> None:
    claimed = sending()
    assert begin(claimed, "go", BEGAN + PATIENCE.lease - MINUTE, PATIENCE) is None
    again = begin(claimed, "go", BEGAN + PATIENCE.lease, PATIENCE)
    assert again is not None
    assert again.state.attempts == 2


def test_an_attempt_taken_for_lost_counts_when_it_did_succeed() -> None:
    claimed = sending()
    again = begin(claimed, "go", BEGAN + PATIENCE.lease, PATIENCE)
    assert again is not None
    done = settle(again.state, 1, Sent(), BEGAN + 3 * MINUTE, PATIENCE, 0)
    assert done is not None
    assert done.state.state == "sent"
    assert settle(again.state, 1, AWAY, BEGAN + 3 * MINUTE, PATIENCE, 0) is None


@pytest.mark.parametrize("reason", ["muted", "no-consent", "no-contact", "no-template"])
def test_what_must_not_be_sent_is_skipped_with_its_reason(reason: Reach) -> None:
    step = begin(queued().state, reason, BEGAN, PATIENCE)
    assert step is not None
    assert (step.state.state, step.state.reason, step.state.attempts) == ("skipped", reason, 0)
    assert [end["reason"] for event in step.events for end in event.data()["channels"]] == [reason]


@pytest.mark.parametrize("outcome", [Sent(), Refused("smtp-550"), AWAY])
def test_every_outcome_names_the_step_that_it_was_about(outcome: Outcome) -> None:
    end = BEGAN + PATIENCE.provider
    tried = sending(end).model_copy(update={"attempts": TRIES_LEAST})
    step = settle(tried, TRIES_LEAST, outcome, end, PATIENCE, 0)
    assert step is not None
    skipped = begin(queued().state, "muted", end, PATIENCE)
    assert skipped is not None
    said = [event.data() for event in (*step.events, *skipped.events)]
    happened = rfc3339(tried.happened_at)
    assert [(one["about"], one["happened_at"]) for one in said] == [(RULE.event, happened)] * 2


def test_pauses_grow_and_stay_below_their_limit() -> None:
    delivery, at, pauses = queued().state, BEGAN, []
    for _ in range(12):
        claimed = begin(delivery, "go", at, PATIENCE)
        assert claimed is not None
        later = settle(claimed.state, claimed.state.attempts, AWAY, at, PATIENCE, 0.5)
        assert later is not None
        assert later.state.wake_at is not None
        pauses.append(later.state.wake_at - at)
        delivery, at = later.state, later.state.wake_at
    assert pauses == sorted(pauses)
    assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert pauses[-1] == LONGEST_RETRY


def test_the_providers_own_wait_goes_before_ours() -> None:
    later = settle(sending(), 1, Later("rate-limit", timedelta(minutes=7)), BEGAN, PATIENCE, 1)
    assert later is not None
    assert later.state.wake_at == BEGAN + timedelta(minutes=7)


def test_a_provider_that_is_away_for_days_ends_it() -> None:
    end = BEGAN + PATIENCE.provider
    tried = sending(end).model_copy(update={"attempts": TRIES_LEAST})
    gone = settle(tried, TRIES_LEAST, AWAY, end, PATIENCE, 0)
    assert gone is not None
    assert (gone.state.state, gone.state.reason) == ("failed", "gave-up")


def test_after_days_of_our_own_absence_a_provider_still_gets_its_chances() -> None:
    end = BEGAN + PATIENCE.provider
    later = settle(sending(end), 1, AWAY, end, PATIENCE, 0)
    assert later is not None
    assert later.state.state == "retrying"


def test_a_message_that_fells_its_sender_each_time_is_given_up_in_the_end() -> None:
    lost = sending(BEGAN + PATIENCE.provider).model_copy(update={"attempts": TRIES_LEAST})
    assert lost.wake_at is not None
    gone = begin(lost, "go", lost.wake_at, PATIENCE)
    assert gone is not None
    assert (gone.state.state, gone.state.reason) == ("failed", "gave-up")


reaches = st.sampled_from([*get_args(Reach), "no-template"])
outcomes: st.SearchStrategy[Outcome] = st.sampled_from([Sent(), Refused("smtp-550"), AWAY, Later("smtp-451", MINUTE)])
moves = st.one_of(
    st.tuples(st.just("begin"), reaches),
    st.tuples(st.just("settle"), outcomes),
    st.tuples(st.just("settle late"), outcomes),
    st.tuples(st.just("hurry"), st.none()),
)


@given(st.lists(st.tuples(moves, st.integers(0, 100_000)), max_size=30))
def test_it_ends_once_and_always_says_what_became_of_it(steps: list[tuple[tuple[str, object], int]]) -> None:
    delivery, at = queued().state, BEGAN
    ends = 0
    woken: set[datetime] = set()
    for (move, argument), seconds in steps:
        at += timedelta(seconds=seconds)
        step = _moved(delivery, move, argument, at)
        if step is None:
            continue
        assert not delivery.final, "nothing changes what has ended"
        if move == "begin":  # the moment that it was woken at is used up
            assert delivery.wake_at not in woken
            woken.add(delivery.wake_at or at)
        delivery = step.state
        ends += len(step.events)
        assert delivery.state in get_args(State)
        assert (delivery.wake_at is None) is delivery.final
        assert delivery.final is bool(step.events)
        if delivery.state in ("failed", "skipped", "retrying"):
            assert delivery.reason
        if delivery.wake_at is not None:
            assert delivery.wake_at not in woken, "a timer's moment takes effect once, so no moment comes twice"
    assert ends == (1 if delivery.state in FINAL else 0)


def _moved(delivery: Delivery, move: str, argument: object, at: datetime) -> Step[Delivery] | None:
    match move:
        case "begin":
            return begin(delivery, argument, at, PATIENCE)  # type: ignore[arg-type]  # drawn from its values
        case "hurry":
            return hurry(delivery, at)
        case _:
            attempt = delivery.attempts - (1 if move == "settle late" else 0)
            if delivery.attempts == 0:
                return None
            return settle(delivery, attempt, argument, at, PATIENCE, 0.5)  # type: ignore[arg-type]  # same


@given(st.integers(0, 3), st.integers(0, 2))
def test_planning_twice_gives_the_same_ids(followers: int, again: int) -> None:
    story = Story()
    file = file_of(story)
    for number in range(followers):
        event, envelope = story.followed(f"follower-{number}")
        file = hear(file, heard(event, envelope, maehia()), event)
    event, envelope = story.completed()
    file = hear(file, heard(event, envelope, maehia()), event)
    first = plan(story.case_id, file, envelope.id, maehia().notices, ("inbox", "email"))
    assert len({one.id for one in first}) == len(first) == 2 + 2 * followers
    for _ in range(again):
        assert plan(story.case_id, file, envelope.id, maehia().notices, ("inbox", "email")) == first


def test_no_delivery_holds_an_address() -> None:
    assert not {"email", "phone", "address", "name", "line_id"} & set(Delivery.model_fields)


def test_a_contact_that_comes_in_the_same_millisecond_wakes_at_a_moment_of_its_own() -> None:
    """A timer's moment takes effect once: the same moment again would be taken for the one that is done."""
    waiting = begin(queued().state, "wait", BEGAN, PATIENCE)
    assert waiting is not None
    hurried = hurry(waiting.state, BEGAN)
    assert hurried is not None
    assert hurried.state.wake_at == BEGAN + timedelta(milliseconds=1)

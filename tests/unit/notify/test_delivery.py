"""The life of a delivery: whatever happens to it in whatever order, it ends once, with a reason."""

from datetime import datetime, timedelta
from typing import get_args

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
    begin,
    queue_delivery,
    settle,
)
from services.notify.domain.recipient import Reach
from tests.support.notify_events import BEGAN
from tests.support.notify_in_memory import PATIENCE

MINUTE = timedelta(minutes=1)


AWAY = Later("mail-server-away")


def sending(at: datetime = BEGAN) -> Delivery:
    claimed = begin(queue_delivery("email", BEGAN), "go", at, PATIENCE)
    assert claimed is not None
    return claimed


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


def test_pauses_grow_and_stay_below_their_limit() -> None:
    delivery, at, pauses = queue_delivery("email", BEGAN), BEGAN, []
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
    newer = queue_delivery("email", BEGAN).model_copy(update={"state": "bounced", "due_at": None})
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
    delivery, at = queue_delivery("email", BEGAN), BEGAN
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


def test_what_waited_for_its_contact_is_due_at_a_moment_of_its_own_when_nobody_has_a_hand_free() -> None:
    """A timer's moment takes effect once: the same moment again would be taken for the one that is done."""
    waiting = begin(queue_delivery("email", BEGAN), "wait", BEGAN, PATIENCE)
    assert waiting is not None
    hurried = begin(waiting, "no-capacity", BEGAN, PATIENCE)
    assert hurried is not None
    assert (hurried.state, hurried.due_at) == ("queued", BEGAN + timedelta(milliseconds=1))


def test_a_contact_that_came_sends_what_waited_for_it_at_once() -> None:
    waiting = begin(queue_delivery("email", BEGAN), "wait", BEGAN, PATIENCE)
    assert waiting is not None
    sent = begin(waiting, "go", BEGAN, PATIENCE)
    assert sent is not None
    assert (sent.state, sent.attempts) == ("sending", 1)

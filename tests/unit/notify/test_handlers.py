"""Whatever order the topics are read in, and however often: the same people are told the same things, once."""

import json
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.notify.domain.delivery import Later
from shared.events.reports import ReportCommented, ReportMerged
from shared.events.work_orders import WorkOrderEscalated
from shared.kernel import Transient, now
from tests.support.memory import Fate
from tests.support.notify_events import BEGAN, Story, Word
from tests.support.notify_in_memory import PATIENCE, NotifyInMemory

SUBMITTED = "onestop.report.submitted.v1"
FOLLOWED = "onestop.report.followed.v1"
CREATED = "onestop.work-order.created.v1"
COMPLETED = "onestop.work-order.completed.v1"


async def told(*words: Word) -> dict[tuple[str, str, str], tuple[str, str | None]]:
    """What came of it, once everything that is due has been done."""
    notify = NotifyInMemory()
    for word in words:
        await notify.hear(word)
        await notify.work()
    await notify.work()
    return notify.outcomes()


async def test_a_report_thanks_its_reporter_by_inbox_and_mail() -> None:
    story = Story()
    assert await told(story.submitted(), story.contact()) == {
        (SUBMITTED, "reporter", "inbox"): ("sent", None),
        (SUBMITTED, "reporter", "email"): ("sent", None),
    }


async def test_every_order_of_arrival_tells_the_same() -> None:
    story = Story()
    words = (story.submitted(), story.contact(), story.created(), story.completed())
    expected = await told(*words)
    assert len(expected) == 7
    assert {state for state, _ in expected.values()} == {"sent"}
    for order in permutations(words):
        assert await told(*order) == expected


@settings(max_examples=25)
@given(st.permutations(range(5)))
async def test_a_follower_heard_of_late_is_told_of_what_happened_since(order: list[int]) -> None:
    story = Story()
    words = (
        story.submitted(), story.created(), story.followed("follower-1"), story.contact("follower-1"), story.completed()
    )  # fmt: skip
    expected = await told(*words)
    assert expected[COMPLETED, "follower-1", "email"] == ("sent", None)
    assert not [key for key in expected if key[:2] == (CREATED, "follower-1")]
    assert await told(*(words[place] for place in order)) == expected


async def test_an_applicant_gets_the_decision_whatever_comes_first() -> None:
    story = Story()
    words = (story.applied(), story.decided(), story.contact("applicant"))
    expected = await told(*words)
    assert expected["onestop.permit.decided.v1", "applicant", "email"] == ("sent", None)
    assert expected["onestop.permit.submitted.v1", "examiner", "inbox"] == ("sent", None)
    for order in permutations(words):
        assert await told(*order) == expected


async def test_a_second_copy_changes_nothing() -> None:
    story, notify = Story(), NotifyInMemory()
    words = (story.submitted(), story.contact(), story.created())
    await notify.hear(*words)
    await notify.work()
    before = notify.store.all()
    await notify.hear(*words, *reversed(words))
    await notify.work()
    assert notify.store.all() == before
    assert len(notify.email.taken) == 2


FATES: tuple[Fate, ...] = ("ok", "lost", "unacknowledged")


@settings(max_examples=60)
@given(st.lists(st.sampled_from(FATES), max_size=40))
@example([*["ok"] * 7, "unacknowledged"])  # the claim of the mail that waited for its contact
@example([*["ok"] * 11, "unacknowledged"])  # the claim of the mail that the work order owes
async def test_a_step_that_fails_is_made_good_by_the_next_copy(faults: list[Fate]) -> None:
    story, notify = Story(), NotifyInMemory()
    words = [story.submitted(), story.contact(), story.created()]
    notify.service.fates.extend(faults)
    for word in words:
        while True:  # as the kernel does: a transient error waits, and the event comes again
            try:
                await notify.hear(word)
                break
            except Transient:
                continue
    notify.service.fates.clear()
    await notify.work()
    await notify.work_at(now() + PATIENCE.lease)  # a claim whose answer was lost may be another's: it is left its lease
    assert {state for state, _ in notify.outcomes().values()} == {"sent"}
    assert len(notify.outcomes()) == 5
    assert len(notify.email.taken) == 2


async def test_an_anonymous_reporter_has_the_inbox_and_the_record_says_why_no_mail() -> None:
    story = Story()
    assert await told(story.submitted(parties=())) == {
        (SUBMITTED, "reporter", "inbox"): ("sent", None),
        (SUBMITTED, "reporter", "email"): ("skipped", "no-contact"),
    }


async def test_without_consent_nothing_is_sent() -> None:
    story = Story()
    outcome = await told(story.submitted(), story.contact(consent=False))
    assert outcome[SUBMITTED, "reporter", "email"] == ("skipped", "no-consent")


async def test_a_contact_that_never_comes_is_waited_for_and_then_given_up() -> None:
    story, notify = Story(), NotifyInMemory()
    await notify.hear(story.submitted())
    await notify.work()
    assert notify.outcomes()[SUBMITTED, "reporter", "email"] == ("retrying", "waiting-for-contact")
    await notify.work_at(now() + timedelta(hours=23))
    assert notify.outcomes()[SUBMITTED, "reporter", "email"] == ("retrying", "waiting-for-contact")
    await notify.work_at(now() + timedelta(hours=25))
    assert notify.outcomes()[SUBMITTED, "reporter", "email"] == ("skipped", "no-contact")


async def test_an_erasure_reaches_what_is_still_to_be_sent() -> None:
    story, notify = Story(), NotifyInMemory()
    notify.email.answers = [Later("mail-server-away")]
    await notify.hear(story.submitted(), story.contact(), story.erased())
    await notify.work_at(now() + timedelta(minutes=1))
    assert notify.outcomes()[SUBMITTED, "reporter", "email"] == ("skipped", "no-contact")
    assert notify.email.taken == []
    everything = repr([table.rows for table in notify.service.tables.values()])
    assert "example.org" not in everything
    assert "สมหญิง" not in everything


async def test_an_older_contact_does_not_bring_back_an_erased_one() -> None:
    story, notify = Story(), NotifyInMemory()
    contact, erased = story.contact(), story.erased()
    await notify.hear(story.submitted(), erased, contact)
    await notify.work()
    assert notify.outcomes()[SUBMITTED, "reporter", "email"] == ("skipped", "no-contact")


async def test_nothing_but_the_recipient_holds_an_address() -> None:
    story, notify = Story(), NotifyInMemory()
    await notify.hear(story.submitted(), story.contact(), story.created())
    await notify.work()
    holding = {name for name, table in notify.service.tables.items() if "reporter@example.org" in repr(table.rows)}
    assert holding == {"recipients"}


async def test_a_follower_who_left_is_told_nothing_more() -> None:
    story = Story()
    words = (
        story.submitted(), story.followed("follower-1"), story.contact("follower-1"), story.erased("follower-1"),
        story.completed(),
    )  # fmt: skip
    assert {key[0] for key in await told(*words) if key[1] == "follower-1"} == {FOLLOWED}


async def test_a_comment_before_any_team_is_known_reaches_the_first_that_is() -> None:
    story = Story()
    comment = story.of_report(ReportCommented, by="public", text="น้ำท่วมถนนแล้ว")
    words = (story.submitted(parties=()), comment, story.created())
    key = (ReportCommented.type, "team:works-water", "inbox")
    for order in permutations(words):
        assert (await told(*order))[key] == ("sent", None)


async def test_a_level_is_told_at_its_own_desk() -> None:
    story, notify = Story(), NotifyInMemory()
    late = story.of_work(WorkOrderEscalated, clock="resolve", percent=100, due_at=BEGAN, level="director")
    await notify.hear(story.submitted(()), story.created(), late)
    await notify.work()
    assert notify.outcomes()[late[0].type, "level:director:works-water", "email"] == ("sent", None)
    (mail,) = [one for one in notify.email.taken if one["To"] == "works-director@maehia.example"]
    assert mail["Importance"] == "high"


@pytest.mark.parametrize("merged_first", [True, False])
async def test_people_of_a_merged_report_hear_how_the_other_goes_on(merged_first: bool) -> None:
    first, second = Story(), Story(reference="MH-7GX2-01CQ")
    merged = second.of_report(ReportMerged, into=first.case_id, into_reference=first.reference)
    first.minutes = second.minutes + 1
    done = first.completed()
    opening = [second.submitted(), second.contact(), first.submitted(()), first.created()]
    later = [merged, done] if merged_first else [done, merged]
    notify = NotifyInMemory()
    await notify.hear(*opening, *later)
    await notify.work()
    (told_of_it,) = [d for d in notify.store.all().values() if d.case_id == second.case_id and d.about == COMPLETED]
    assert [(one.channel, one.state) for one in told_of_it.deliveries] == [("inbox", "sent"), ("email", "sent")]
    assert (told_of_it.party, told_of_it.reference) == ("reporter", second.reference)


async def test_every_outcome_is_published_without_any_address() -> None:
    story, notify = Story(), NotifyInMemory()
    await notify.hear(story.submitted(), story.contact())
    await notify.work()
    said = notify.said()
    assert [one["ce_type"] for one in said] == ["onestop.notice.sent.v1"]
    assert {one["ce_correlationid"] for one in said} == {story.case_id}
    assert "example.org" not in repr(said)
    assert said[0]["ce_subject"] in notify.store.all()


async def test_what_became_of_a_notice_is_told_to_the_services_and_to_nobody_else() -> None:
    story, notify = Story(), NotifyInMemory()
    await notify.hear(story.contact(), story.submitted())
    topics = {message.topic for entry in notify.service.tables["notices"].outbox for message in entry.messages}
    assert topics == {"internal.notices.v1"}


async def test_one_notice_is_told_of_once_when_every_channel_has_ended() -> None:
    story, notify = Story(), NotifyInMemory()
    notify.email.answers = [Later("mail-server-away")]
    await notify.hear(story.contact(), story.submitted())
    assert notify.said() == [], "the inbox has it, the mail is still to come"
    await notify.work_at(now() + timedelta(minutes=1))
    (entry,) = notify.service.tables["notices"].outbox
    (message,) = entry.messages
    said = json.loads(message.value or b"")
    assert said["channels"] == [
        {"channel": "inbox", "outcome": "sent", "reason": None, "attempts": 1},
        {"channel": "email", "outcome": "sent", "reason": None, "attempts": 2},
    ]


async def test_of_what_offices_are_told_nothing_is_published() -> None:
    story, notify = Story(), NotifyInMemory()
    await notify.hear(story.submitted(()), story.created())
    recipients = {notice.recipient for notice in notify.store.all().values() if notice.party is None}
    assert recipients == {"team:works-water"}
    assert {one["ce_subject"] for one in notify.said()} == {
        key for key, notice in notify.store.all().items() if notice.party
    }

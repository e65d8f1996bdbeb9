"""Every rule that matches applies: what says the same is one notice, what says different things are several."""

from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.file import hear
from services.notify.domain.planning import Owed, Profile, list_owed_at_once, list_owed_to_follower
from services.notify.domain.rules import Rules
from services.notify.telling import as_heard
from shared.events.notices import NoticeChannel
from shared.town.notices import NoticeRule
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_files import file_of
from tests.support.notify_in_memory import maehia

STORY = Story()
SUBMITTED = STORY.submitted()
ALL = Rules(maehia().notices)


def rule(template: str, *channels: NoticeChannel, urgent: bool = False, **when: tuple[str, ...]) -> NoticeRule:
    return NoticeRule(
        code=template, event="onestop.report.submitted.v1", audience="reporter", channels=channels, template=template,
        urgent=urgent, when=when,
    )  # fmt: skip


def owed(*rules: NoticeRule) -> list[Owed]:
    event, envelope = SUBMITTED
    heard, known = as_heard(event, envelope, maehia()), Rules(rules)
    file = hear(None, heard, event, known, BEGAN)
    return list_owed_at_once(STORY.case_id, file, file.heard[0], (), Profile(known, ("inbox", "email", "sms")))


def test_rules_that_say_different_things_are_a_notice_each() -> None:
    first, second = owed(rule("thanks", "inbox"), rule("flood-warning", "inbox", kind=("problem",)))
    assert [first.template, second.template] == ["thanks", "flood-warning"]
    assert first.id != second.id


def test_rules_that_say_the_same_are_one_notice_over_all_their_channels() -> None:
    (one,) = owed(rule("thanks", "inbox", "email"), rule("thanks", "sms", "inbox", urgent=True, kind=("problem",)))
    assert one.channels == ("inbox", "email", "sms")
    assert one.urgent


def test_a_renamed_text_is_not_told_again() -> None:
    (before,) = owed(rule("thanks", "inbox"))
    (after,) = owed(rule("thank-you", "inbox"))
    assert before.id == after.id


def test_a_rule_whose_channels_the_town_lacks_tells_nobody() -> None:
    assert owed(rule("thanks", "line")) == []


@given(st.integers(0, 3), st.integers(0, 2))
def test_planning_twice_gives_the_same_ids(followers: int, again: int) -> None:
    story, profile = Story(), Profile(ALL, ("inbox", "email"))
    file = file_of(story, ALL)
    event, envelope = story.completed()
    heard = as_heard(event, envelope, maehia())
    file = hear(file, heard, event, ALL, BEGAN)
    parties = [f"follower-{number}" for number in range(followers)]

    def planned() -> list[str]:
        owed = list_owed_at_once(story.case_id, file, heard, (), profile)
        owed += [
            one for party in parties for one in list_owed_to_follower(story.case_id, party, file, [heard], profile)
        ]
        return [one.id for one in owed]

    first = planned()
    assert len(set(first)) == len(first) == 1 + followers
    for _ in range(again):
        assert planned() == first

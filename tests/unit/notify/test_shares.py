"""Of a team's share of split work only its own team and levels are told; the report's people follow the whole."""

from services.notify.domain.file import CaseFile, hear
from services.notify.domain.planning import Profile, list_owed_at_once, list_owed_to_follower
from services.notify.domain.rules import Rules
from services.notify.telling import as_heard
from shared.events.ids import new_id
from shared.events.work_orders import WorkOrderSentBack
from tests.support.notify_events import BEGAN, Story, Word
from tests.support.notify_files import file_of
from tests.support.notify_in_memory import maehia

ALL = Rules(maehia().notices)
PROFILE = Profile(ALL, ("inbox", "email"))
SHARE = {"parent": new_id(), "team": "works-roads"}


def told(story: Story, file: CaseFile, word: Word) -> tuple[CaseFile, set[str], set[str]]:
    """The file after it, which offices and owner are told, and what a follower is told."""
    event, envelope = word
    heard = as_heard(event, envelope, maehia())
    after = hear(file, heard, event, ALL, BEGAN)
    at_once = {one.to.recipient for one in list_owed_at_once(story.case_id, after, heard, (), PROFILE)}
    to_follower = list_owed_to_follower(story.case_id, "follower-1", after, [heard], PROFILE)
    return after, at_once, {one.template for one in to_follower}


def test_a_team_hears_of_its_share_and_the_reporter_does_not() -> None:
    story = Story()
    file = file_of(story, ALL)
    file, at_once, _ = told(story, file, story.created())
    assert f"{story.case_id}:reporter" in at_once

    _, of_share, _ = told(story, file, story.created(**SHARE, task="คืนผิวถนน"))
    assert of_share == {"team:works-roads"}


def test_a_share_that_is_done_settles_nothing_for_those_who_follow() -> None:
    story = Story()
    file, _, _ = told(story, file_of(story, ALL), story.created())
    file = file.model_copy(update={"followed": True, "absorbing": True})
    after, at_once, followers = told(story, file, story.completed(**SHARE))

    assert at_once == followers == set()
    assert after.rounds == file.rounds
    assert after.team == "works-water"
    assert told(story, file, story.completed())[2]


def test_team_reporter_and_followers_are_told_that_work_was_sent_back() -> None:
    story = Story()
    file, _, _ = told(story, file_of(story, ALL), story.created())
    _, at_once, followers = told(story, file, story.of_work(WorkOrderSentBack, reason="ถนนทรุด"))

    assert at_once == {"team:works-water", f"{story.case_id}:reporter"}
    assert followers == {"sent-back"}

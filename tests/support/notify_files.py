"""The file of a case that has just been handed in."""

from services.notify.domain.file import CaseFile, hear
from services.notify.domain.rules import Rules
from services.notify.telling import as_heard
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_in_memory import maehia


def file_of(story: Story, rules: Rules) -> CaseFile:
    """As these rules have it kept."""
    event, envelope = story.submitted()
    return hear(None, as_heard(event, envelope, maehia()), event, rules, BEGAN)

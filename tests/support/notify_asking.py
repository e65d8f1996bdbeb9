"""Addresses that anybody may have typed: the contact, the mail that asks its owner, and what is known of them."""

import re
from typing import Any

from services.notify.domain.recipient import Recipient
from shared.events.contacts import contact_key
from tests.support.notify_events import Story, Word
from tests.support.notify_in_memory import NotifyInMemory
from tests.support.notify_mail import texts


def typed(story: Story, party: str = "reporter", **changes: Any) -> Word:
    """A contact as somebody typed it into a form."""
    return story.contact(party, confirmed=False, **changes)


def question(notify: NotifyInMemory) -> str:
    """Where the newest mail asks."""
    found: set[str] = {
        link for text in texts(notify.email.taken[-1]) for link in re.findall(r"/inbox/confirm/[\w.-]+", text)
    }
    assert len(found) == 1
    return found.pop()


def person(notify: NotifyInMemory, story: Story, party: str = "reporter") -> Recipient:
    """As they are known."""
    state = notify.service.tables["recipients"].states()[contact_key(story.case_id, party)]
    assert isinstance(state, Recipient)
    return state

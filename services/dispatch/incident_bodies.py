"""What is said with each act on an incident; API bodies and the forms of the pages are read into these models."""

from typing import Annotated, Literal

from pydantic import Field

from services.dispatch.bodies import Body, Note, Reason
from shared.times import Time
from shared.words import CleanLine

Typed = Annotated[CleanLine, Field(min_length=1, max_length=60)]  # a reference, as a person types it
MOST_AT_ONCE = 50  # references in one form; what comes later joins by itself, or in the next one


class Confirm(Body):
    """It is one; what its reporters are told at once."""

    expected_until: Time | None = None
    note: Note | None = None


class Deny(Body):
    """It is none; needs no words."""


class Open(Body):
    """Which reports are one incident; the first one's work order does its work."""

    references: Annotated[list[Typed], Field(min_length=1, max_length=MOST_AT_ONCE)]
    expected_until: Time | None = None
    note: Note | None = None


class Add(Body):
    """Which reports belong to it too."""

    references: Annotated[list[Typed], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Remove(Body):
    """Which report does not belong to it, and why."""

    reference: Typed
    reason: Note | None = None


class Announce(Body):
    """Until when it is expected to last, and what the town says of it; what is left out is taken back."""

    expected_until: Time | None = None
    note: Note | None = None


class Merge(Body):
    """Of which incident it is a part."""

    into: Annotated[CleanLine, Field(min_length=26, max_length=26)]


class Reopen(Body):
    """It is not over after all: what the town says of that, and until when it is expected to last. Its reporters and
    the team that has its work read the note."""

    expected_until: Time | None = None
    note: Reason


class Close(Body):
    """How it ended; its reporters read the note."""

    outcome: Literal["fixed", "not_ours", "cannot_be_done"] = "fixed"
    note: Reason

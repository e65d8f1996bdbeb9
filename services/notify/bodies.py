"""What people send: the forms of their preferences, and of whether they want to be told."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Action = Literal["mute", "unmute", "language", "erase"]


class Answer(BaseModel):
    """What the owner of an address says when asked whether they want to be told."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    answer: Literal["yes", "not-me"]


class Change(BaseModel):
    """A button of the page, or the one click of a mail program (RFC 8058), which may send more fields than its own."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    action: Action | None = None
    language: Literal["th", "en"] = "th"
    one_click: str | None = Field(default=None, alias="List-Unsubscribe", max_length=40)

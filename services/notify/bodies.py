"""What people send: the form of their preferences."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Action = Literal["mute", "unmute", "language", "erase"]


class Change(BaseModel):
    """A button of the page, or the one click of a mail program (RFC 8058), which may send more fields than its own."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    action: Action | None = None
    language: Literal["th", "en"] = "th"
    one_click: str | None = Field(default=None, alias="List-Unsubscribe", max_length=40)

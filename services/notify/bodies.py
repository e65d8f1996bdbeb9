"""What people send: the forms of their preferences, and of whether they want to be told."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.notify.domain.revealing import Caller
from shared import emails
from shared.events.notices import LookUpReason
from shared.words import typed
from shared.words.typed import Empty

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


class LookUp(BaseModel):
    """`POST …/look-up`: what the contact is wanted for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: LookUpReason


class SameContact(BaseModel):
    """`POST …/reports`: the telephone or the address of somebody who speaks with an officer, or both; `caller`: where
    they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    caller: Caller
    phone: Annotated[typed.Phone | None, Empty] = None
    email: Annotated[emails.Email | None, Empty] = None

    @model_validator(mode="after")
    def _need_something(self) -> Self:
        if not (self.phone or self.email):
            raise ValueError("a telephone number or an e-mail address is needed")
        return self

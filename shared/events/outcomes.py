"""How a report or the work about it ends: one word for both."""

from typing import Literal

Outcome = Literal["fixed", "not_ours", "duplicate", "cannot_be_done", "withdrawn"]

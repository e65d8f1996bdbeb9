"""Fills in the town's templates. They hold no logic: `{name}` is replaced, a line with an empty one is left out."""

from collections.abc import Mapping

from shared.town.base import Language
from shared.town.notices import Message, Template, fill


def message_in(template: Template, language: Language) -> Message:
    """The template in that language, else in the one there is."""
    found = (template.en or template.th) if language == "en" else (template.th or template.en)
    if found is None:
        raise KeyError(language)
    return found


def fill_message(message: Message, channel: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body for a channel; SMS and LINE have the short text as body."""
    body = message.short if channel in ("sms", "line") and message.short else message.body
    return fill(message.subject, values), fill(body, values)

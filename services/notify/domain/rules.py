"""The town's notice rules, by the event that they speak of. Every rule that matches applies."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.town.notices import NoticeRule


class Rules:
    """Found by event type: most events of a busy topic concern no rule."""

    def __init__(self, rules: Sequence[NoticeRule]) -> None:
        self._rules: dict[str, list[NoticeRule]] = {}
        for rule in rules:
            self._rules.setdefault(rule.event, []).append(rule)

    def speak_of(self, event_type: str) -> bool:
        """Whether anybody could be told of such an event."""
        return event_type in self._rules

    def select_matching(self, event_type: str, data: Mapping[str, Any]) -> Iterator[NoticeRule]:
        """Those that apply to this event, in the profile's order."""
        return (rule for rule in self._rules.get(event_type, ()) if matches(rule, event_type, data))

    def tells(self, audience: str, event_type: str, data: Mapping[str, Any]) -> bool:
        """Whether that audience is told of this event."""
        return any(rule.audience == audience for rule in self.select_matching(event_type, data))


def matches(rule: NoticeRule, event_type: str, data: Mapping[str, Any]) -> bool:
    """Whether the rule speaks of this event. `data` is the event's JSON object."""
    return event_type == rule.event and all(_plain(data.get(field)) in only for field, only in rule.when.items())


def _plain(value: object) -> str:
    """A JSON value as YAML authors write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)

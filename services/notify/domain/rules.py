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

    def matching(self, event_type: str, data: Mapping[str, Any]) -> Iterator[NoticeRule]:
        """Those that apply to this event, in the profile's order."""
        return (rule for rule in self._rules.get(event_type, ()) if rule.matches(event_type, data))

    def tell(self, audience: str, event_type: str, data: Mapping[str, Any]) -> bool:
        """Whether that audience is told of this event."""
        return any(rule.audience == audience for rule in self.matching(event_type, data))

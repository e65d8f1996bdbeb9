"""Whether a storm ended as it must: each report with a team or in the incident, promises right, everyone told once."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.dispatch.domain import clocks
from shared.events.times import parse
from shared.town import Town
from tools.play.ledger import Story
from tools.play.reconcile import Difference, in_triage
from tools.play.sending import Answer


def storm_faults(town: Town, outage: str, answers: Sequence[Answer], stories: dict[str, Story]) -> list[Difference]:
    """What does not agree, by the report's reference."""
    found = [
        Difference(one.reference, what)
        for one in answers
        for what in (
            *_check_holder(stories[one.id]),
            *_check_promise(town, stories[one.id]),
            *_check_telling(stories[one.id]),
        )
    ]
    return [*found, *_one_incident(outage, answers, stories)]


def _check_holder(story: Story) -> Iterator[str]:
    """A team has it, or its incident's does."""
    if story.created and in_triage(story.created[0]) and not story.incidents:
        yield "neither with a team nor in an incident"


def _check_promise(town: Town, story: Story) -> Iterator[str]:
    """The due times that its service level promises from the moment it came in, whatever the storm did to us."""
    if not story.created or not story.submitted:
        return
    said = story.created[0].data
    at = _moment(story.submitted[0].data["submitted_at"])
    assert at is not None  # noqa: S101  # every report has it
    expected = clocks.start(town, said["service_level"], said["priority"], said["rules_version"], at)
    for name, due in (("acknowledge", "acknowledge_by"), ("resolve", "due_at")):
        clock = getattr(expected, name)
        if _moment(said[due]) != (clock.due_at if clock else None):
            yield f"{due} is {said[due]}, promised is {clock.due_at if clock else None}"


def _check_telling(story: Story) -> Iterator[str]:
    """Once that it is known, and once that it is over: by its incident, or by its own work where that did all of it."""
    if not story.incidents:
        return
    if story.times("joined") != 1:
        yield f"told {story.times('joined')} times that its incident is known"
    ends = story.times("resolved") + len(story.completed)
    if ends != 1:
        yield f"told {ends} times that it is over"


def _one_incident(outage: str, answers: Sequence[Answer], stories: dict[str, Story]) -> Iterator[Difference]:
    """All of the outage are in one incident, and nothing else is."""
    incidents = {seen.data["incident_id"] for one in answers for seen in stories[one.id].incidents}
    if len(incidents) != 1:
        yield Difference("the storm", f"made {len(incidents)} incidents and not one")
    for one in answers:
        belongs, is_in = one.row.body["category"] == outage, bool(stories[one.id].incidents)
        if belongs and not is_in:
            yield Difference(one.reference, "of the outage, and not in its incident")
        elif is_in and not belongs:
            yield Difference(one.reference, "of another kind, and in the incident")


def _moment(text: str | datetime | None) -> datetime | None:
    return parse(text) if isinstance(text, str) else text

"""What is owed to whom because of an event: the town's notice rules applied to a file. The same again, always."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from services.notify.domain.file import APPLICANT, FOLLOWER, OPENING, REPORTER, CaseFile, Heard
from shared.events import contact_key, derive_id
from shared.events.notices import NoticeChannel
from shared.town.notices import NoticeRule

BY_ROLE = ("examiner", "signatory")  # everybody who holds the role, whatever their team
OFFICES = ("team", "level", *BY_ROLE)


@dataclass(frozen=True)
class Plan:
    """One message that is owed. `recipient` is `<case>:<party>`, or an office as `team:works-water`."""

    id: str
    heard: Heard
    rule: NoticeRule
    channel: NoticeChannel
    recipient: str
    party: str | None
    announced: bool


def plan(
    case_id: str, file: CaseFile, event_id: str, rules: Sequence[NoticeRule], channels: Collection[NoticeChannel]
) -> list[Plan]:
    """Everything that is owed since the file heard this event. A rule's channels that this town lacks are left out."""
    owed: dict[str, Plan] = {}
    for heard, parties, offices in _touched(file, event_id):
        for rule in rules:
            if rule.matches(heard.type, heard.data):
                for party, recipient, announced in _recipients(case_id, file, heard, rule, parties, offices):
                    for channel in rule.channels:
                        if channel in channels:
                            one = derive_id(heard.id, recipient, channel)
                            owed.setdefault(one, Plan(one, heard, rule, channel, recipient, party, announced))
    return list(owed.values())


def _touched(file: CaseFile, event_id: str) -> Iterator[tuple[Heard, Collection[str] | None, bool]]:
    """Which events to go through because of this one: for which parties (None: all), and whether for offices."""
    event = file.event(event_id)
    if file.reference is None or event is None:
        return
    if event.type in OPENING:  # what came before it has waited for it
        yield from ((heard, None, True) for heard in file.heard)
        return
    yield event, None, True
    for heard in file.heard:
        if heard is not event and event.parties:
            yield heard, event.parties, False
        if heard is not event and event.order and not heard.order:  # may have waited for a team
            yield heard, (), True


def _recipients(
    case_id: str, file: CaseFile, heard: Heard, rule: NoticeRule, parties: Collection[str] | None, offices: bool
) -> Iterator[tuple[str | None, str, bool]]:
    if rule.audience in OFFICES:
        office = office_of(rule.audience, heard)
        if offices and office:  # of several files that hear the same event each gives the same id
            yield None, office, True
        return
    for party in file.parties:
        wanted = parties is None or party.code in parties
        if wanted and _is(rule.audience, party.code) and party.concerned(heard.at):
            yield party.code, contact_key(case_id, party.code), party.announced


def _is(audience: str, party: str) -> bool:
    if audience in (REPORTER, APPLICANT):
        return party == audience
    return audience == "follower" and party.startswith(FOLLOWER)


def office_of(audience: str, heard: Heard) -> str | None:
    """The office as a recipient; None: the team is not known yet."""
    level = str(heard.data.get("level")) if audience == "level" else None
    if audience in BY_ROLE:
        return audience
    if level in BY_ROLE:
        return level
    if audience == "team":
        return f"team:{heard.team}" if heard.team else None
    return ":".join(filter(None, ("level", level, heard.team)))

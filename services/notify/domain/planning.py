"""What is owed to whom because of an event: the town's notice rules (`notices.yaml` of its profile) applied to a
file.

Deterministic: same file and event, same notices and ids.

One notice is one event, one recipient and one text. Rules that say the same to the same recipient are one notice, over
the channels of all of them; rules that say different things are a notice each.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from services.notify.domain.file import AGENCY, CONSULTEE, OPENING, CaseFile, Heard
from services.notify.domain.rules import Rules
from shared.events.contacts import contact_key
from shared.events.ids import derive_id
from shared.events.neighbours import NEIGHBOUR
from shared.events.notices import NoticeChannel

BY_ROLE = ("officer", "examiner", "signatory")  # everybody who holds the role, whatever their team
OFFICES = ("team", "level", AGENCY, CONSULTEE, *BY_ROLE)
REPLACEABLE = ("level", "examiner", "signatory")  # audiences whose place another takes while they are away
OFFICE = "office"  # of an office that signs, by its code: one that takes another's place


@dataclass(frozen=True)
class Addressee:
    """`recipient` is `<case>:<party>`, or an office as `team:works-water`; `announced`: their contact will come."""

    recipient: str
    party: str | None = None
    announced: bool = True


@dataclass(frozen=True)
class Owed:
    """One notice that a rule of the town owes somebody for what was heard."""

    id: str
    heard: Heard
    to: Addressee
    audience: str
    template: str
    urgent: bool
    channels: tuple[NoticeChannel, ...]


Deputies = Callable[[str, Heard], Sequence[str]]


def nobody_away(_recipient: str, _heard: Heard) -> Sequence[str]:
    """No stand-ins: what an office's notices go to where the town keeps no list of who is away."""
    return ()


@dataclass(frozen=True)
class Profile:
    """What the town says: its rules, and the channels that it has. A rule's other channels are left out. `deputies`:
    who hears of it beside an office that was away when it happened."""

    rules: Rules
    channels: Collection[NoticeChannel]
    deputies: Deputies = nobody_away


def list_owed_at_once(
    case_id: str, file: CaseFile, heard: Heard, older: Sequence[Heard], profile: Profile
) -> list[Owed]:
    """What its owner and offices are owed since the file heard this event; `older`: what lies beside the file."""
    if file.reference is None:
        return []
    owner = Addressee(contact_key(case_id, file.owner or ""), file.owner, file.announced)
    anybody = _address_owner_or_office(case_id, owner)
    if heard.type in OPENING:  # what came before it has waited for it
        return [
            one for earlier in (*older, *file.heard) for one in _list_owed(with_team(file, earlier), profile, anybody)
        ]
    owed = _list_owed(with_team(file, file.event(heard.id) or heard), profile, anybody)
    if heard.id == file.teamed_by:  # what came before it may have waited for a team
        waited = (one for one in (*older, *file.heard) if one.order is None and one.team is None)
        owed += [one for earlier in waited for one in _list_owed(with_team(file, earlier), profile, office_of)]
    return owed


def list_owed_to_follower(
    case_id: str, party: str, file: CaseFile, heard: Iterable[Heard], profile: Profile
) -> list[Owed]:
    """What a follower is owed of these events."""
    if file.reference is None:
        return []
    follower = Addressee(contact_key(case_id, party), party)

    def address(audience: str, heard: Heard) -> Addressee | None:
        return follower if audience == "follower" and not heard.of_a_share else None

    return [one for event in heard for one in _list_owed(with_team(file, event), profile, address)]


def with_team(file: CaseFile, heard: Heard) -> Heard:
    """Word of a report that came before any team was known belongs to the first that was."""
    if heard.order or heard.team or file.first_team is None:
        return heard
    return heard.model_copy(update={"team": file.first_team})


Addressing = Callable[[str, Heard], Addressee | None]


def _address_owner_or_office(case_id: str, owner: Addressee) -> Addressing:
    def address(audience: str, heard: Heard) -> Addressee | None:
        if audience == NEIGHBOUR:
            party = heard.data.get("party")
            return Addressee(contact_key(case_id, party), party) if party else None
        if audience == owner.party:
            return None if heard.of_a_share else owner
        return office_of(audience, heard)

    return address


def office_of(audience: str, heard: Heard) -> Addressee | None:
    """The office as a recipient; None: it is none, or the team is not known yet."""
    if audience not in OFFICES:
        return None
    level = str(heard.data.get("level")) if audience == "level" else None
    if audience in BY_ROLE:
        return Addressee(audience)
    if level in BY_ROLE:
        return Addressee(level)
    if audience == AGENCY:
        agency = heard.data.get("agency")
        return Addressee(f"{AGENCY}:{agency}") if agency else None
    if audience == CONSULTEE:
        return _find_asked(heard)
    if audience == "team":
        return Addressee(f"team:{heard.team}") if heard.team else None
    return Addressee(":".join(filter(None, ("level", level, heard.team))))


def _find_asked(heard: Heard) -> Addressee | None:
    """Whoever the event asks for their view: an agency, or a team of the town."""
    agency, consultee = heard.data.get("agency"), heard.data.get("consultee")
    if agency:
        return Addressee(f"{AGENCY}:{agency}")
    return Addressee(f"team:{consultee}") if consultee else None


def _list_owed(heard: Heard, profile: Profile, addressed: Addressing) -> list[Owed]:
    found: dict[tuple[str, str], Owed] = {}
    for rule in profile.rules.select_matching(heard.type, heard.data):
        channels = tuple(channel for channel in rule.channels if channel in profile.channels)
        for to in _list_reached(addressed(rule.audience, heard), heard, profile) if channels else ():
            said = (to.recipient, rule.template)
            if said in found:
                found[said] = _merge_owed(found[said], channels, urgent=rule.urgent)
            else:  # by its place and not by a name of the profile: a renamed template is not told again
                place = sum(recipient == to.recipient for recipient, _ in found)
                notice_id = derive_id(heard.id, to.recipient, *([str(place)] if place else ()))
                found[said] = Owed(notice_id, heard, to, rule.audience, rule.template, rule.urgent, channels)
    return list(found.values())


def _list_reached(to: Addressee | None, heard: Heard, profile: Profile) -> list[Addressee]:
    """Whom the rule means, and whoever takes their place."""
    if to is None:
        return []
    return [to, *map(Addressee, profile.deputies(to.recipient, heard))]


def _merge_owed(owed: Owed, channels: Sequence[NoticeChannel], *, urgent: bool) -> Owed:
    return replace(owed, channels=tuple(dict.fromkeys((*owed.channels, *channels))), urgent=owed.urgent or urgent)

"""What is done to a recipient: by the services that hold contacts, and by the people themselves."""

from dataclasses import dataclass

from services.notify.channels.email import Email, OwnLink
from services.notify.domain.absences import Absences, hear_absences
from services.notify.domain.file import APPLICANT
from services.notify.domain.planning import Profile
from services.notify.domain.recipient import (
    Language,
    Recipient,
    Said,
    confirm,
    erase,
    outdated,
    prefer,
    record,
)
from services.notify.domain.recipient import renew_link as link_renewed
from services.notify.domain.recipient import take_over as taken_over
from services.notify.links import Links
from services.notify.queries import Filter
from services.notify.resending import send_again
from services.notify.sending import Sender
from services.notify.store import Store
from shared.events.absences import AbsencesChanged
from shared.events.contacts import ContactRecorded, contact_key
from shared.events.neighbours import PARTY as NEIGHBOURS
from shared.events.permit_life import PermitTransferred
from shared.events.permits import PermitSubmitted
from shared.events.reports import ReportSubmitted
from shared.kernel import Cause, Reject, Step
from shared.kernel.gather import all_of
from shared.town import Town

LINKS_MOST = 20  # cases of one address in one mail
NOTICES_MOST = 100  # of one recipient: more than a case ever has


@dataclass(frozen=True)
class Desk:
    """What a use case of notify is given: where notices are kept, the town, and what writes and sends them."""

    store: Store
    town: Town
    links: Links
    sender: Sender
    profile: Profile
    email: Email


async def note_absences(desk: Desk, list_id: str, event: AbsencesChanged, cause: Cause) -> None:
    """Keep the list of who is away as it is now; one that comes late changes nothing."""

    def decide(before: Absences | None, cause: Cause) -> Step[Absences] | None:
        return None if cause.late else Step(hear_absences(before, event))

    await desk.store.absences.cases.step(list_id, decide, cause)


async def record_contact(desk: Desk, event: ContactRecorded, subject: str, said: Said, cause: Cause) -> None:
    """Keep the contact, and send what waited for it."""
    if subject != contact_key(event.case_id, event.party):
        raise Reject("wrong-subject", "the contact is not the one that its subject names")

    def decide(person: Recipient | None, cause: Cause) -> Step[Recipient] | None:
        return None if cause.late or outdated(person, said) else Step(record(person, event, said))

    await desk.store.recipients.step(subject, decide, cause, is_new=True)  # corrections are rare
    waiting = await desk.store.waiting(subject)
    await all_of(*(desk.sender.contact_came(notice_id, cause) for notice_id in waiting))


async def renew_link(desk: Desk, case_id: str, party: str, number: int, cause: Cause) -> None:
    """The service that owns the case has replaced their link."""

    def decide(person: Recipient | None, _: Cause) -> Step[Recipient] | None:
        after = link_renewed(person, case_id, party, number)
        return Step(after) if after else None

    await desk.store.recipients.step(contact_key(case_id, party), decide, cause)


async def take_over(desk: Desk, case_id: str, event: PermitTransferred, cause: Cause) -> None:
    """The permit has another holder: what was known of the one before is forgotten, and their links silence nobody."""

    def decide(person: Recipient | None, _: Cause) -> Step[Recipient] | None:
        after = taken_over(person, case_id, APPLICANT, event.link_number, event.transferred_at)
        return Step(after) if after else None

    await desk.store.recipients.step(contact_key(case_id, APPLICANT), decide, cause)


async def erase_heard_contact(desk: Desk, subject: str, said: Said, cause: Cause) -> None:
    """Another service erased it: forget the contact; a follower follows no more."""
    case_id, _, party = subject.partition(":")
    if not party:
        raise Reject("no-party", "an erasure names the case and the party")

    def decide(person: Recipient | None, cause: Cause) -> Step[Recipient] | None:
        return None if cause.late or outdated(person, said) else Step(erase(person, case_id, party, said))

    await desk.store.recipients.step(subject, decide, cause)


async def set_preferences(
    desk: Desk,
    case_id: str,
    party: str,
    number: int,
    *,
    muted: bool | None = None,
    language: Language | None = None,
) -> None:
    """Mute, or choose a language; twice is the same as once. `number`: of the link by which it is asked; one of whoever
    held the case before changes nothing."""

    def decide(person: Recipient | None, _: Cause) -> Step[Recipient] | None:
        if person and number < person.first_link:
            return None
        return Step(prefer(person, case_id, party, muted=muted, language=language))

    await desk.store.recipients.step(contact_key(case_id, party), decide, Cause.request())


async def ask_for_mail(desk: Desk, case_id: str, party: str, number: int) -> None:
    """They want mail after all; what asks whether the address is theirs, and was kept back till now, leaves."""
    await set_preferences(desk, case_id, party, number, muted=False)
    person = await desk.store.find_person(case_id, party)
    if person is None or not person.must_confirm:
        return
    for notice in await desk.store.list_newest(Filter(recipients=[contact_key(case_id, party)]), NOTICES_MOST):
        if notice.state.asking and notice.state.kept_back("email"):
            await send_again(desk.store, None, notice.id, ["email"])


async def confirm_address(desk: Desk, case_id: str, party: str) -> None:
    """Whoever reads the mail there wants to be told; twice is the same as once."""

    def decide(person: Recipient | None, _: Cause) -> Step[Recipient] | None:
        after = confirm(person)
        return Step(after) if after else None

    await desk.store.recipients.step(contact_key(case_id, party), decide, Cause.request())


async def send_links(desk: Desk, address: str, language: str) -> None:
    """Mail the links of all cases of an address. Whoever asks learns nothing: not even whether there are any.

    They go to the address as it was left with the case, whatever was typed now: the two are alike, and may be two
    mailboxes all the same.
    """
    people = [one.state for one in await desk.store.list_reached_at(address, LINKS_MOST)]
    links: dict[str, list[OwnLink]] = {}
    for person, link in zip(people, await all_of(*(_own_link(desk, one) for one in people)), strict=True):
        if link and person.email:
            links.setdefault(person.email, []).append(link)
    for theirs in sorted(links, key=lambda one: one != address):
        await desk.email.send_links(theirs, language, links[theirs])


async def _own_link(desk: Desk, person: Recipient) -> OwnLink | None:
    case = await desk.store.files.get(person.case_id)
    if person.party.startswith(NEIGHBOURS):  # it is not their case
        return None
    if case is None or case.state.reference is None:
        return None
    about = PermitSubmitted.type if case.state.owner == APPLICANT else ReportSubmitted.type
    link = desk.links.case(about, case.state.reference, person.case_id, person.party, person.link_number)
    return OwnLink(case.state.reference, link)

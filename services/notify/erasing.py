"""Erasing how a person is reached, as they ask themselves, or an operator for them."""

from services.notify.domain.recipient import Recipient, Said, erase
from services.notify.store import Store
from shared.events.contacts import contact_key
from shared.kernel import Cause, Erase, Step, now


async def erase_contact(store: Store, case_id: str, party: str) -> None:
    """Erase what leads to the person, as they ask here, and take it back from the topic by a tombstone.

    Timed after whatever was said of the contact by a clock ahead of ours: a tombstone is judged by its time.
    """
    known = await store.find_person(case_id, party)
    cause = Cause.request(at=max(now(), known.said_at if known and known.said_at else now()))
    said = Said(cause.at, "notify")

    def decide(person: Recipient | None, _: Cause) -> Step[Recipient]:
        return Step(erase(person, case_id, party, said), contacts=[Erase(party)])

    await store.recipients.step(contact_key(case_id, party), decide, cause)

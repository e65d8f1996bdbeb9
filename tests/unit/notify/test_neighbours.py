"""Mail to somebody next to a plot: their question and its code, once more as a reminder, and nothing of the case."""

from datetime import timedelta
from typing import Any

import pytest

from services.notify.commands import send_links
from shared.events.neighbours import PermitNeighbourAsked, PermitNeighbourReminded, party_of
from shared.events.permit_base import PermitEvent
from shared.neighbour_links import neighbour_code, neighbour_path
from shared.secret_links import case_secret
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_in_memory import SECRET, NotifyInMemory, at_work
from tests.support.notify_mail import texts

NEXT_DOOR = "01KB56A2F7J4N8Q1T5W9Y3B6DH"
PARTY = party_of(NEXT_DOOR)
ADDRESS = "duangjai@example.org"
ASKED: dict[str, Any] = {
    "permit_type": "house-new", "zone": "ban-tamnak", "team": "works-building", "neighbour": NEXT_DOOR,
    "due_at": BEGAN + timedelta(days=21), "party": PARTY,
}  # fmt: skip


async def told(
    *kinds: type[PermitEvent], contact: dict[str, Any] | None = None, **fields: Any
) -> tuple[NotifyInMemory, Story]:
    notify, story = NotifyInMemory(), Story()
    await notify.hear(story.applied(permit_type="house-new"), story.contact("applicant"))
    notify.email.taken.clear()
    if contact is not None:
        await notify.hear(story.contact(PARTY, email=ADDRESS, confirmed=False, name=None, **contact))
    for kind in kinds:
        await at_work(notify, story.of_permit(kind, **{**ASKED, **fields}))
    return notify, story


async def test_they_get_their_question_its_code_and_no_word_of_the_applicant() -> None:
    notify, story = await told(PermitNeighbourAsked, contact={})
    (mail,) = notify.email.taken
    plain, html = texts(mail)
    code = neighbour_code(SECRET, story.case_id, NEXT_DOOR)

    assert mail["To"] == ADDRESS
    assert code in plain
    for text in (plain, html):
        assert neighbour_path(story.reference, code) in text
        assert case_secret(SECRET, story.case_id) not in text, "the applicant's own link"
        assert "/inbox/confirm/" not in text
    assert "สมหญิง" not in plain
    assert "ท่านเจ้าของหรือผู้ครอบครอง" in plain
    assert "ผู้อยู่ข้างเคียง" in plain.partition("-- ")[2], "why they get it"
    assert {one["audience"]: one["asked"] for one in notify.ends()} == {"applicant": None, "neighbour": NEXT_DOOR}


async def test_the_mail_says_which_plot_and_no_link_of_whoever_applies() -> None:
    where = {"address": "99/4 หมู่ 3 https://evil.example/x", "deed_number": "40178"}
    notify, _ = await told(PermitNeighbourAsked, contact={}, **where)
    plain, html = texts(notify.email.taken[0])

    assert "โฉนดที่ดินเลขที่: 40178" in plain
    assert "“99/4 หมู่ 3 " in plain
    assert "evil.example" not in plain + html
    silent, _ = await told(PermitNeighbourAsked, contact={})
    assert "โฉนด" not in texts(silent.email.taken[0])[0], "a release before this one said neither"


async def test_nothing_is_mailed_where_nobody_gave_an_address() -> None:
    notify, _ = await told(PermitNeighbourAsked, party=None)

    assert notify.email.taken == []


async def test_the_mail_waits_for_the_address_that_is_on_its_way() -> None:
    notify, story = await told(PermitNeighbourAsked)
    assert notify.email.taken == []

    await notify.hear(story.contact(PARTY, email=ADDRESS, confirmed=False, name=None))
    await notify.work()

    assert [mail["To"] for mail in notify.email.taken] == [ADDRESS]


async def test_a_reminder_has_the_same_code_and_whoever_wants_no_mail_gets_none() -> None:
    notify, story = await told(PermitNeighbourAsked, PermitNeighbourReminded, contact={})
    code = neighbour_code(SECRET, story.case_id, NEXT_DOOR)
    assert [code in texts(mail)[0] for mail in notify.email.taken] == [True, True]

    quiet, other = await told(PermitNeighbourAsked, contact={})
    await quiet.hear(other.erased(PARTY))
    await at_work(quiet, other.of_permit(PermitNeighbourReminded, **ASKED))
    assert len(quiet.email.taken) == 1


async def test_one_mailbox_gets_so_many_questions_a_day_and_no_more() -> None:
    notify, story = NotifyInMemory(), Story()
    await notify.hear(story.applied(permit_type="house-new"), story.contact("applicant"))
    notify.email.taken.clear()
    most = notify.settings.mails_to_stranger

    for number in range(most + 2):
        party = party_of(f"{number}")
        await notify.hear(story.contact(party, email=ADDRESS, confirmed=False, name=None))
        asked = {**ASKED, "neighbour": f"{number}", "party": party}
        await at_work(notify, story.of_permit(PermitNeighbourAsked, **asked))

    assert len(notify.email.taken) == most


async def test_whoever_asks_for_all_links_of_an_address_gets_none_of_a_case_next_door() -> None:
    notify, _ = await told(PermitNeighbourAsked, contact={})
    notify.email.taken.clear()

    await send_links(notify.desk, ADDRESS, "th")

    assert notify.email.taken == []


@pytest.mark.parametrize("party", [PARTY, "neighbour-x"])
async def test_no_secret_of_the_case_is_ever_made_for_a_neighbour(party: str) -> None:
    notify, story = await told(PermitNeighbourAsked, contact={})

    secret, named = notify.links.key(story.case_id, party)

    assert named == party
    assert secret != case_secret(SECRET, story.case_id)

"""A follower has a document of their own; the report counts each of them once, however the two writes are parted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.following import (
    PATIENCE,
    Follower,
    count,
    follow,
    forget_follower,
    leave,
    moments_of_follower,
    party_of,
)
from services.intake.domain.submission import Contact
from shared.events.contacts import ContactRecorded
from shared.events.reports import ReportFollowed
from shared.kernel import Erase, Reject
from tests.support.reports import CASE, MAIL, OTHER_CASE, after, report


def follower(**changes: object) -> Follower:
    return follow(CASE, "follower-1", after(1), MAIL).state.model_copy(update=changes)


def test_the_contact_goes_its_own_way_and_is_not_kept() -> None:
    step = follow(CASE, "follower-1", after(1), MAIL)
    (contact,) = step.contacts
    assert isinstance(contact, ContactRecorded)
    assert (contact.party, step.events) == ("follower-1", ())
    assert "somchai@example.org" not in step.state.model_dump_json()


def test_following_needs_a_way_to_be_told() -> None:
    with pytest.raises(Reject, match="no-contact"):
        follow(CASE, "follower-1", after(1), Contact(name="สมชาย"))


def test_who_comes_is_counted_and_named_to_notify() -> None:
    step = count(report(followers=4), after(1), 1, party="follower-1")
    (followed,) = step.events
    assert isinstance(followed, ReportFollowed)
    assert (step.state.followers, followed.followers, followed.parties) == (5, 5, ["follower-1"])


def test_who_leaves_is_counted_and_named_to_nobody() -> None:
    step = count(report(followers=4), after(1), -1)
    assert (step.state.followers, step.events[0].model_dump()["parties"]) == (3, [])


def test_the_report_does_not_grow_with_those_who_follow_it() -> None:
    one = report()
    many = one
    for minute in range(500):
        many = count(many, after(minute), 1, party=f"follower-{minute}").state
    assert many.followers == 500
    assert len(many.model_dump_json()) < len(one.model_dump_json()) + 20


def test_what_is_merged_owes_each_change_to_the_report_that_stays() -> None:
    merged = report(state="closed", merged_into=OTHER_CASE)
    came = count(merged, after(1), 1).state
    assert (came.transfer.waiting, came.transfer.since) == (1, after(1))
    gone = count(came, after(2), -1).state
    assert (gone.transfer.waiting, gone.transfer.since) == (0, None)


def test_leaving_erases_the_contact_and_twice_is_once() -> None:
    step = leave(follower(), after(4))
    assert step is not None
    assert (step.contacts, step.state.left_at) == ((Erase("follower-1"),), after(4))
    assert leave(step.state, after(5)) is None


def test_a_moment_waits_for_each_count_that_is_owed() -> None:
    assert [one.at for one in moments_of_follower(follower())] == [after(1) + PATIENCE]
    assert moments_of_follower(follower(counted=True)) == []
    gone = follower(counted=True, left_at=after(9))
    assert [one.at for one in moments_of_follower(gone)] == [after(9) + PATIENCE]
    assert moments_of_follower(gone.model_copy(update={"uncounted": True})) == []


def test_a_contact_is_erased_once_when_the_reports_time_is_over() -> None:
    step = forget_follower(follower(), after(9))
    assert step is not None
    assert step.contacts == (Erase("follower-1"),)
    assert forget_follower(step.state, after(10)) is None
    assert forget_follower(follower(left_at=after(5)), after(10)) is None


@given(st.emails(), st.integers(0, 20))
def test_a_party_is_a_code_and_the_same_for_the_same_address(address: str, turn: int) -> None:
    here, shouted = Contact(email=address), Contact(email=address.swapcase(), name="สมชาย")
    party = party_of("key", CASE, here, turn)
    assert party == party_of("key", CASE, shouted, turn)
    assert party != party_of("key", CASE, here, turn + 1), "who comes back is somebody new"
    assert party != party_of("key", OTHER_CASE, here, turn), "nobody is recognised from one report to the next"
    assert party != party_of("another key", CASE, here, turn), "nobody finds an address by trying"
    ContactRecorded(case_id=CASE, party=party)


@pytest.mark.parametrize(
    "phone",
    ["0812345678", "081-234-5678", "081 234 5678", "(081) 234.5678", "+66812345678", "+66 81 234 5678",
     "+66 (0)81 234 5678", "66812345678", "0066 81 234 5678", "๐๘๑-๒๓๔-๕๖๗๘"],
)  # fmt: skip
def test_a_telephone_is_one_follower_however_it_is_written(phone: str) -> None:
    assert party_of("key", CASE, Contact(phone=phone)) == party_of("key", CASE, Contact(phone="0812345678"))
    assert party_of("key", CASE, Contact(phone=phone)) != party_of("key", CASE, Contact(phone="0812345679"))


def test_a_line_id_is_one_follower_however_it_is_written() -> None:
    parties = {
        party_of("key", CASE, Contact(line_id=line)) for line in ("som.chai", "Som.Chai", "@SOM.CHAI", " som.chai ")
    }
    assert len(parties) == 1
    assert party_of("key", CASE, Contact(line_id="somchai")) not in parties


def test_who_leaves_no_address_is_known_by_their_telephone_or_line() -> None:
    parties = {party_of("key", CASE, Contact(phone=phone, line_id=line)) for phone in ("1", "2") for line in ("a", "b")}
    assert len(parties) == 4

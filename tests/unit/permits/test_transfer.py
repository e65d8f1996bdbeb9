"""A permit that goes to another holder."""

import pytest

from services.permits.domain import transfer
from services.permits.domain.application import Applicant
from shared.events.contacts import ContactRecorded
from shared.events.permit_life import PermitTransferred
from shared.kernel import Reject
from tests.support.permit_life import DAY, HEIR, revoked
from tests.support.permits import HOUSE, MONDAY, SIGNATORY, application, at, signing


def test_whoever_takes_over_a_permit_gets_a_link_of_their_own_and_nothing_that_was_written_before() -> None:
    written = application("decided")
    step = transfer.transfer(written, at(MONDAY + DAY), HOUSE, signing(SIGNATORY), HEIR)

    (told,), (contact,) = step.events, step.contacts
    assert isinstance(told, PermitTransferred)
    assert isinstance(contact, ContactRecorded)
    assert (told.link_number, told.transferred_at) == (written.link_number + 1, MONDAY + DAY)
    assert (contact.name, contact.took_over_at) == ("สมศรี", MONDAY + DAY)
    assert (step.state.applicant, step.state.link_number) == (HEIR, written.link_number + 1)
    assert [(one.name, one.until) for one in step.state.past_holders] == [("สมชาย", MONDAY + DAY)]
    assert (step.state.theirs(MONDAY), step.state.theirs(MONDAY + 2 * DAY)) == (False, True)
    assert written.theirs(MONDAY)


def test_a_permit_goes_to_somebody_who_can_be_reached_and_only_while_it_is_in_force() -> None:
    for case, to, code in (
        (application("decided"), Applicant(name="สมศรี"), "no-contact"),
        (revoked(), HEIR, "wrong-state"),
    ):
        with pytest.raises(Reject) as refusal:
            transfer.transfer(case, at(), HOUSE, signing(SIGNATORY), to)
        assert refusal.value.code == code

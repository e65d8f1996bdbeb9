"""Settings that do not fit each other are refused at the start, in the operator's words."""

import pytest
from pydantic import ValidationError

from services.notify.channels.smtp import WAIT_SECONDS
from services.notify.letters import SECONDS_MOST
from tests.support.notify_in_memory import settings


def test_a_mail_under_way_fits_into_the_stop_by_default() -> None:
    assert settings().smtp_timeout_seconds < settings().shutdown_seconds


@pytest.mark.parametrize(("mail", "stop"), [(20, 20), (30, 20), (10, 4)])
def test_a_mail_that_may_outlast_the_stop_is_refused(mail: int, stop: int) -> None:
    with pytest.raises(ValidationError, match=f"SMTP_TIMEOUT_SECONDS={mail} must be less than SHUTDOWN_SECONDS={stop}"):
        settings(smtp_timeout_seconds=mail, shutdown_seconds=stop)


def test_a_claim_outlasts_a_letter_and_a_mail_that_goes_with_it_and_without() -> None:
    given = settings(smtp_timeout_seconds=12)
    assert given.patience.lease.total_seconds() >= SECONDS_MOST + 2 * (WAIT_SECONDS + 12) + 60


def test_a_shorter_stop_needs_a_shorter_mail() -> None:
    assert settings(smtp_timeout_seconds=2, shutdown_seconds=4).smtp_timeout_seconds == 2


@pytest.mark.parametrize("sender", ["ศูนย์บริการ <a@town.go.th>", "a@town.go.th, b@town.go.th", "town.go.th", "a b@c"])
def test_a_sender_that_no_mail_can_have_is_refused(sender: str) -> None:
    with pytest.raises(ValidationError, match=r"MAIL_FROM=.* is no plain address"):
        settings(mail_from=sender)


def test_a_sender_may_be_left_to_the_town() -> None:
    assert settings().mail_from == ""
    assert settings(mail_from="no-reply@post.town").mail_from == "no-reply@post.town"


@pytest.mark.parametrize(
    ("url", "risk"),
    [
        ("", set()),
        ("http://127.0.0.1:8103", set()),
        ("http://permits-api:8080", set()),
        ("https://permits.town.example", set()),
        ("http://10.0.0.7:8103", {"letters-in-the-clear"}),
        ("http://permits.town.example:8103", {"letters-in-the-clear"}),
    ],
)
def test_letters_and_what_opens_them_pass_no_network_in_the_clear(url: str, risk: set[str]) -> None:
    assert {name for _, name in settings(permits_url=url).unsafe()} == risk

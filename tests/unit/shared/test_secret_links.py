"""A secret opens its own case and nothing else."""

from shared.events.ids import new_id
from shared.secret_links import case_secret, opens


def test_the_secret_opens_its_case_only() -> None:
    mine, other = new_id(), new_id()
    secret = case_secret("key", mine)
    assert opens(secret, ("key",), mine)
    assert not opens(secret, ("key",), other)
    assert not opens(secret, ("another key",), mine)


def test_a_followers_secret_is_not_the_reporters() -> None:
    case_id = new_id()
    assert not opens(case_secret("key", case_id, "follower-1"), ("key",), case_id)
    assert opens(case_secret("key", case_id, "follower-1"), ("key",), case_id, "follower-1")


def test_a_renewed_link_ends_the_one_before() -> None:
    case_id = new_id()
    first, second = case_secret("key", case_id), case_secret("key", case_id, number=1)
    assert opens(first, ("key",), case_id)
    assert not opens(first, ("key",), case_id, number=1)
    assert opens(second, ("key",), case_id, number=1)
    assert not opens(second, ("key",), case_id)


def test_while_the_towns_key_is_changed_links_of_both_open() -> None:
    mine = new_id()
    for made_with in ("new", "old"):
        assert opens(case_secret(made_with, mine), ("new", "old"), mine)
    assert not opens(case_secret("older", mine), ("new", "old"), mine)


def test_no_secret_opens_nothing() -> None:
    assert not opens(None, ("key",), new_id())
    assert not opens("", ("key",), new_id())
    assert not opens("ลับ", ("key",), new_id())


def test_it_fits_a_link_and_is_long_enough() -> None:
    secret = case_secret("key", new_id())
    assert len(secret) == 22
    assert secret.replace("-", "").replace("_", "").isalnum()

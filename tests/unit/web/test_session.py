"""The session's two ends: a working day, and an hour without use."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from starlette.responses import Response

from shared.people import Person
from shared.settings import ServiceSettings
from shared.web.session import IDLE, LIFETIME, RENEW, Session, Sessions

WHO = Person(sub="u-1", name="สมชาย", roles=frozenset({"officer"}), team="works-water")


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(ServiceSettings(session_secret="one"), clock)


def value_of(header: str) -> str:
    return header.split("=", 1)[1].split(";", maxsplit=1)[0]


def test_a_session_comes_back_as_it_was(sessions: Sessions) -> None:
    session = Session(WHO, 1_000_000, 1_000_000, "one")
    assert sessions.read(value_of(sessions.header(session))) == session


def test_an_hour_without_use_ends_it(sessions: Sessions, clock: Clock) -> None:
    cookie = value_of(sessions.header(Session(WHO, 1_000_000, 1_000_000, "one")))
    clock.now += IDLE - 1
    assert sessions.read(cookie)
    clock.now += 1
    assert sessions.read(cookie) is None


def test_a_crews_phone_may_be_in_the_pocket_for_the_whole_shift(sessions: Sessions, clock: Clock) -> None:
    for roles, kept in (({"crew"}, True), ({"crew", "supervisor"}, False)):
        clock.now = 1_000_000
        person = WHO.model_copy(update={"roles": frozenset(roles)})
        cookie = value_of(sessions.header(Session(person, 1_000_000, 1_000_000, "one")))
        clock.now += LIFETIME - 1
        assert bool(sessions.read(cookie)) is kept
        clock.now += 1
        assert sessions.read(cookie) is None


def test_use_prolongs_it_up_to_a_working_day(sessions: Sessions, clock: Clock) -> None:
    session = Session(WHO, 1_000_000, 1_000_000, "one")
    while clock.now < 1_000_000 + LIFETIME:
        kept = sessions.read(value_of(sessions.header(session)))
        assert kept is not None
        session = sessions.renew(kept) or kept
        clock.now += IDLE / 2
    assert sessions.read(value_of(sessions.header(session))) is None


def test_a_fresh_cookie_is_not_written_again(sessions: Sessions, clock: Clock) -> None:
    session = Session(WHO, 1_000_000, 1_000_000, "one")
    clock.now += RENEW - 1
    assert sessions.renew(session) is None


@pytest.mark.parametrize(
    "damage", [lambda v: v + "x", lambda v: "x" + v, lambda v: v.rsplit(".", 1)[0], lambda v: "", lambda v: "ก"]
)
def test_a_damaged_cookie_is_nobody(sessions: Sessions, damage: Callable[[str], str]) -> None:
    assert sessions.read(damage(value_of(sessions.header(Session(WHO, 1_000_000, 1_000_000, "one"))))) is None


def test_another_secret_is_nobody(sessions: Sessions, clock: Clock) -> None:
    other = Sessions(ServiceSettings(session_secret="two"), clock)
    assert other.read(value_of(sessions.header(Session(WHO, 1_000_000, 1_000_000, "one")))) is None


def test_while_the_secret_is_changed_nobody_is_signed_out(clock: Clock) -> None:
    """Replicas of before, between and after the change stand side by side for as long as a roll-out takes."""
    steps = [
        ServiceSettings(session_secret="old"),
        ServiceSettings(session_secret="old", session_secret_also="new"),
        ServiceSettings(session_secret="new", session_secret_also="old"),
        ServiceSettings(session_secret="new"),
    ]
    session = Session(WHO, 1_000_000, 1_000_000, "one")
    replicas = [Sessions(settings, clock) for settings in steps]
    for one, next_one in pairwise(replicas):
        for written_by, read_by in ((one, next_one), (next_one, one)):
            assert read_by.read(value_of(written_by.header(session))) == session
    assert replicas[-1].read(value_of(replicas[0].header(session))) is None


def test_no_two_sign_ins_are_one_session(sessions: Sessions) -> None:
    made = [sessions.start(Response(), WHO) for _ in range(2)]
    assert made[0].id != made[1].id
    assert min(len(one.id) for one in made) >= 22


def test_a_cookie_of_an_earlier_release_is_nobody(sessions: Sessions) -> None:
    old = sessions._sessions.dumps({"p": WHO.model_dump(mode="json"), "s": 1_000_000, "l": 1_000_000})
    assert sessions.read(str(old)) is None


def test_the_cookie_is_signed_with_sha_256(sessions: Sessions) -> None:
    cookie = value_of(sessions.header(Session(WHO, 1_000_000, 1_000_000, "one")))
    assert len(cookie.rsplit(".", 1)[1]) == 43  # 32 bytes in base64


def test_who_serves_nobody_believes_no_session_whoever_signed_it(clock: Clock) -> None:
    """Such a process is not given the secret; what it has in its place is published with the code."""
    published = Sessions(ServiceSettings(), clock)
    cookie = value_of(published.header(Session(WHO, 1_000_000, 1_000_000, "one")))
    worker = Sessions(ServiceSettings(roles=frozenset({"worker"})), clock)

    assert published.read(cookie)
    assert worker.read(cookie) is None

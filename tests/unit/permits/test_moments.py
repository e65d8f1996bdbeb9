"""What permits does by the clock, under a profile that has changed since: no moment stays where it was."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest

from services.permits import timers
from services.permits.commands import Desk
from services.permits.domain import decision, handing_in, moments, revoking, validity
from services.permits.domain.application import Application
from services.permits.domain.moments import Periods
from services.permits.domain.permit_life import Inspection
from services.permits.domain.rules import Rules
from services.permits.file_store import FileStore
from services.permits.letter_store import LetterStore, StoredLetter
from services.permits.settings import Settings
from services.permits.store import Store
from shared.events.ids import new_id
from shared.files.budget import Budget
from shared.files.scanner import Scanner
from shared.kernel import Case, now
from shared.kernel.sweeps import Unswept
from shared.town import Town
from tests.support.moments import Timers, saved
from tests.support.permits import MONDAY, RULES, SIGNATORY, TOWN, application, at, signed, signing

CASE = new_id()
PERIODS = Periods(draft_days=90, applicant_days=3650)
LONGER, SHORTER = Periods(180, 7300), Periods(30, 365)
NOTHING_SAID = TOWN.model_copy(update={"permits": {}, "permit_escalation": ()})


class Printed(LetterStore):
    """Every letter is made."""

    def __init__(self) -> None:
        pass

    async def get(self, case_id: str, turn: int = 0) -> StoredLetter | None:
        return StoredLetter(b"%PDF", "f" * 64)


class NoTrail:
    """Nobody of the staff has done anything here."""

    async def rewrite(self, _case_id: str, _rewritten: object) -> None:
        return None


class MemoryStore(Store):
    """Applications alone; every letter is printed and no file is there."""

    def __init__(self, service: Timers, periods: Periods) -> None:
        self.periods = periods
        self.applications = cast(Any, service).cases(
            "applications",
            Application,
            moments=lambda one: moments.moments(one, self.periods),
            kinds=moments.KINDS,
        )
        self.ids: list[str] = []
        self.forgotten_files: list[str] = []
        self.files = cast(FileStore, self)
        self.letters = Printed()
        self.trail = cast(Any, NoTrail())

    async def find_rules(self, _content_hash: str) -> Rules | None:
        return RULES

    async def forget_file(self, file_id: str) -> None:
        self.forgotten_files.append(file_id)

    async def forget(self, case: Case[Application]) -> None:
        table = cast(Any, self.applications.store)
        del table.rows[case.id], table.waits[case.id]

    async def list_overdue(self, _periods: Periods) -> AsyncIterator[str]:
        for case_id in self.ids:
            yield case_id


@pytest.fixture
def service() -> Timers:
    return Timers()


@pytest.fixture
def store(service: Timers) -> MemoryStore:
    return MemoryStore(service, PERIODS)


async def no_bytes() -> int:
    return 0


def restarted(service: Timers, store: MemoryStore, periods: Periods = PERIODS, profile: Town = TOWN) -> Desk:
    """The process has started anew, with these periods and this profile."""
    store.periods = periods
    desk = Desk(store, profile, cast(Settings, None), periods, Scanner(""), Budget("drafts", 1, no_bytes))
    timers.schedule(service.service, desk)
    return desk


def refused() -> Application:
    return decision.decide(application("examined"), at(), RULES, TOWN, signed("refused")).state


def expired() -> Application:
    step = validity.end_validity(application("decided"), at(MONDAY + timedelta(days=366)))
    assert step is not None
    return step.state


def inspected() -> Application:
    day = Inspection(id=new_id(), at=MONDAY + timedelta(days=3))
    return application("decided").model_copy(update={"inspections": (day,)})


def revoked() -> Application:
    return revoking.revoke(application("decided"), at(), RULES, TOWN, signing(SIGNATORY), "ม. 40").state


def nearly_over() -> Application:
    return application("decided").model_copy(update={"expiry_warning_at": MONDAY + timedelta(days=335)})


def taken_back() -> Application:
    step = handing_in.expire_draft(application("draft"), at(MONDAY + timedelta(days=90)), 90)
    assert step is not None
    return step.state


def left_as_draft() -> Application:
    return application("draft").model_copy(update={"state": "withdrawn"})


STATES = {
    "draft": application("draft"), "submitted": application("submitted"), "accepted": application("accepted"),
    "asked": application("documents-requested"), "examined": application("examined"),
    "decided": application("decided"), "withdrawn": application("withdrawn"), "refused": refused(),
    "expired": expired(), "inspected": inspected(), "taken back": taken_back(), "revoked": revoked(),
    "nearly over": nearly_over(), "left": left_as_draft(),
}  # fmt: skip
PROFILES = {
    "the same": (PERIODS, TOWN),
    "kept longer": (LONGER, TOWN),
    "kept shorter": (SHORTER, TOWN),
    "types and ladder gone": (LONGER, NOTHING_SAID),
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("state", STATES)
async def test_no_moment_stays_where_it_was(service: Timers, store: MemoryStore, state: str, profile: str) -> None:
    await saved(store.applications, CASE, STATES[state])
    restarted(service, store, *PROFILES[profile])

    assert await service.play(store.applications, CASE) == []


async def test_a_profile_that_goes_back_to_what_it_said_has_its_effect(service: Timers, store: MemoryStore) -> None:
    await saved(store.applications, CASE, expired())
    restarted(service, store, LONGER)
    await service.play(store.applications, CASE)
    restarted(service, store)
    await saved(store.applications, CASE, await seen(store))

    assert await service.play(store.applications, CASE) == []
    assert (await seen(store)).forgotten_at is not None


async def seen(store: MemoryStore) -> Application:
    case = await store.applications.get(CASE)
    assert case is not None
    return case.state


def long_ago(one: Application, days: int) -> Application:
    """The application as if all of it had happened so many days before now."""
    earlier = {"created_at": now() - timedelta(days=days), "timeline": ()}
    closed = {"closed_at": now() - timedelta(days=days)} if one.closed_at else {}
    return one.model_copy(update=earlier | closed)


async def test_periods_that_became_shorter_are_kept_to(service: Timers, store: MemoryStore) -> None:
    draft, other = new_id(), new_id()
    await saved(store.applications, CASE, long_ago(expired(), 400))
    await saved(store.applications, draft, long_ago(application("draft"), 40))
    await saved(store.applications, other, long_ago(application("draft"), 20))
    store.ids = ["unknown", CASE, draft, other]
    restarted(service, store, SHORTER)
    await service.sweeps["periods"]()

    closed = await seen(store)
    assert (closed.applicant.email, closed.forgotten_at is not None) == (None, True)
    assert store.forgotten_files
    assert service.tables["applications"].rows.keys() == {CASE, other}


async def test_an_application_that_cannot_be_read_keeps_no_other_from_its_turn(
    service: Timers, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await saved(store.applications, CASE, long_ago(expired(), 400))
    store.ids = ["broken", CASE]
    desk, get = restarted(service, store, SHORTER), store.applications.get

    async def fails(case_id: str) -> Case[Application] | None:
        if case_id == "broken":
            raise ValueError(case_id)
        return await get(case_id)

    monkeypatch.setattr(store.applications, "get", fails)
    with pytest.raises(Unswept):
        await timers.do_what_is_overdue(desk)

    assert (await seen(store)).forgotten_at is not None


def test_every_kind_of_moment_is_declared() -> None:
    """One that is not refuses every step of an application that waits for it."""
    named = {
        value
        for name, value in vars(moments).items()
        if name.isupper() and isinstance(value, str) and name != "LETTERS"
    }

    assert named == set(moments.KINDS)

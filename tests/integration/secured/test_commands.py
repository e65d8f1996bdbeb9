"""An operator's commands where everybody signs in: their own identity is enough for each, and for no more."""

from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.secured import ADMIN
from tests.support.commands import onestop
from tests.support.stack import Stack
from tools.operate import acls
from tools.operate.acls import OPERATORS
from tools.operate.doctor.broker import of_access


def test_what_only_looks_needs_no_more_than_the_operators_identity(secured: Stack) -> None:
    assert [one["service"] for one in onestop(secured, "status", status=None)] == [
        "intake", "dispatch", "permits", "notify",
    ]  # fmt: skip
    assert isinstance(onestop(secured, "audit"), list)
    assert onestop(secured, "topics", "check") == []


def test_what_was_told_is_found_in_the_journal_and_on_the_broker(secured: Stack) -> None:
    found = onestop(secured, "republish", "--since", "1h", "--dry-run", "--by", "somchai")
    assert found["lost"] == {}


def test_the_doctor_finds_nothing_open_and_nothing_broken(secured: Stack) -> None:
    found = onestop(secured, "doctor", "--only", "database", "--only", "broker", status=1)
    assert [one for one in found if one["grade"] != "unfinished"] == []


async def test_access_lists_are_told_to_the_administrator_alone_and_are_whole(secured: Stack) -> None:
    assert await _read(secured, OPERATORS) == acls.UNTOLD
    known = await _read(secured, ADMIN)
    assert isinstance(known, list)
    assert [one.text for one in of_access("", known)] == []


async def _read(stack: Stack, name: str) -> list[acls.Grant] | str:
    admin = AIOKafkaAdminClient(**stack.brokers(name).options())
    await admin.start()
    try:
        return await acls.read(admin)
    finally:
        await admin.close()

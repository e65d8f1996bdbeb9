"""An operator's commands where everybody signs in: their own identity is enough for each, and for no more."""

from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.parts.services import identity
from deploy.local.secured import ADMIN
from tests.support.commands import onestop
from tests.support.stack import Stack
from tools.operate import acls, backup, restore
from tools.operate.__main__ import main
from tools.operate.acls import OPERATORS
from tools.operate.doctor.broker import of_access
from tools.operate.failures import NotDone


def test_what_only_looks_needs_no_more_than_the_operators_identity(secured: Stack) -> None:
    assert [one["service"] for one in onestop(secured, "status", status=None)] == [
        "intake", "dispatch", "permits", "notify",
    ]  # fmt: skip
    assert isinstance(onestop(secured, "audit"), list)
    assert onestop(secured, "topics", "check") == []


def test_what_was_told_is_found_in_the_journal_and_on_the_broker(secured: Stack) -> None:
    found = onestop(secured, "republish", "--since", "1h", "--dry-run", "--by", "somchai")
    assert found["lost"] == {}


def test_a_backup_is_taken_with_the_operators_identity_and_not_restored_under_services_that_run(
    secured: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.main(["key", str(tmp_path / "key")])
    for name, value in {
        "BACKUP_DIR": str(tmp_path / "kept"),
        "BACKUP_IDENTITY_FILE": str(tmp_path / "key"),
        "BACKUP_RECIPIENTS": (tmp_path / "key").read_text("utf-8").split()[3],
    }.items():
        monkeypatch.setenv(name, value)
    onestop(secured, "backup", "take")
    assert len(onestop(secured, "backup", "list")) == 1
    for name, value in {**secured.env, **identity(secured.ports, secured.secured, OPERATORS)}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NotDone, match="stop all services first"):
        restore.main(["--yes", "--replace", "--by", "somchai"])


def test_the_doctor_finds_nothing_open_and_nothing_broken(secured: Stack) -> None:
    """Also what is trusted by the stack's own authority alone: its mail server."""
    parts = ("--only", "database", "--only", "broker", "--only", "outside")
    found = onestop(secured, "doctor", *parts, status=1)
    assert [one for one in found if one["grade"] != "unfinished"] == []


async def test_access_lists_are_told_to_the_administrator_alone_and_are_whole(secured: Stack) -> None:
    assert await _read(secured, OPERATORS) == acls.UNTOLD
    known = await _read(secured, ADMIN)
    assert isinstance(known, list)
    assert [one.text for one in of_access("", known)] == []


def test_who_gave_which_rights_on_the_broker_is_on_record_once(
    secured: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**secured.env, **identity(secured.ports, secured.secured, ADMIN)}.items():
        monkeypatch.setenv(name, value)
    asked = ["topics", "acls", "--apply", "--reader", "the-university", "--by", "somchai"]
    for _ in range(2):
        assert main(asked) == 0
    assert "4 rights are given anew" in capsys.readouterr().out
    found = [one for one in onestop(secured, "audit", "--sub", "operator:somchai") if one["act"] == "topics-acls"]
    assert sorted(one["service"] for one in found) == ["dispatch", "intake", "notify", "permits"]
    (change,) = found[0]["changes"]
    assert len(change["new"]) == 4
    assert all("User:the-university" in right for right in change["new"])


async def _read(stack: Stack, name: str) -> list[acls.Grant] | str:
    admin = AIOKafkaAdminClient(**stack.brokers(name).options())
    await admin.start()
    try:
        return await acls.read(admin)
    finally:
        await admin.close()

"""Words that were covered at somebody's wish do not come back with a restoration, whoever still knows of it."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.report import Entry, Report
from shared.events.ids import new_id
from shared.kernel import Cause, Step
from shared.kernel.mongo_indexes import prepare_all
from shared.references import make_reference
from tests.support.backed_up import BackedUp
from tests.support.reports import AT, report
from tools.operate import erase, restore
from tools.operate.backups.database import Databases
from tools.operate.backups.erasures import list_erased_reports
from tools.operate.desks import open_forgetting_intake, services

PHONE = "081-234-5678"
CLOSED: Mapping[str, Any] = {"state": "closed", "outcome": "fixed", "closed_at": AT + timedelta(days=1)}


@pytest.fixture
def town(kafka: str, mongo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BackedUp]:
    made = BackedUp(kafka, mongo, tmp_path, monkeypatch)
    asyncio.run(_prepare())
    yield made
    made.close()


async def _prepare() -> None:
    """As the services were there before."""
    async with services() as every:
        for one in every.values():
            await prepare_all(one.database, one.wanted_indexes, {})


def sent(**changes: Any) -> str:
    """A report with a number in its words; its id."""
    case_id = new_id()
    line = Entry(at=AT, type="commented", note=f"โทร {PHONE}", public_note=None)
    asyncio.run(_open(case_id, report(reference=make_reference("MH", case_id), timeline=[line], **changes)))
    return case_id


async def _open(case_id: str, fresh: Report) -> None:
    async with open_forgetting_intake() as desk:
        await desk.store.reports.step(case_id, lambda _, __: Step(fresh), Cause.request())


def words(data: Databases, case_id: str) -> Report:
    """What the database of intake has of it."""
    found = data.of("intake")["reports"].find_one({"_id": case_id})
    assert found is not None
    return Report.model_validate(found["state"])


def test_words_that_were_covered_after_the_moment_are_covered_again(
    town: BackedUp, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, stays, open_then = sent(**CLOSED), sent(**CLOSED), sent()
    moment = town.take().manifest.time.isoformat()
    closed = {f"state.{name}": value for name, value in CLOSED.items()}
    town.data.of("intake")["reports"].update_one({"_id": open_then}, {"$set": closed})
    for case_id in (gone, open_then):
        assert erase.main([make_reference("MH", case_id), "--yes", "--by", "somchai"]) == 0
    assert PHONE not in words(town.data, gone).text
    town.take()

    other = town.elsewhere()
    assert restore.main(["--yes", "--by", "somchai", "--rehearsal", "--to", moment]) == 0

    said = capsys.readouterr().out
    assert "1 reports whose words were covered before their time are covered again" in said
    assert "1 reports were covered so too and are open again" in said
    assert make_reference("MH", open_then) in said
    found = words(other, gone)
    assert found.forgotten_at is not None
    assert PHONE not in found.model_dump_json()
    assert PHONE in words(other, stays).text
    assert PHONE in words(other, open_then).text


def test_the_broker_too_knows_of_whom_the_words_were_covered() -> None:
    """Of a contact that a person erased by the link in their mail notify tells, and their words stay."""
    told = {"01A:reporter": {"intake", "notify"}, "01B:reporter": {"notify"}, "01C:follower-1": {"intake"}}
    assert list_erased_reports({**told, "01D:reporter": set()}) == {"01A"}

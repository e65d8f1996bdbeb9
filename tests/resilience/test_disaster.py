"""A whole town is lost under load and comes back from a backup, with a service dead at the moment of the backup and the
restoration killed once on its way."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from pymongo import MongoClient

from shared.events.catalogue import SERVICES
from tests.support.backed_up import RESTORE, wait
from tests.support.kernel import eventually
from tests.support.persistent_clients import Asked, PersistentClients
from tests.support.reconciliation import Cases, _letters, _notices, _orders, caught_up
from tests.support.stack import Stack
from tests.support.waiting import until
from tools.operate import backup, restore
from tools.operate.backups.chain import moments

PARTS = ("mail", "kafka", "mongo", "oidc", "topics", *SERVICES)


class Disaster:
    """A town, its backups, and the commands that an operator gives."""

    def __init__(self, stack: Stack, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.stack = stack
        self.home = folder / "kept"
        backup.main(["key", str(folder / "key")])
        around = {
            **{name: stack.env[name] for name in ("MONGODB_URI", "KAFKA_BOOTSTRAP_SERVERS", "TOWN_DIR")},
            "BACKUP_DIR": str(self.home),
            "BACKUP_IDENTITY_FILE": str(folder / "key"),
            "BACKUP_RECIPIENTS": (folder / "key").read_text("utf-8").split()[3],
        }
        for name, value in around.items():
            patch.setenv(name, value)

    async def take(self) -> str:
        """The moment, as `restore --to` wants it: no other moment is of the same second."""
        await asyncio.sleep(1.1)
        assert await asyncio.to_thread(backup.main, ["take"]) == 0
        return moments(self.home)[-1][1].manifest.time.isoformat()

    async def strike(self, *, kafka_is_lost: bool) -> None:
        """Every process dies at once; the broker may lose all that it had."""
        for service in SERVICES:
            self.stack.kill(service)
        if kafka_is_lost:
            self.stack.kill("kafka")
            shutil.rmtree(self.stack.home / "data" / "kafka")
            self.stack.up("kafka", "topics")
        else:
            await asyncio.sleep(12)  # until the broker no longer counts the dead as members of their groups

    def restore(self, *arguments: str) -> None:
        """Killed once while documents are being loaded, then run once more."""
        with subprocess.Popen([*RESTORE, "--replace", *arguments], stdout=subprocess.DEVNULL) as first:
            until(lambda: self._is_loading() or not wait(), "the restoration to load")
            first.kill()
        assert restore.main(["--yes", "--by", "somchai", *arguments]) == 0

    def _is_loading(self) -> bool:
        with MongoClient[dict[str, bool]](self.stack.mongo) as client:
            return any(not mark["finished"] for mark in client["onestop_notify"]["restored"].find())


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kafka_is_lost", [False, True], ids=["kafka-is-there", "kafka-is-lost"])
async def test_a_town_comes_back(
    new_stack: Callable[..., Stack],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kafka_is_lost: bool,
) -> None:
    stack = new_stack(RATE_LIMITS="off", OTEL_TRACES_EXPORTER="none", OTEL_EXPORTER_OTLP_ENDPOINT="").up(*PARTS)
    disaster = Disaster(stack, tmp_path, monkeypatch)
    async with PersistentClients(stack) as clients:
        early = await _reports(clients, 20)
        await clients.work(early[0].answer["id"], "acknowledge")
        await caught_up(stack)
        await disaster.take()
        stack.kill("notify")  # what is told from here on is under way
        late = await _reports(clients, 10)
        moment = await disaster.take()
        stack.start("notify")
        await _erase(clients, early[1])
        await clients.work(late[0].answer["id"], "acknowledge", "start", "complete")
        await caught_up(stack)
        await disaster.take()
        # Of welfare nothing is told to everybody, so there is nothing to take back.
        lost = [*await _reports(clients, 3, category="water-leak"), *await _reports(clients, 1)]
        await caught_up(stack)

        await disaster.strike(kafka_is_lost=kafka_is_lost)
        await asyncio.to_thread(disaster.restore, "--to", moment)
        said = capsys.readouterr().out
        stack.up(*SERVICES)

        await caught_up(stack)
        cases = Cases(reports=[asked.answer["id"] for asked in (*early, *late)])
        await eventually(lambda: _is_whole(clients, cases), 120)
        await _check_erased(clients, early[1])
        await _check_forgotten(clients, lost)
        shown = 0 if kafka_is_lost else 6  # reports and their work
        assert f"{shown} cases that nobody knows any more are taken back" in said
        for asked in lost:
            assert (asked.answer["reference"] in said) == (not kafka_is_lost)
        for asked in (early[0], late[0]):  # the work goes on where it stood at that moment
            await clients.work(asked.answer["id"], *(["acknowledge"] if asked is late[0] else []), "start", "complete")
            await eventually(lambda asked=asked: _is_done(clients, asked))  # type: ignore[misc]
        await _reports(clients, 3)
        await caught_up(stack)
        assert not await _letters(stack, cases)


async def _reports(clients: PersistentClients, count: int, **changes: str) -> list[Asked]:
    return list(await asyncio.gather(*(clients.report(None, **changes) for _ in range(count))))


async def _erase(clients: PersistentClients, asked: Asked) -> None:
    """The reporter does, by the link in their mail."""
    address = f"{asked.key.lower()}@resident.example"
    (mail, *_) = until(lambda: clients.stack.mailbox.to(address), f"a mail to {address}")
    body = mail.get_body(("html", "plain"))
    assert body is not None
    found = re.search(r"/preferences/([\w.:-]+)", body.get_content())
    assert found, body.get_content()
    url = f"{clients.url('notify')}/preferences/{found[1]}"
    async with httpx.AsyncClient(headers={"Origin": clients.stack.origin}) as browser:
        answer = await browser.post(url, data={"action": "erase"})
    assert answer.status_code in (200, 303), answer.text
    await eventually(lambda: _is_erased(clients, asked))


async def _is_erased(clients: PersistentClients, asked: Asked) -> bool:
    recipients = clients.mongo["onestop_notify"]["recipients"]
    found = await recipients.find_one({"_id": f"{asked.answer['id']}:reporter"})
    return found is not None and bool(found["state"]["erased"])


async def _check_erased(clients: PersistentClients, asked: Asked) -> None:
    await eventually(lambda: _is_erased(clients, asked))
    notify = clients.mongo["onestop_notify"]
    found = await notify["recipients"].find_one({"_id": f"{asked.answer['id']}:reporter"})
    assert found is not None
    assert [found["state"][name] for name in ("name", "email", "mailbox", "phone")] == [None] * 4


async def _check_forgotten(clients: PersistentClients, lost: list[Asked]) -> None:
    ids = [asked.answer["id"] for asked in lost]
    assert not await clients.mongo["onestop_intake"]["reports"].find_one({"_id": {"$in": ids}})
    assert not await clients.mongo["onestop_dispatch"]["work_orders"].find_one({"state.report.id": {"$in": ids}})
    assert not await clients.mongo["onestop_notify"]["files"].find_one({"_id": {"$in": ids}})


async def _is_whole(clients: PersistentClients, cases: Cases) -> bool:
    """Each report has its work, and everybody was told; a mail may have been sent in the time that is forgotten too."""
    return not (await _orders(clients.mongo, cases) or await _notices(clients.mongo, cases, clients.stack, killed=True))


async def _is_done(clients: PersistentClients, asked: Asked) -> bool:
    return (await clients.seen(asked))["state"] in ("resolved", "done", "closed")

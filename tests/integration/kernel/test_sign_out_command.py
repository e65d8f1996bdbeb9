"""An operator ends all sessions of a person."""

import json

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from shared.events.catalogue import SERVICES
from shared.events.ids import new_id
from shared.kernel.ended_sessions import EndedSessions
from shared.kernel.mongo_trail import MongoTrail, TrailFilter
from shared.people import Person
from shared.settings import ServiceSettings
from tools.operate import sign_out
from tools.operate.__main__ import main

OPERATOR = Person(sub="operator:somchai", name="somchai", roles=frozenset({"admin"}))


def test_who_is_signed_out_by_command_is_signed_out_everywhere(
    mongo: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prefix = new_id()
    monkeypatch.setenv("MONGODB_URI", mongo)
    monkeypatch.setenv("MONGODB_PREFIX", prefix)

    assert main(["sign-out", "u-1", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"signed_out": []}
    assert main(["sign-out", "u-1", "u-2"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "signed out everywhere: u-1",
        "signed out everywhere: u-2",
    ]


async def test_it_is_written_where_the_services_read(mongo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = new_id()
    monkeypatch.setenv("MONGODB_URI", mongo)
    monkeypatch.setenv("MONGODB_PREFIX", prefix)
    await sign_out.sign_out(ServiceSettings(), ["u-1"], OPERATOR)

    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(mongo, tz_aware=True)
    endings = EndedSessions.of(client, prefix)
    assert await endings.has_ended(["person:u-1"], 0)
    assert not await endings.has_ended(["person:u-2"], 0)
    for service in SERVICES:
        ((_, line),) = await MongoTrail(client[f"{prefix}_{service}"], days=1).newest(
            TrailFilter(sub=OPERATOR.sub), most=2
        )
        assert (line.act, [change.old for change in line.changes]) == ("sign-out", ["u-1"])
        await client.drop_database(f"{prefix}_{service}")
    await client.drop_database(endings.collection.database.name)
    client.close()


def test_a_database_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100")

    assert main(["sign-out", "u-1"]) == 2
    assert "MongoDB at 127.0.0.1:1 gives no answer" in capsys.readouterr().err

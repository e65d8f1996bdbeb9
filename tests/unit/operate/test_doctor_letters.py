"""What the doctor says of how a town reaches people: its seal, its sender, its agencies, and what stands beside."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from deploy.local.secured import Secured, secure
from services.permits.settings import Settings as PermitsSettings
from shared.settings import ServiceSettings
from shared.town.work import Webhook
from tests.support.seals import NOW, key_file, key_of
from tests.support.served import served
from tests.support.work import town
from tests.unit.web.test_provider_tls import PROVIDER
from tools.operate.doctor import neighbours, outside, seal
from tools.operate.doctor import settings as settings_look
from tools.operate.doctor.command import main
from tools.operate.doctor.finding import POD, Finding
from tools.operate.doctor.town import of_agencies

DAY = timedelta(days=1)


def of_seal(**given: Any) -> list[tuple[str, str]]:
    return [(one.grade, one.text) for one in seal.look(PermitsSettings.model_validate(given), NOW)]


def test_a_town_without_a_key_to_seal_with_is_unfinished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(POD, raising=False)
    ((grade, text),) = of_seal()
    assert grade == "unfinished"
    assert "SEAL_KEY_FILE or SEAL_DEVICE" in text


@pytest.mark.parametrize("given", [{}, {"seal_device": "/usr/lib/maker.so"}])
def test_a_key_that_only_permits_can_open_is_said_to_be_unseen(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(POD, "10.96.0.1")
    ((grade, text),) = of_seal(**given)
    assert grade == "unseen"
    assert "onestop_valid_until_seconds" in text


@pytest.mark.parametrize(
    ("held", "grade", "said"),
    [
        (key_of(lasts=365 * DAY), None, ""),
        (key_of(lasts=10 * DAY), "unfinished", "and letters wait then: renew it"),
        (key_of(begun=20 * DAY, lasts=10 * DAY), "broken", "ended on"),
        (b"", "unfinished", "is empty"),
        (b"no key", "broken", "cannot be opened with SEAL_KEY_PASSWORD"),
        (None, "broken", "No such file"),
    ],
    ids=["good", "ends", "over", "empty", "unreadable", "missing"],
)
def test_a_key_in_a_file_is_opened(tmp_path: Path, held: bytes | None, grade: str | None, said: str) -> None:
    file = key_file(tmp_path, held or b"")
    if held is None:
        file.unlink()
    found = of_seal(seal_key_file=file)
    assert [one for one, _ in found] == ([grade] if grade else [])
    assert all(said in text for _, text in found)


async def told(of: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in of.items():
        monkeypatch.setenv(name, value)
    return "\n".join(f"{one.grade} {one.text}" for one in await settings_look.look())


async def test_a_sender_that_is_nobodys_and_letters_that_cannot_be_fetched_are_unfinished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = await told({"MAIL_FROM": "onestop@town.example", "PERMITS_URL": ""}, monkeypatch)
    assert "unfinished MAIL_FROM=onestop@town.example is nobody's mailbox" in said
    assert "unfinished PERMITS_URL is empty" in said


async def test_a_sender_of_the_towns_own_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    said = await told({"MAIL_FROM": "onestop@maehia.go.th", "PERMITS_URL": "http://permits-api:8080"}, monkeypatch)
    assert "MAIL_FROM" not in said
    assert "PERMITS_URL" not in said


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        (["pea"], []),
        ([], ["AGENCY_SECRETS has none of pea: nothing is sent to their programs"]),
        (["pea", "paa"], ["AGENCY_SECRETS names paa: no agency of the town with a `webhook` is called so"]),
        (None, []),
    ],
)
def test_a_program_of_an_agency_without_a_secret_is_unfinished(secrets: list[str] | None, said: list[str]) -> None:
    pea = town().agencies["pea"].model_copy(update={"webhook": Webhook(url="https://pea.example/in")})
    found = list(of_agencies(town().model_copy(update={"agencies": {**town().agencies, "pea": pea}}), secrets))
    assert [one.text for one in found] == said
    assert all(one.grade == "unfinished" for one in found)


@asynccontextmanager
async def clamd(answer: bytes) -> AsyncIterator[str]:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zPING\0"
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("answer", "said"), [(b"PONG\0", None), (b"", "does not answer"), (b"HTTP/1.1 400\0", "is no clamd")]
)
async def test_a_scanner_is_asked(answer: bytes, said: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    async with clamd(answer) as address:
        monkeypatch.setenv("CLAMAV_ADDRESS", address)
        found = await neighbours.scanner()
    assert [one.grade for one in found] == (["broken"] if said else [])
    assert all(said and said in one.text for one in found)


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def test_whoever_sends_mail_must_reach_permits(monkeypatch: pytest.MonkeyPatch) -> None:
    alive = Starlette(routes=[Route("/healthz", lambda _: JSONResponse({"status": "alive"}))])
    async with served(alive) as port:
        monkeypatch.setenv("PERMITS_URL", f"http://127.0.0.1:{port}")
        assert await neighbours.letters() == []
    monkeypatch.setenv("PERMITS_URL", f"http://127.0.0.1:{closed_port()}")
    (away,) = await neighbours.letters()
    assert away.grade == "broken"
    assert "mails that tell of a decision come late and without its letter" in away.text


async def test_what_a_town_does_not_have_is_not_asked() -> None:
    assert [*await neighbours.letters(), *await neighbours.scanner()] == []


@pytest.fixture
def certified(tmp_path: Path) -> Secured:
    return secure(tmp_path)


async def test_a_provider_with_an_authority_of_the_towns_own_is_met_as_the_services_meet_it(
    certified: Secured, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(PROVIDER, ssl_certfile=certified.server, ssl_keyfile=str(certified.server)) as port:
        issuer = f"https://127.0.0.1:{port}"
        trusting = ServiceSettings(oidc_issuer=issuer, oidc_ca_file=certified.ca)
        strange = ServiceSettings(oidc_issuer=issuer)
        asked = await outside.of_provider(trusting), await outside.of_provider(strange)
    assert [one.text for one in asked[0] if "gives no usable answer" in one.text] == []
    assert "gives no usable answer, nobody can sign in" in asked[1][0].text


def test_what_cannot_be_seen_from_here_is_said_and_is_no_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def unseen(_: object) -> list[Finding]:
        return [Finding("unseen", "backup", "cannot be seen from here")]

    monkeypatch.setattr("tools.operate.doctor.command.LOOKS", {"backup": unseen})
    assert main(["--only", "backup"]) == 0
    assert capsys.readouterr().out.splitlines() == ["unseen      backup    cannot be seen from here", "1 unseen"]

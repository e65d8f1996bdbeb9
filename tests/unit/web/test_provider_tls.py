"""A town's own provider is met over TLS by who vouches for it, and nobody in its place."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from deploy.local.secured import Secured, secure
from shared.settings import ServiceSettings
from shared.web.oidc import Provider
from shared.web.problem import Problem
from tests.support.oidc import FakeIssuer
from tests.support.served import served


async def discovery(request: Request) -> JSONResponse:
    issuer = f"https://127.0.0.1:{request.url.port}"
    return JSONResponse({"issuer": issuer, "jwks_uri": f"{issuer}/jwks"})


async def keys(_: Request) -> JSONResponse:
    return JSONResponse({"keys": [FakeIssuer().published()]})


PROVIDER = Starlette(routes=[Route("/.well-known/openid-configuration", discovery), Route("/jwks", keys)])


@pytest.fixture
def certified(tmp_path: Path) -> Secured:
    return secure(tmp_path)


@pytest.fixture
async def issuer(certified: Secured) -> AsyncIterator[str]:
    async with served(PROVIDER, ssl_certfile=certified.server, ssl_keyfile=str(certified.server)) as port:
        yield f"https://127.0.0.1:{port}"


async def test_a_provider_that_the_towns_own_authority_vouches_for_is_met(issuer: str, certified: Secured) -> None:
    provider = Provider(ServiceSettings(oidc_issuer=issuer, oidc_ca_file=certified.ca))
    assert (await provider.metadata())["issuer"] == issuer


async def test_one_that_nobody_vouches_for_is_not(issuer: str) -> None:
    with pytest.raises(Problem) as refused:
        await Provider(ServiceSettings(oidc_issuer=issuer)).metadata()
    assert refused.value.status == 503


async def test_whom_this_machine_trusts_is_read_once_and_not_at_each_sign_in(
    issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Client(httpx.AsyncClient):
        def __init__(self, *, verify: ssl.SSLContext, timeout: httpx.Timeout) -> None:
            trusted.append(verify)
            super().__init__(verify=verify, timeout=timeout)

    trusted: list[ssl.SSLContext] = []
    monkeypatch.setattr(httpx, "AsyncClient", Client)
    for _ in range(2):
        with pytest.raises(Problem):
            await Provider(ServiceSettings(oidc_issuer=issuer)).metadata()

    assert len(trusted) > 1
    assert {*trusted} == {trusted[0]}
    assert trusted[0].verify_mode is ssl.CERT_REQUIRED


def test_an_authority_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"OIDC_CA_FILE=.*there is no such file"):
        ServiceSettings(oidc_ca_file=tmp_path / "none.pem")

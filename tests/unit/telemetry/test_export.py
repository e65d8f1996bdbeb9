"""Traces leave over TLS, to whom the town trusts, with the key that the collector asks for."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from deploy.local.ports import free_ports
from deploy.local.secured import Secured, secure
from shared.settings import ServiceSettings
from shared.telemetry import setup, shutdown, span
from tests.support.traces import Traces, key_header


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Secured:
    return secure(tmp_path_factory.mktemp("home"))


@pytest.fixture
def collector(secured: Secured) -> Iterator[Traces]:
    (port,) = free_ports(1)
    made = Traces(port, secured)
    made.start()
    yield made
    made.stop()


def key(secured: Secured) -> str:
    return f"Authorization={quote(key_header(secured))}"


def send_one(collector: Traces, **said: object) -> int:
    """How many spans have arrived."""
    address = f"https://127.0.0.1:{collector.port}"
    setup("intake", ServiceSettings.model_validate({"otel_exporter_otlp_endpoint": address, **said}))
    with span("request"):
        pass
    shutdown()
    return len(collector.spans)


def test_a_collector_of_the_towns_own_is_trusted_and_given_its_key(collector: Traces, secured: Secured) -> None:
    assert send_one(collector, otel_exporter_otlp_certificate=secured.ca, otel_exporter_otlp_headers=key(secured)) == 1


def test_what_the_machine_trusts_does_not_go_before_it(
    collector: Traces, secured: Secured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt")
    assert send_one(collector, otel_exporter_otlp_certificate=secured.ca, otel_exporter_otlp_headers=key(secured)) == 1


def test_without_its_key_it_takes_nothing(collector: Traces, secured: Secured) -> None:
    assert send_one(collector, otel_exporter_otlp_certificate=secured.ca) == 0


def test_a_collector_that_nobody_vouches_for_is_sent_nothing(collector: Traces, secured: Secured) -> None:
    assert send_one(collector, otel_exporter_otlp_headers=key(secured)) == 0


def test_a_key_may_be_kept_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "headers").write_text("x-key=drawn\n")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS_FILE", str(tmp_path / "headers"))
    assert ServiceSettings().otlp_headers == {"x-key": "drawn"}

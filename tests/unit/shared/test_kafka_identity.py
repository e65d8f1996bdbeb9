"""How a process signs in to Kafka: said once in its settings, and refused at the start when it is incomplete."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.__main__ import main
from shared.settings import ServiceSettings
from tests.support.commands import logging_as_it_was


def test_without_anything_said_a_local_broker_is_met_in_the_clear() -> None:
    options = ServiceSettings().brokers.options()

    assert options["security_protocol"] == "PLAINTEXT"
    assert "sasl_mechanism" not in options


def test_the_password_comes_from_its_file_and_stands_in_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("from-a-file\n")
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("KAFKA_SASL_USERNAME", "intake")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "password"))

    brokers = ServiceSettings().brokers

    assert brokers.options()["sasl_plain_password"] == "from-a-file"
    assert brokers.options()["ssl_context"].check_hostname
    assert "from-a-file" not in repr(brokers)


def test_a_value_of_its_own_goes_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from-a-file")
    monkeypatch.setenv("SESSION_SECRET_FILE", str(tmp_path / "secret"))
    assert ServiceSettings().session_secret == "from-a-file"

    monkeypatch.setenv("SESSION_SECRET", "said-here")
    assert ServiceSettings().session_secret == "said-here"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"kafka_security_protocol": "SASL_SSL"}, "needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"),
        ({"kafka_security_protocol": "SASL_PLAINTEXT", "kafka_sasl_username": "intake"}, "KAFKA_SASL_PASSWORD"),
        (
            {
                "kafka_security_protocol": "SASL_SSL",
                "kafka_sasl_mechanism": "OAUTHBEARER",
                "kafka_sasl_username": "intake",
                "kafka_sasl_password": "word",
            },
            "KAFKA_SASL_MECHANISM=OAUTHBEARER needs KAFKA_TOKEN_URL",
        ),
        ({"otel_exporter_otlp_headers": "Bearer abc"}, "OTEL_EXPORTER_OTLP_HEADERS: write name=value"),
        ({"otel_exporter_otlp_certificate": "/nowhere/ca.pem"}, "OTEL_EXPORTER_OTLP_CERTIFICATE=/nowhere/ca.pem"),
        ({"kafka_ca_file": "/nowhere/ca.pem"}, "KAFKA_CA_FILE=/nowhere/ca.pem: there is no such file"),
    ],
)
def test_what_is_incomplete_is_said_at_the_start(said: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        ServiceSettings.model_validate(said)


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINK_SECRET_FILE", "/nowhere/link")
    with pytest.raises(ValueError, match="LINK_SECRET_FILE=/nowhere/link: No such file"):
        ServiceSettings()


def test_what_is_said_without_a_file_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody at the keyboard with another identity than the machine's."""
    monkeypatch.setenv("LINK_SECRET_FILE", "/nowhere/link")
    monkeypatch.setenv("LINK_SECRET", "from-the-keyboard")
    assert ServiceSettings().link_secret == "from-the-keyboard"


def test_a_service_whose_secret_is_not_there_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONGODB_URI_FILE", "/nowhere/mongodb-uri")
    monkeypatch.setenv("ROLES", "api")  # which making the indexes sets to none
    with pytest.raises(SystemExit) as ended, logging_as_it_was():
        main(["intake", "--prepare"])
    assert ended.value.code == 1
    said = "".join(capfd.readouterr())
    assert "MONGODB_URI_FILE=/nowhere/mongodb-uri: No such file" in said
    assert "Traceback" not in said


def test_an_error_does_not_say_a_secret_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION_SECRET", "a-secret-nobody-may-see")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "a-key-nobody-may-see")
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    for said in ({}, {"otel_exporter_otlp_headers": ""}):  # of a field, and of all of them together
        with pytest.raises(ValidationError) as refused:
            ServiceSettings.model_validate(said)
        assert "nobody-may-see" not in str(refused.value)


def test_the_headers_for_the_collector_are_read_as_the_standard_writes_them() -> None:
    settings = ServiceSettings(otel_exporter_otlp_headers="Authorization=Bearer%20a%3Db, x-town = maehia,")
    assert settings.otlp_headers == {"authorization": "Bearer a=b", "x-town": "maehia"}

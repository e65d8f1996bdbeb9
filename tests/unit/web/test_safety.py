"""Nobody is served with what is made for a developer's own machine, whatever was forgotten to be set."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from deploy.local.authority import Authority
from services.notify.settings import Settings as NotifySettings
from shared.settings import ServiceSettings
from shared.web.safety import UnsafeConfiguration, development_issuer, refuse_unsafe
from shared.web.session import secure_origin, session_cookie_name
from tests.support.production import SOUND

DEFAULTS = ServiceSettings().model_dump(include={"session_secret", "oidc_client_secret", "link_secret"})
LOCAL = {"public_url": "http://localhost:8080", "oidc_issuer": "http://oidc.localhost:8181"}
NOTIFY = {
    **SOUND,
    "smtp_url": "smtps://mail.example.test",
    "mongodb_uri": SOUND["mongodb_uri"].replace("intake", "notify"),
}
SIGNED_IN = {
    "kafka_bootstrap_servers": "kafka.town.example:9093",
    "kafka_security_protocol": "SASL_SSL",
    "kafka_sasl_username": "intake",
    "kafka_sasl_password": "drawn-at-random",
}


def settings(**changes: object) -> ServiceSettings:
    return ServiceSettings.model_validate({**SOUND, **changes})


def refused(some: ServiceSettings) -> str:
    with pytest.raises(UnsafeConfiguration) as caught:
        refuse_unsafe(some, "intake")
    return str(caught.value)


@pytest.mark.parametrize("environment", ["local", "test", "production"])
def test_a_sound_configuration_starts(environment: str) -> None:
    refuse_unsafe(settings(environment=environment), "intake")


def test_a_developers_own_machine_needs_nothing() -> None:
    refuse_unsafe(ServiceSettings.model_validate(LOCAL), "intake")
    refuse_unsafe(ServiceSettings(), "intake")


@pytest.mark.parametrize(
    "one",
    [
        {"public_url": "https://one.maehia.go.th"},
        {"oidc_issuer": "https://id.maehia.go.th/realms/maehia"},
        {"environment": "production"},
    ],
    ids=str,
)
def test_no_variable_has_to_be_remembered_for_the_published_secrets_to_be_refused(one: dict[str, Any]) -> None:
    said = refused(ServiceSettings.model_validate({**LOCAL, **one}))
    assert all(name in said for name in ("SESSION_SECRET", "LINK_SECRET", "OIDC_CLIENT_SECRET"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"oidc_issuer": "http://localhost:8181"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "https://localhost:8181"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "http://id.town.example"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "https://[::ffff:127.0.0.1]"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "https://2130706433"}, "OIDC_ISSUER"),
        ({"session_secret": "local-only-session-secret"}, "SESSION_SECRET"),
        ({"session_secret": "short"}, "SESSION_SECRET"),
        ({"session_secret": "a" * 32}, "SESSION_SECRET"),
        ({"link_secret": "local-only-link-secret"}, "LINK_SECRET"),
        ({"link_secret": "short"}, "LINK_SECRET"),
        ({"link_secret": "ab" * 16}, "LINK_SECRET"),
        ({"link_secret": SOUND["session_secret"]}, "have one in common"),
        ({"oidc_client_secret": "onestop-local"}, "OIDC_CLIENT_SECRET"),
        ({"oidc_client_secret": "secret"}, "OIDC_CLIENT_SECRET"),
        ({"oidc_audience": "onestop"}, "OIDC_AUDIENCE"),
        ({"public_url": "http://one.town.example"}, "PUBLIC_URL"),
        ({"public_url": "https://localhost"}, "PUBLIC_URL"),
        ({"public_url": "https://127.1"}, "PUBLIC_URL"),
        ({"rate_limits": "off"}, "RATE_LIMITS"),
        ({"rate_limits": "reports=60,login=0"}, "RATE_LIMITS"),
        ({"trusted_proxies": "0.0.0.0/0"}, "TRUSTED_PROXIES"),
        ({"trusted_proxies": "10.0.0.0/8,::/0"}, "TRUSTED_PROXIES"),
        ({"kafka_bootstrap_servers": "127.0.0.1:9092,kafka.town.example"}, "ACCEPTED_RISKS=kafka-in-the-clear"),
        ({"kafka_bootstrap_servers": "kafka.town.example", "kafka_security_protocol": "SSL"}, "met without a name"),
        ({"mongodb_uri": "mongodb://db.town.example/?tls=true"}, "names no user"),
        ({"mongodb_uri": "mongodb://intake:b@db.town.example"}, "without TLS"),
        ({"mongodb_uri": "mongodb://intake:b@127.0.0.1,db.town.example"}, "without TLS"),
        ({"mongodb_uri": "mongodb+srv://intake:b@db.town.example/?tls=false"}, "without TLS"),
        ({"mongodb_uri": "mongodb://intake:b@db.town.example/?tls=true&tlsInsecure=true"}, "without TLS"),
        (
            {"mongodb_uri": "mongodb://intake:b@db.town.example/?tls=true&tlsAllowInvalidCertificates=true"},
            "without TLS",
        ),
        ({"mongodb_uri": "mongodb://intake:b@db.town.example/?tls=true&tlsAllowInvalidHostnames=TRUE"}, "without TLS"),
        ({"mongodb_uri": "mongodb://intake:b@db.town.example/?tls=true&ssl=false"}, "contradicts itself"),
        ({"mongodb_uri": "mongodb://intake:b@db.town.example/?tls=false&tls=true"}, "contradicts itself"),
        ({"mongodb_uri": "mongodb://intake:b@db.town.example/?tls=true&TLS=true"}, "contradicts itself"),
        ({"mongodb_uri": "mongodb://intake:b@db.town.example/?tls=true;ssl=false"}, "contradicts itself"),
        ({"mongodb_uri": "mongodb://@db.town.example/?tls=true"}, "names no user"),
        ({"mongodb_uri": "mongodb://:b@db.town.example/?tls=true"}, "names no user"),
        ({**SIGNED_IN, "kafka_sasl_username": "onestop"}, "Kafka is met as onestop, which does not name intake"),
        ({**SIGNED_IN, "kafka_sasl_username": "dispatch"}, "ACCEPTED_RISKS=shared-identity"),
        ({"mongodb_uri": "mongodb://admin:b@db.town.example/?tls=true"}, "MongoDB is met as admin"),
        ({"mongodb_uri": "mongodb://intakes:b@db.town.example/?tls=true"}, "ACCEPTED_RISKS=shared-identity"),
        (
            {**SIGNED_IN, "kafka_sasl_mechanism": "OAUTHBEARER", "kafka_token_url": "http://id.town.example"},
            "TOKEN_URL",
        ),
        ({"session_secret_also": "short"}, "SESSION_SECRET_ALSO"),
        ({"session_secret_also": "local-only-session-secret"}, "SESSION_SECRET_ALSO"),
        ({"link_secret_also": SOUND["session_secret"]}, "have one in common"),
        ({"otel_exporter_otlp_endpoint": "http://traces.town.example:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ({"otel_traces_exporter": "zipkin", "zipkin_endpoint": "http://traces.town.example"}, "ZIPKIN_ENDPOINT"),
    ],
    ids=str,
)
def test_what_only_a_developer_may_have_is_refused_by_name(change: dict[str, Any], named: str) -> None:
    assert named in refused(settings(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"mongodb_uri": "mongodb+srv://intake:b@db.town.example"},
        {"mongodb_uri": "mongodb://intake:b@db.town.example/?ssl=true"},
        {"mongodb_uri": "mongodb://intake:b@db.town.example/?tls=true&tlsAllowInvalidHostnames=false"},
        {"mongodb_uri": "mongodb://intake:b@db.town.example/?tls=true&readPreferenceTags=dc:a&readPreferenceTags=dc:b"},
        SIGNED_IN,
        {**SIGNED_IN, "kafka_sasl_username": "maehia.intake"},
        {**SIGNED_IN, "kafka_sasl_mechanism": "OAUTHBEARER", "kafka_token_url": "https://id.town.example/token"},
        {"mongodb_uri": "mongodb://maehia-intake-2:b@db.town.example/?tls=true"},
        {
            "session_secret_also": "another session secret, quite as long",
            "link_secret_also": "one more for the links, long enough",
        },
        {"mongodb_uri": "mongodb://db.town.example/?tls=true&authMechanism=MONGODB-X509"},
        {"mongodb_uri": "mongodb://127.0.0.1:27017,[::1]:27018/?replicaSet=rs0"},
        {"trusted_proxies": "10.0.0.0/8,fc00::/7,203.0.113.7"},
        {"otel_exporter_otlp_endpoint": "http://127.0.0.1:4318"},
        {"public_url": "https://one.maehia.go.th:8443"},
    ],
    ids=str,
)
def test_what_a_town_may_well_have_starts(change: dict[str, Any]) -> None:
    refuse_unsafe(settings(**change), "intake")


@pytest.mark.parametrize("roles", ["worker,relay,timers", "timers", ","])
def test_who_serves_nobody_needs_nothing_to_sign_them_in_with_and_the_secret_of_links_all_the_same(roles: str) -> None:
    unsigned = {"session_secret": DEFAULTS["session_secret"], "oidc_client_secret": DEFAULTS["oidc_client_secret"]}
    refuse_unsafe(settings(**unsigned, roles=roles), "intake")
    said = refused(settings(**unsigned, link_secret=DEFAULTS["link_secret"], roles=roles))
    assert "LINK_SECRET" in said
    assert "SESSION_SECRET" not in said


def test_all_that_is_wrong_is_told_at_once() -> None:
    said = refused(settings(public_url="http://one.town.example", session_secret="", rate_limits="off"))
    assert all(name in said for name in ("PUBLIC_URL", "SESSION_SECRET", "RATE_LIMITS"))


def test_a_risk_can_be_accepted_by_its_name_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    plain = {"mongodb_uri": "mongodb://intake:b@db.town.example"}
    assert "ACCEPTED_RISKS=mongodb-in-the-clear" in refused(settings(**plain))
    with caplog.at_level(logging.WARNING):
        refuse_unsafe(settings(**plain, accepted_risks="mongodb-in-the-clear"), "intake")
    assert [getattr(record, "risks", None) for record in caplog.records] == [["mongodb-in-the-clear"]]


@pytest.mark.parametrize("risk", ["guessable-secrets", "all", "*"])
def test_no_other_risk_can_be_accepted(risk: str) -> None:
    with pytest.raises(ValueError, match="accepted_risks"):
        settings(accepted_risks=risk)


def test_a_certificate_that_names_another_service_is_a_shared_identity(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca.pem", tmp_path / "ca.key")
    authority.found()
    own = {**SIGNED_IN, "kafka_security_protocol": "SSL", "kafka_certificate_file": tmp_path / "own.pem"}
    (tmp_path / "own.pem").write_text(authority.issue("maehia-intake"))
    refuse_unsafe(settings(**own), "intake")
    (tmp_path / "own.pem").write_text(authority.issue("maehia"))
    assert "Kafka is met as maehia, which does not name intake" in refused(settings(**own))


@pytest.mark.parametrize(
    "server", ["smtps://mail.example.test", "smtp+starttls://a:b@mail.example.test", "smtp://127.0.0.1"]
)
def test_mail_leaves_by_tls(server: str) -> None:
    refuse_unsafe(NotifySettings.model_validate({**NOTIFY, "smtp_url": server}), "notify")


def test_mail_does_not_leave_in_the_clear() -> None:
    assert "SMTP_URL" in refused(NotifySettings.model_validate({**NOTIFY, "smtp_url": "smtp://a:b@mail.example.test"}))


def test_the_app_is_not_built_with_development_settings(make_app: Callable[..., FastAPI]) -> None:
    with pytest.raises(UnsafeConfiguration):
        make_app(public_url="https://one.example.test")


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("HTTPS://One.Maehia.go.th/", "https://one.maehia.go.th"),
        ("https://one.maehia.go.th:443", "https://one.maehia.go.th"),
        (" http://LOCALHOST:8080/ ", "http://localhost:8080"),
    ],
)
def test_the_origin_is_read_as_browsers_read_it(written: str, origin: str) -> None:
    assert ServiceSettings(public_url=written).public_url == origin


def test_an_origin_in_capitals_still_has_its_closed_cookie() -> None:
    some = ServiceSettings(public_url="HTTPS://one.maehia.go.th")
    assert secure_origin(some)
    assert session_cookie_name(some) == "__Host-onestop"


@pytest.mark.parametrize(
    "written", ["one.maehia.go.th", "https://", "https://one/x", "https://a@one", "ftp://one", "https://one?x", ""]
)
def test_what_is_no_origin_is_refused_at_the_start(written: str) -> None:
    with pytest.raises(ValueError, match="public_url"):
        ServiceSettings(public_url=written)


@pytest.mark.parametrize(
    "issuer", ["https://127.0.0.1", "https://[::1]:8181", "https://x.localhost", "https://localhost.", ""]
)
def test_this_machine_is_a_development_issuer_however_it_is_written(issuer: str) -> None:
    assert development_issuer(issuer)

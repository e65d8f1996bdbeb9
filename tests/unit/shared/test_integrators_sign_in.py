"""How the samples for integrators sign in: with what the town's own services are told, and never by half."""

import importlib.util
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from deploy.local.parts.services import identity
from deploy.local.ports import Ports
from deploy.local.secured import Secured, secure
from shared.events.catalogue import SERVICES
from shared.settings import ServiceSettings
from tools.contract.schemas import INTEGRATORS
from tools.operate.acls import OPERATORS


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_broker", INTEGRATORS / "broker.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BROKER = loaded()


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Secured:
    return secure(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("name", [*SERVICES, OPERATORS])
def test_it_meets_the_broker_as_a_service_with_the_same_variables(
    secured: Secured, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = {"KAFKA_BOOTSTRAP_SERVERS": "one:9093, two:9093", **identity(Ports(), secured, name)}
    for variable, value in env.items():
        monkeypatch.setenv(variable, value)
    meant, made = ServiceSettings().brokers.options(), BROKER.options(env)
    trusts = [one.pop("ssl_context") for one in (meant, made)]
    assert made == meant
    assert [(one.check_hostname, one.verify_mode, len(one.get_ca_certs())) for one in trusts] == 2 * [
        (True, ssl.CERT_REQUIRED, 1)
    ]


def test_without_a_word_it_meets_the_broker_of_this_machine() -> None:
    assert BROKER.options({}) == {"bootstrap_servers": ["localhost:9092"], "security_protocol": "PLAINTEXT"}
    assert (BROKER.topic("public.reports.v1", {}), BROKER.topic("a", {"TOPIC_PREFIX": "nbn."})) == (
        "public.reports.v1", "nbn.a",
    )  # fmt: skip


def test_every_variable_that_it_knows_is_one_of_the_services_and_is_explained() -> None:
    known = set(re.findall(r"\b(?:KAFKA_[A-Z_]+|TOPIC_PREFIX)\b", (INTEGRATORS / "broker.py").read_text("utf-8")))
    assert known >= BROKER.ABOUT_IT
    assert {name.removesuffix("_FILE").lower() for name in known if "PASSWORD" in name} == {"kafka_sasl_password"}
    assert {name.lower() for name in known - {"KAFKA_SASL_PASSWORD_FILE"}} <= set(ServiceSettings.model_fields)
    assert all(name in (BROKER.__doc__ or "") for name in known)


PASSWORD = {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_USERNAME": "partner", "KAFKA_SASL_PASSWORD": "word"}


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"KAFKA_SECURITY_PROTOCOL": "TLS"}, "KAFKA_SECURITY_PROTOCOL=TLS: write one of PLAINTEXT, SSL, SASL_SSL"),
        ({"KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"}, "write one of PLAINTEXT, SSL, SASL_SSL"),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL"}, "SSL needs KAFKA_CERTIFICATE_FILE"),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_KEY_FILE": "here"}, "SSL needs KAFKA_CERTIFICATE_FILE"),
        ({"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"),
        ({**PASSWORD, "KAFKA_SASL_PASSWORD": ""}, "needs KAFKA_SASL_PASSWORD"),
        ({**PASSWORD, "KAFKA_SASL_USERNAME": ""}, "needs KAFKA_SASL_USERNAME"),
        ({**PASSWORD, "KAFKA_SASL_MECHANISM": "OAUTHBEARER"}, "write one of SCRAM-SHA-512, SCRAM-SHA-256, PLAIN"),
        ({**PASSWORD, "KAFKA_CERTIFICATE_FILE": "here"}, "SASL_SSL uses no KAFKA_CERTIFICATE_FILE"),
        ({"KAFKA_SASL_USERNAME": "partner"}, "PLAINTEXT uses no KAFKA_SASL_USERNAME"),
        ({"KAFKA_CA_FILE": "town.pem"}, "PLAINTEXT uses no KAFKA_CA_FILE"),
        ({**PASSWORD, "KAFKA_CA_FILE": "/nowhere/town.pem"}, "KAFKA_CA_FILE=/nowhere/town.pem: No such file"),
        ({**PASSWORD, "KAFKA_CA_FILE": __file__}, f"KAFKA_CA_FILE={__file__}: "),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_CERTIFICATE_FILE": __file__}, "and its key: "),
        ({"KAFKA_SASL_PASSWORD_FILE": "/nowhere/password"}, "KAFKA_SASL_PASSWORD_FILE=/nowhere/password: No such file"),
    ],
)
def test_what_is_said_by_half_is_refused_with_its_name(env: Mapping[str, str], said: str) -> None:
    with pytest.raises(BROKER.Unclear, match=re.escape(said)) as refused:
        BROKER.options(env)
    assert "word" not in str(refused.value).split()


def test_a_file_that_is_empty_is_no_password(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("\n")
    env = {**PASSWORD, "KAFKA_SASL_PASSWORD": "", "KAFKA_SASL_PASSWORD_FILE": str(tmp_path / "password")}
    with pytest.raises(BROKER.Unclear, match="needs KAFKA_SASL_PASSWORD"):
        BROKER.options(env)

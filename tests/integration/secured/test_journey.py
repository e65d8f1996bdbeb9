"""A stack in which nobody is anonymous and nothing travels in the clear: all works as it does in the open one.

The journeys and the faults of the whole suite pass there too: `make test SECURE=1 ARGS="tests/e2e tests/resilience"`.
"""

import smtplib
import ssl

import httpx
import pytest

from deploy.local.parts.services import BY_CERTIFICATE
from tests.support.stack import Stack
from tests.support.waiting import until

REPORT = {
    "category": "water-leak",
    "text": "ท่อประปาแตกหน้าตลาด",
    "location": {"latitude": 18.7431, "longitude": 98.9638},
    "reporter": {"name": "มาลี", "email": "malee@resident.example", "consent": True},
}


def test_a_report_goes_its_whole_way(secured: Stack) -> None:
    answer = httpx.post(f"{secured.origin}/api/v1/reports", json=REPORT)
    answer.raise_for_status()
    until(lambda: len(secured.mailbox.to("malee@resident.example")) >= 1, "the mail of a secured stack")
    until(lambda: "intake" in {span.service for span in secured.traces.spans}, "the spans of a secured stack")


def test_each_service_signs_in_as_itself_some_by_password_and_some_by_certificate(secured: Stack) -> None:
    assert BY_CERTIFICATE
    environments = {name: secured.part(name).env for name in ("intake", "dispatch", "permits", "notify")}
    for name, env in environments.items():
        shown = "KAFKA_CERTIFICATE_FILE" if name in BY_CERTIFICATE else "KAFKA_SASL_PASSWORD_FILE"
        said = {variable for variable in env if variable.startswith("KAFKA_")} - {"KAFKA_SASL_USERNAME"}
        assert said == {"KAFKA_BOOTSTRAP_SERVERS", "KAFKA_SECURITY_PROTOCOL", "KAFKA_CA_FILE", shown}
        assert f"/{name}." in env[shown]
        assert f"//{name}:" in env["MONGODB_URI"]


def test_mail_and_traces_are_taken_from_nobody_without_a_key(secured: Stack) -> None:
    assert secured.secured is not None
    trust = ssl.create_default_context(cafile=secured.secured.ca)
    with smtplib.SMTP("127.0.0.1", secured.ports.smtp) as smtp:
        smtp.ehlo()
        assert smtp.mail("a@example.org")[0] == 530
        smtp.starttls(context=trust)
        smtp.ehlo()
        assert smtp.mail("a@example.org")[0] == 530
    spans = f"https://127.0.0.1:{secured.ports.zipkin}/v1/traces"
    assert httpx.post(spans, content=b"", verify=trust).status_code == 401
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        httpx.post(spans, content=b"")

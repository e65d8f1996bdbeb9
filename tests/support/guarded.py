"""What a secured stack of the tests asks for: how mail and traces leave it, and how kcat comes in."""

from urllib.parse import quote

from deploy.local.ports import Ports
from deploy.local.secured import ADMIN, POST, Secured
from tests.support.traces import key_header


def ways_out(ports: Ports, secured: Secured) -> dict[str, str]:
    """For mail by STARTTLS, which the mail server of `make up SECURE=1` has not, and for traces."""
    return {
        "SMTP_URL": f"smtp+starttls://{POST}:{quote(secured.password(POST))}@127.0.0.1:{ports.smtp}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"https://127.0.0.1:{ports.zipkin}",
        "OTEL_EXPORTER_OTLP_CERTIFICATE": str(secured.ca),
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization={quote(key_header(secured))}",
    }


def as_administrator(secured: Secured) -> list[str]:
    """Options of kcat, who may then do everything."""
    said = {"security.protocol": "sasl_ssl", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": ADMIN,
            "sasl.password": secured.password(ADMIN), "ssl.ca.location": secured.ca}  # fmt: skip
    return [word for name, value in said.items() for word in ("-X", f"{name}={value}")]

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


def kcat_options(ports: Ports, secured: Secured, name: str = ADMIN) -> list[str]:
    """By certificate: with a password Kafka 4 refuses every librdkafka before 2.6.1, and Debian 12 has 2.0.2."""
    mine = secured.certificate(name)
    said = {"security.protocol": "ssl", "ssl.ca.location": secured.ca, "ssl.certificate.location": mine,
            "ssl.key.location": mine}  # fmt: skip
    options = [word for option, value in said.items() for word in ("-X", f"{option}={value}")]
    return ["-b", f"127.0.0.1:{ports.kafka_certificates}", *options]

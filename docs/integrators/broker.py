"""How a program signs in to a town's Kafka, by variables that are called as those of the town's own services.

    KAFKA_BOOTSTRAP_SERVERS   host:port, several with commas
    KAFKA_SECURITY_PROTOCOL   PLAINTEXT (on your own machine), SSL (with a certificate) or SASL_SSL (with a password)
    KAFKA_CA_FILE             who vouches for the brokers, PEM; without it whom the machine trusts
    KAFKA_CERTIFICATE_FILE    of SSL: your certificate, PEM; KAFKA_KEY_FILE holds its key where the same file does not
    KAFKA_SASL_USERNAME       of SASL_SSL; its password is in KAFKA_SASL_PASSWORD_FILE, or is KAFKA_SASL_PASSWORD
    KAFKA_SASL_MECHANISM      of SASL_SSL: SCRAM-SHA-512 (where nothing is said), SCRAM-SHA-256 or PLAIN
    TOPIC_PREFIX              where several towns share a cluster, what the town's topics begin with

Never on a command line: whoever is on the machine reads that. Half a sign-in is refused, and not tried.
"""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MECHANISMS = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")
FILES = ("KAFKA_CA_FILE", "KAFKA_CERTIFICATE_FILE", "KAFKA_KEY_FILE")
# By protocol: what must be said, and what may be.
SIGN_IN = {
    "PLAINTEXT": ((), ()),
    "SSL": (("KAFKA_CERTIFICATE_FILE",), ("KAFKA_KEY_FILE", "KAFKA_CA_FILE")),
    "SASL_SSL": (("KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"), ("KAFKA_SASL_MECHANISM", "KAFKA_CA_FILE")),
}
ABOUT_IT = {name for must, may in SIGN_IN.values() for name in (*must, *may)}


class Unclear(Exception):
    """What is wrong with the variables, for whoever set them."""


def options(env: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """For an `AIOKafkaConsumer`, beside its topics. Raises `Unclear`."""
    said = {name: value for name, value in env.items() if value}
    if file := said.get("KAFKA_SASL_PASSWORD_FILE"):
        said.setdefault("KAFKA_SASL_PASSWORD", _read("KAFKA_SASL_PASSWORD_FILE", file))
    protocol = said.get("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")
    _refuse_halves(protocol, said)
    found = {
        "bootstrap_servers": [one.strip() for one in said.get("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092").split(",")],
        "security_protocol": protocol,
    }
    if protocol != "PLAINTEXT":
        found["ssl_context"] = _trust(said)
    if protocol == "SASL_SSL":
        found |= {
            "sasl_mechanism": said.get("KAFKA_SASL_MECHANISM", MECHANISMS[0]),
            "sasl_plain_username": said["KAFKA_SASL_USERNAME"],
            "sasl_plain_password": said["KAFKA_SASL_PASSWORD"],
        }
    return found


def topic(name: str, env: Mapping[str, str] = os.environ) -> str:
    """What a topic of the town is called on its cluster."""
    return env.get("TOPIC_PREFIX", "") + name


def _refuse_halves(protocol: str, said: Mapping[str, str]) -> None:
    if protocol not in SIGN_IN:
        raise Unclear(f"KAFKA_SECURITY_PROTOCOL={protocol}: write one of {', '.join(SIGN_IN)}")
    must, may = SIGN_IN[protocol]
    if missing := [name for name in must if not said.get(name)]:
        raise Unclear(f"KAFKA_SECURITY_PROTOCOL={protocol} needs {' and '.join(missing)}")
    if idle := sorted(ABOUT_IT.intersection(said).difference(must, may)):
        raise Unclear(f"KAFKA_SECURITY_PROTOCOL={protocol} uses no {', '.join(idle)}: another one is meant?")
    if (mechanism := said.get("KAFKA_SASL_MECHANISM", MECHANISMS[0])) not in MECHANISMS:
        raise Unclear(f"KAFKA_SASL_MECHANISM={mechanism}: write one of {', '.join(MECHANISMS)}")
    for name in FILES:
        if name in said:
            _read(name, said[name])


def _trust(said: Mapping[str, str]) -> ssl.SSLContext:
    """Checks the brokers' certificate and name, always."""
    try:
        context = ssl.create_default_context(cafile=said.get("KAFKA_CA_FILE"))
    except ssl.SSLError as error:
        raise Unclear(f"KAFKA_CA_FILE={said['KAFKA_CA_FILE']}: {error}") from error
    if chain := said.get("KAFKA_CERTIFICATE_FILE"):
        try:
            context.load_cert_chain(chain, said.get("KAFKA_KEY_FILE"), password=lambda: "")
        except ssl.SSLError as error:
            raise Unclear(f"KAFKA_CERTIFICATE_FILE={chain} and its key: {error}") from error
    return context


def _read(name: str, file: str) -> str:
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unclear(f"{name}={file}: {getattr(error, 'strerror', None) or 'it is no text'}") from error

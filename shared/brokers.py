"""Kafka's addresses, and who we are to it: what every client of a process is made with."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True)
class Identity:
    """How a client signs in: by password (SASL), by certificate (SSL), both, or not at all."""

    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None  # who vouches for the brokers, in PEM; None: whom the system trusts
    certificate: Path | None = None  # the client's own chain
    key: Path | None = None  # of the certificate, when it is not in the same file

    @property
    def is_encrypted(self) -> bool:
        """Nobody on the way can read along."""
        return self.protocol.endswith("SSL")

    @property
    def has_password(self) -> bool:
        """Signs in by SASL."""
        return self.protocol.startswith("SASL")

    def ssl_context(self) -> ssl.SSLContext | None:
        """Checks the broker's certificate and its name, always. Raises OSError when a file cannot be read."""
        if not self.is_encrypted:
            return None
        context = ssl.create_default_context(cafile=self.ca)
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.key)
        return context


@dataclass(frozen=True)
class Brokers:
    """Where the cluster is met, and the identity to meet it with."""

    servers: tuple[str, ...]
    identity: Identity = Identity()

    def __str__(self) -> str:
        return ",".join(self.servers)

    def options(self) -> dict[str, Any]:
        """For aiokafka's producer, consumer and admin client."""
        who = self.identity
        options: dict[str, Any] = {
            "bootstrap_servers": list(self.servers),
            "security_protocol": who.protocol,
            "ssl_context": who.ssl_context(),
        }
        if who.has_password:
            options |= {
                "sasl_mechanism": who.mechanism,
                "sasl_plain_username": who.username,
                "sasl_plain_password": who.password,
            }
        return options

"""Kafka's addresses, and who we are to it: what every client of a process is made with."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.x509.oid import NameOID

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]


@dataclass(frozen=True)
class Identity:
    """How a client signs in: by password or token (SASL), by certificate (SSL), both, or not at all."""

    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None  # who vouches for the brokers, in PEM; None: whom the system trusts
    certificate: Path | None = None  # the client's own chain
    key: Path | None = None  # of the certificate, when it is not in the same file
    token_url: str = ""  # where OAUTHBEARER gets its tokens, for the username as client and its password
    token_scope: str = ""
    token_ca: Path | None = None  # who vouches for that place, in PEM

    @property
    def is_encrypted(self) -> bool:
        """Nobody on the way can read along."""
        return self.protocol.endswith("SSL")

    @property
    def has_password(self) -> bool:
        """Signs in by SASL."""
        return self.protocol.startswith("SASL")

    @property
    def has_token(self) -> bool:
        """Shows the broker a token in place of the password, which the issuer of tokens alone is told."""
        return self.has_password and self.mechanism == "OAUTHBEARER"

    @property
    def name(self) -> str:
        """Who the broker takes us for: the user, the client at the issuer of tokens, or the certificate's subject."""
        if self.has_password or not self.is_encrypted or self.certificate is None:
            return self.username
        subject = x509.load_pem_x509_certificate(self.certificate.read_bytes()).subject
        return " ".join(str(part.value) for part in subject.get_attributes_for_oid(NameOID.COMMON_NAME))

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
        if tokens := self.tokens():
            options |= {"sasl_mechanism": who.mechanism, "sasl_oauth_token_provider": tokens}
        elif who.has_password:
            options |= {
                "sasl_mechanism": who.mechanism,
                "sasl_plain_username": who.username,
                "sasl_plain_password": who.password,
            }
        return options

    def tokens(self) -> Any:
        """aiokafka's provider of tokens for one client; None where no token is shown."""
        who = self.identity
        if not who.has_token:
            return None
        from shared.broker_tokens import BrokerTokens

        return BrokerTokens(who.token_url, who.username, who.password, who.token_scope, ca=who.token_ca)

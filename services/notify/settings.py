"""Notify's settings: what every service has, and how mail leaves the house."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, field_validator, model_validator

from services.notify.channels.guarded import networks
from services.notify.channels.server import Server
from services.notify.channels.signing import SECRET_BYTES, read_signing_key
from services.notify.channels.smtp import WAIT_SECONDS
from services.notify.domain.delivery import Patience
from services.notify.letters import SECONDS_MOST
from shared.emails import read_email
from shared.hosts import all_this_machine, is_this_machine
from shared.settings import PemFile, Risk, ServiceSettings

LEASE_OVER_TIMEOUT = timedelta(seconds=60)  # for the database to take the outcome before the message counts as lost


class Settings(ServiceSettings):
    """One environment variable each."""

    smtp_url: str = "smtp://127.0.0.1:1025"
    smtp_ca_file: PemFile | None = None  # who vouches for the mail server; empty: whom the system trusts
    smtp_timeout_seconds: float = Field(default=10, gt=0)  # for one message, from the connection to the answer
    smtp_connections: int = Field(default=8, ge=1, le=100)  # of one process; the pool `mail` shares as many among all
    mail_from: str = ""  # empty: the address of the town's one-stop centre
    mails_to_stranger: int = Field(default=5, ge=1)  # a day, that ask an address whether it wants to be told
    mails_to_person: int = Field(default=40, ge=1)  # a day, to an address that wants to
    # Where letters are; empty: mails only link there.
    permits_url: str = Field(default="", pattern=r"^$|^https?://[^\s/]+$")
    letter_megabytes: float = Field(default=2, gt=0)  # of a letter that goes with its mail; a larger one is linked to
    contact_wait_hours: float = Field(default=24, gt=0)  # for a contact that was announced
    delivery_hours: float = Field(default=72, gt=0)  # for a provider that is away
    agency_hours: float = Field(default=4, gt=0)  # the same for a message to an agency: then the town takes the phone
    agency_secrets: str = ""  # `pea=whsec_…,…`: what signs the messages to the program of each agency
    webhook_networks: str = ""  # `10.1.2.0/24,…`: private networks in which an agency's program may be
    webhook_timeout_seconds: float = Field(default=10, gt=0)  # for one message

    @field_validator("agency_secrets")
    @classmethod
    def _check_secrets(cls, value: str) -> str:
        """Found at the start, and not when the first work is referred; a secret is never said again."""
        for agency, secret in _secrets(value).items():
            try:
                long_enough = len(read_signing_key(secret)) >= SECRET_BYTES
            except ValueError:
                long_enough = False
            if not long_enough:
                raise ValueError(f"AGENCY_SECRETS of {agency}: write whsec_ and {SECRET_BYTES} random bytes as base64")
        return value

    @field_validator("webhook_networks")
    @classmethod
    def _nets(cls, value: str) -> str:
        networks(value)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _readable(cls, value: str) -> str:
        Server.of(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _an_address(cls, value: str) -> str:
        """Found at the start, and not by each mail in turn until it is given up."""
        if value and read_email(value) != value:
            raise ValueError(f"MAIL_FROM={value} is no plain address: write name@domain, the name shown is the town's")
        return value

    @model_validator(mode="after")
    def _mail_ends_before_the_stop(self) -> Self:
        """A stop that cuts a message off before its outcome is noted has it sent twice."""
        if self.smtp_timeout_seconds >= self.shutdown_seconds:
            raise ValueError(
                f"SMTP_TIMEOUT_SECONDS={self.smtp_timeout_seconds:g} must be less than "
                f"SHUTDOWN_SECONDS={self.shutdown_seconds:g}: a mail under way at the stop has to end before it"
            )
        return self

    def unsafe(self) -> Iterable[tuple[str, Risk]]:
        """Mails name people and hold their links, letters too; and with both goes what opens more of them."""
        server = self.mail_server
        if not (server.tls or server.starttls or all_this_machine(server.host)):
            yield "SMTP_URL is without TLS: write smtp+starttls:// or smtps://", "smtp-in-the-clear"
        asked = urlsplit(self.permits_url)
        if asked.scheme == "http" and not (is_this_machine(asked) or _is_neighbour(asked)):
            yield f"PERMITS_URL={self.permits_url} is another machine's and without TLS", "letters-in-the-clear"

    @property
    def mail_server(self) -> Server:
        """Where mail goes, and how it gets there."""
        return replace(Server.of(self.smtp_url), ca=self.smtp_ca_file)

    @property
    def letter_bytes(self) -> int:
        """Of one that goes with its mail."""
        return int(self.letter_megabytes * 1024 * 1024)

    @property
    def secrets_of_agencies(self) -> Mapping[str, str]:
        """By the agency's code."""
        return _secrets(self.agency_secrets)

    @property
    def _mail_seconds(self) -> float:
        """At the longest: its letter is fetched, it waits for a connection and is handed over, with it and without."""
        return SECONDS_MOST + 2 * (WAIT_SECONDS + self.smtp_timeout_seconds)

    @property
    def patience(self) -> Patience:
        """How long deliveries wait for what."""
        return Patience(
            contact=timedelta(hours=self.contact_wait_hours),
            provider=timedelta(hours=self.delivery_hours),
            lease=timedelta(seconds=max(self._mail_seconds, self.webhook_timeout_seconds)) + LEASE_OVER_TIMEOUT,
            agency=timedelta(hours=self.agency_hours),
        )


def _is_neighbour(url: SplitResult) -> bool:
    """A name without a domain is known in one namespace of a cluster, or in one network of containers."""
    return not set(url.hostname or "") & {".", ":"}


def _secrets(text: str) -> Mapping[str, str]:
    said = (part.partition("=") for part in text.replace("\n", ",").split(",") if part.strip())
    return {agency.strip(): secret.strip() for agency, _, secret in said}

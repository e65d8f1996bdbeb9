"""Notify's settings: what every service has, and how mail leaves the house."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Self

from pydantic import Field, field_validator, model_validator

from services.notify.channels.server import Server
from services.notify.domain.delivery import Patience
from shared.emails import read_email
from shared.hosts import all_this_machine
from shared.settings import PemFile, Risk, ServiceSettings

LEASE_OVER_TIMEOUT = timedelta(seconds=60)  # for the database to take the outcome before the message counts as lost


class Settings(ServiceSettings):
    """One environment variable each."""

    smtp_url: str = "smtp://127.0.0.1:1025"
    smtp_ca_file: PemFile | None = None  # who vouches for the mail server; empty: whom the system trusts
    smtp_timeout_seconds: float = Field(default=10, gt=0)  # for one message, from the connection to the answer
    smtp_connections: int = Field(default=8, ge=1, le=100)  # of one process; the lane `mail` shares as many among all
    mail_from: str = ""  # empty: the address of the town's one-stop centre
    mails_to_stranger: int = Field(default=5, ge=1)  # a day, that ask an address whether it wants to be told
    mails_to_person: int = Field(default=40, ge=1)  # a day, to an address that wants to
    contact_wait_hours: float = Field(default=24, gt=0)  # for a contact that was announced
    delivery_hours: float = Field(default=72, gt=0)  # for a provider that is away

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
        """Mails name people and hold their links; so does the password that the server is given."""
        server = self.mail_server
        if not (server.tls or server.starttls or all_this_machine(server.host)):
            yield "SMTP_URL is without TLS: write smtp+starttls:// or smtps://", "smtp-in-the-clear"

    @property
    def mail_server(self) -> Server:
        """Where mail goes, and how it gets there."""
        return replace(Server.of(self.smtp_url), ca=self.smtp_ca_file)

    @property
    def patience(self) -> Patience:
        """How long deliveries wait for what."""
        return Patience(
            contact=timedelta(hours=self.contact_wait_hours),
            provider=timedelta(hours=self.delivery_hours),
            lease=timedelta(seconds=self.smtp_timeout_seconds) + LEASE_OVER_TIMEOUT,
        )

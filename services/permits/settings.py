"""Settings of permits alone."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from services.permits.key_file import is_made_for_development
from shared.settings import PemFile, Risk, ServiceSettings, is_weak

_SIGNATURES = "local-only-signature-secret"  # published with the code


class Settings(ServiceSettings):
    """One environment variable each, named like the field in capitals."""

    seal_key_file: Path | None = None  # PKCS#12: the key that letters are sealed with, its certificate and those above
    seal_key_password: str = ""
    seal_device: Path | None = None  # in its place: the PKCS#11 library of a device that holds the key
    seal_device_token: str = ""  # its name; empty: the only one
    seal_device_pin: str = ""
    seal_device_label: str = ""  # of key and certificate in it
    seal_authorities_file: PemFile | None = None  # PEM: who vouches for the certificate, and for the time
    seal_timestamp_url: str = ""  # of a time-stamp authority (RFC 3161); empty: letters bear our own time
    signature_secret: str = _SIGNATURES  # encrypts the scanned signatures; without it none of them can be opened
    signature_secret_also: str = ""  # opens those that were encrypted with it, while the secret is changed
    draft_days: int = Field(default=90, gt=0)  # a draft to which no document was added for so long is forgotten
    empty_draft_days: int = Field(default=14, gt=0)  # and one that never had any
    drafts_megabytes: int = Field(default=20_000, gt=0)  # for the files of all drafts of the town together
    clamav_address: str = Field(default="", pattern=r"^$|^[^\s:]+:\d{1,5}$")  # `host:port` of clamd; empty: no scan

    @model_validator(mode="after")
    def _stamps_with_authorities(self) -> Self:
        """A time stamp is kept with what proves it, which nobody can gather without knowing whom to trust."""
        if self.seal_timestamp_url and not self.seal_authorities_file:
            raise ValueError("SEAL_TIMESTAMP_URL needs SEAL_AUTHORITIES_FILE: who vouches for the time")
        return self

    @property
    def signature_secrets(self) -> tuple[str, ...]:
        """The one that signatures are encrypted with, and the one that opens others beside it."""
        return (self.signature_secret, *filter(None, [self.signature_secret_also]))

    def unsafe(self) -> Iterable[tuple[str, Risk | Literal[""]]]:
        """What was made for a developer's machine: who has it could sign for the town."""
        also = {"SIGNATURE_SECRET_ALSO": self.signature_secret_also} if self.signature_secret_also else {}
        for name, secret in {"SIGNATURE_SECRET": self.signature_secret, **also}.items():
            if is_weak(secret):
                yield f"{name} is the development one, short or hardly random: set a random one", ""
        if self.seal_key_file and is_made_for_development(self.seal_key_file, self.seal_key_password):
            yield f"SEAL_KEY_FILE={self.seal_key_file} is the key that set-up made, set the town's own", ""

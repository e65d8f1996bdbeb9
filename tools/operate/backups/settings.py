"""Where backups are kept and for whom they are sealed: what the commands need on top of every service's settings."""

from pathlib import Path
from typing import Annotated, Any, TypeAlias

import pyrage
from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from shared.settings import ServiceSettings
from tools.operate.failures import NotDone

Recipient: TypeAlias = Any  # pyrage ships no types
Identity: TypeAlias = Any


class BackupSettings(ServiceSettings):
    """One environment variable each."""

    backup_dir: Path | None = None
    backup_recipients: Annotated[tuple[str, ...], NoDecode] = ()  # age's public keys; any one of them opens a backup
    backup_identity: str = ""  # the secret one, as `age-keygen` writes it; where backups are taken it is not needed
    backup_scan_days: int = Field(default=7, ge=1)  # a new chain begins after so many days
    backup_keep_days: int = Field(default=35, ge=1)

    @field_validator("backup_recipients", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        """Separated by commas or spaces."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @classmethod
    def with_key(cls, file: Path | None) -> "BackupSettings":
        """Of the environment, but the secret key is in that file if there is one."""
        try:
            return cls() if file is None else cls(backup_identity=file.read_text("utf-8"))
        except OSError as error:
            raise NotDone(f"{file}: {error.strerror}") from error

    @property
    def folder(self) -> Path:
        """The folder of all backups of this town."""
        if self.backup_dir is None:
            raise NotDone("say where backups are kept: BACKUP_DIR")
        return self.backup_dir

    @property
    def recipients(self) -> list[Recipient]:
        """For whom to seal; nothing is ever written for everybody."""
        if not self.backup_recipients:
            raise NotDone(
                "say for whom to seal: BACKUP_RECIPIENTS=age1…; `onestop backup key FILE` makes a pair of keys"
            )
        try:
            return [pyrage.x25519.Recipient.from_str(key) for key in self.backup_recipients]
        except pyrage.RecipientError as error:
            raise NotDone(f"BACKUP_RECIPIENTS: {error}") from None

    @property
    def identities(self) -> list[Identity]:
        """The keys that open them."""
        keys = [line.strip() for line in self.backup_identity.splitlines() if line.strip() and line[0] != "#"]
        if not keys:
            raise NotDone("give the key that opens the backups: BACKUP_IDENTITY_FILE=FILE (or --identity FILE)")
        try:
            return [pyrage.x25519.Identity.from_str(key) for key in keys]
        except pyrage.IdentityError as error:
            raise NotDone(f"BACKUP_IDENTITY: {error}") from None

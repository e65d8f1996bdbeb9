"""Whether the town can seal its letters: until it can, they wait, and so do the people whom they are for."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from services.permits.key_file import read_key_file
from services.permits.settings import Settings
from shared.kernel import Transient
from tools.operate.doctor.finding import POD, Finding, Grade

SOON = timedelta(days=30)  # an authority takes days for another certificate, and holidays come between
_TOLD = 'their figure onestop_valid_until_seconds{what="%s"} says until when it is good'


def look(settings: Settings, at: datetime) -> Iterator[Finding]:
    """A device is not opened: with a wrong PIN it locks itself."""
    if settings.seal_device:
        yield _note("unseen", f"SEAL_DEVICE is opened by permits alone: {_TOLD % 'SEAL_DEVICE'}")
    elif settings.seal_key_file:
        yield from _of_file(settings, at)
    elif POD in os.environ:
        yield _note("unseen", "the key that letters are sealed with is in pods of permits-worker alone: "
                    f"{_TOLD % 'SEAL_KEY_FILE'}; without one letters wait")  # fmt: skip
    else:
        yield _note("unfinished", "there is no key to seal letters with, so letters of decisions wait: set "
                    "SEAL_KEY_FILE or SEAL_DEVICE")  # fmt: skip


def _of_file(settings: Settings, at: datetime) -> Iterator[Finding]:
    file = settings.seal_key_file
    if not file or (file.is_file() and not file.stat().st_size):
        yield _note("unfinished", f"SEAL_KEY_FILE={file} is empty, so letters of decisions wait: put the town's key "
                    "with its certificate there")  # fmt: skip
        return
    try:
        certificate = read_key_file(file, settings.seal_key_password).cert
    except Transient as error:
        yield _note("broken", f"letters of decisions wait: {error}")
        return
    if certificate is None:
        yield _note("broken", f"letters of decisions wait: SEAL_KEY_FILE={file} holds no certificate of its key")
        return
    ends = certificate.certificate.not_valid_after_utc.astimezone(UTC)
    if ends <= at:
        yield _note("broken", f"letters of decisions wait: the certificate in SEAL_KEY_FILE={file} ended on "
                    f"{ends:%Y-%m-%d}: renew it")  # fmt: skip
    elif ends - at < SOON:
        yield _note("unfinished", f"the certificate in SEAL_KEY_FILE={file} ends on {ends:%Y-%m-%d}, and "
                         "letters wait then: renew it")  # fmt: skip


def _note(grade: Grade, text: str) -> Finding:
    return Finding(grade, "settings", text)

"""What stands beside the services: whether permits give letters to who sends mail, and whether the scanner judges."""

import httpx
from pydantic import ValidationError

from services.notify.settings import Settings as NotifySettings
from services.permits.settings import Settings as PermitsSettings
from shared.files.scanner import Scanner
from shared.kernel import Transient
from shared.kernel.errors import say_error
from shared.settings import MissingFile
from tools.operate.doctor.finding import Finding, Grade

ANSWER_SECONDS = 10.0


async def letters() -> list[Finding]:
    """An address that is empty is the settings' affair."""
    try:
        url = NotifySettings().permits_url
    except (ValidationError, MissingFile):
        return []  # the settings' look says it
    if not url:
        return []
    try:
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
            (await client.get(f"{url}/healthz")).raise_for_status()
    except httpx.HTTPError as error:
        return [_note("broken", f"PERMITS_URL={url} does not answer, so mails that tell of a decision come late and "
                      f"without its letter: {say_error(error)[:200]}")]  # fmt: skip
    return []


async def scanner() -> list[Finding]:
    """Likewise."""
    try:
        address = PermitsSettings().clamav_address
    except (ValidationError, MissingFile):
        return []
    if not address:
        return []
    try:
        await Scanner(address).ping()
    except Transient as error:
        return [_note("broken", f"CLAMAV_ADDRESS={address}: {error}; no document of an applicant is taken")]
    return []


def _note(grade: Grade, text: str) -> Finding:
    return Finding(grade, "outside", text)

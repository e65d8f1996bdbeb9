"""What services would refuse to start with, or run with at a risk: the settings of each, as this process has them."""

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from services.dispatch.settings import Settings as DispatchSettings
from services.intake.settings import Settings as IntakeSettings
from services.notify.settings import Settings as NotifySettings
from services.permits.settings import Settings as PermitsSettings
from shared.kernel.clock import now
from shared.settings import MissingFile, ServiceSettings
from shared.web.safety import is_development, risks
from tools.operate.acls import OPERATORS
from tools.operate.doctor import seal
from tools.operate.doctor.finding import Finding
from tools.operate.doctor.town import NOBODYS
from tools.operate.failures import settings_refused

SETTINGS: Sequence[type[ServiceSettings]] = (IntakeSettings, DispatchSettings, PermitsSettings, NotifySettings)
# Whoever runs commands signs in with a name of their own, not with a service's.
NOT_AN_OPERATORS = "shared-identity"


async def look(_: object = None) -> list[Finding]:
    """Each fault once, however many services have it."""
    found = dict.fromkeys(one for kind in SETTINGS for one in _of_service(kind))
    return list(found)


def _of_service(kind: type[ServiceSettings]) -> Iterator[Finding]:
    try:
        settings = kind()
    except (ValidationError, MissingFile) as error:
        yield Finding("broken", "settings", settings_refused(error))
        return
    if is_development(settings):
        yield Finding("unfinished", "settings", "this is a developer's own machine: PUBLIC_URL and OIDC_ISSUER are its "
                      "own, and ENVIRONMENT is not production")  # fmt: skip
    for one in risks(settings, OPERATORS):
        if one.risk == NOT_AN_OPERATORS:
            continue
        accepted = f" (accepted: {one.risk})" if one.risk in settings.accepted_risks else ""
        yield Finding("unsafe", "settings", one.text + accepted)
    if isinstance(settings, PermitsSettings):
        yield from _of_permits(settings)
    if isinstance(settings, NotifySettings):
        yield from _of_notify(settings)


def _of_permits(settings: PermitsSettings) -> Iterator[Finding]:
    if not settings.clamav_address:
        yield Finding("unfinished", "settings", "CLAMAV_ADDRESS is empty: documents of applicants are opened unscanned")
    yield from seal.look(settings, now())


def _of_notify(settings: NotifySettings) -> Iterator[Finding]:
    if NOBODYS.search(settings.mail_from):
        yield Finding("unfinished", "settings", f"MAIL_FROM={settings.mail_from} is nobody's mailbox, so answers are "
                      "lost and mails count as spam: set one that somebody reads")  # fmt: skip
    if not settings.permits_url:
        yield Finding("unfinished", "settings", "PERMITS_URL is empty: mails lead to letters of decisions, and hold "
                      "none")  # fmt: skip

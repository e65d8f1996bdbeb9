"""What every event of an application says of it."""

from typing import TypedDict

from services.permits.domain.application import Application


class Facts(TypedDict):
    """The fields that are common to all."""

    reference: str
    permit_type: str
    zone: str | None
    team: str | None


def list_facts(application: Application) -> Facts:
    """The part that is the same in each of the application's events."""
    return {
        "reference": application.reference,
        "permit_type": application.type,
        "zone": application.zone,
        "team": application.pin.team if application.pin else None,
    }

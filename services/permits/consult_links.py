"""The link by which whoever is asked about an application answers without an account. Derived, so never stored."""

from typing import NamedTuple

from services.permits.domain.consultation import Consultation
from shared.secret_links import case_secret, opens

_PARTS = 3


class ConsultLink(NamedTuple):
    """Which question of which application."""

    case_id: str
    consultation: str


def consult_token(key: str, case_id: str, one: Consultation) -> str:
    """`<application>.<question>.<secret>`."""
    return f"{case_id}.{one.id}.{case_secret(key, case_id, _party(one.id))}"


def read_consult_token(keys: tuple[str, ...], token: str) -> ConsultLink | None:
    """What a token of ours says; None for any other. Whether its time is over is for its reader to judge."""
    parts = token.split(".")
    if len(parts) != _PARTS or not token.isascii():
        return None
    case_id, consultation, secret = parts
    return ConsultLink(case_id, consultation) if opens(secret, keys, case_id, _party(consultation)) else None


def _party(consultation: str) -> str:
    return f"consultee-{consultation}"

"""The link by which whoever is asked about an application answers without an account. Derived from the town's
`LINK_SECRET`, so never stored.

Made by one service and read by another, so what it is made of is written here once.
"""

from typing import NamedTuple

from shared.secret_links import case_secret, opens

_DIGITS_MOST = 9
_PARTS = 4


class ConsultLink(NamedTuple):
    """Which question of which application; `number`: which of the links that there were for this question."""

    case_id: str
    consultation: str
    number: int = 0


def consult_token(key: str, link: ConsultLink) -> str:
    """The token of the link to one question: `<application>.<question>.<number>.<secret>`."""
    secret = case_secret(key, link.case_id, _party(link.consultation), link.number)
    return f"{link.case_id}.{link.consultation}.{link.number}.{secret}"


def consult_path(token: str) -> str:
    """The path of the page on which the question is answered."""
    return f"/permits/consult/{token}"


def read_consult_token(keys: tuple[str, ...], token: str) -> ConsultLink | None:
    """What a token of ours says; None for any other. Whether it is over or an older one is for its reader to judge."""
    parts = token.split(".")
    if len(parts) != _PARTS or not token.isascii():
        return None
    case_id, consultation, number, secret = parts
    if not (number.isdigit() and len(number) <= _DIGITS_MOST):
        return None
    link = ConsultLink(case_id, consultation, int(number))
    return link if opens(secret, keys, case_id, _party(consultation), link.number) else None


def _party(consultation: str) -> str:
    return f"consultee-{consultation}"

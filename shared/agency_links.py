"""What a message to an agency opens for a while, without an account: the page for one answer, and a report's photos.

Both are derived from the town's `LINK_SECRET` and stored nowhere; each says until when it is good, and opens nothing
once the town has taken the work back. Made by one service and read by another, so what they are made of is written here
once.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from shared.secret_links import case_secret, opens

_DIGITS_MOST = 12


class AnswerLink(NamedTuple):
    """Who may answer about which work, and until when; `number`: which of the links that there were for this work."""

    order_id: str
    agency: str
    number: int
    until: datetime

    def is_over(self, at: datetime) -> bool:
        """Whether the link has passed its time, and opens nothing any more."""
        return at >= self.until


class PhotoPass(NamedTuple):
    """The first so many photos of a report, which an officer gave to an agency with this work, and until when; what the
    reporter adds later is not among them."""

    order_id: str
    agency: str
    photos: int
    until: datetime

    def opens(self, number: int, at: datetime) -> bool:
        """Whether that photo is among them, and the time not over."""
        return 0 < number <= self.photos and at < self.until


def answer_token(key: str, link: AnswerLink) -> str:
    """`<order>.<number>.<until>.<secret>.<agency>`: only a code of the profile may hold dots."""
    until = int(link.until.timestamp())
    secret = case_secret(key, link.order_id, _answers(link.agency, until), link.number)
    return f"{link.order_id}.{link.number}.{until}.{secret}.{link.agency}"


def read_answer_token(keys: tuple[str, ...], token: str) -> AnswerLink | None:
    """What a token of ours says; None for any other. Whether it is over or an older one is for its reader to judge."""
    order_id, number, until, secret, agency = [*token.split(".", 4), "", "", "", ""][:5]
    if not (token.isascii() and _is_number(number) and _is_number(until)):
        return None
    if not opens(secret, keys, order_id, _answers(agency, int(until)), int(number)):
        return None
    return AnswerLink(order_id, agency, int(number), datetime.fromtimestamp(int(until), UTC))


def photo_pass(key: str, reference: str, given: PhotoPass) -> str:
    """`<order>.<photos>.<until>.<secret>.<agency>`: only a code of the profile may hold dots."""
    until = int(given.until.timestamp())
    secret = case_secret(key, reference, _photos(given.order_id, given.agency, given.photos, until))
    return f"{given.order_id}.{given.photos}.{until}.{secret}.{given.agency}"


def read_photo_pass(keys: tuple[str, ...], reference: str, token: str) -> PhotoPass | None:
    """What a pass of ours for that report says; None for any other. Whether it is over, and whether the agency still
    has the work, is for its reader to judge."""
    order_id, photos, until, secret, agency = [*token.split(".", 4), "", "", "", ""][:5]
    if not (token.isascii() and _is_number(photos) and _is_number(until)):
        return None
    if not opens(secret, keys, reference, _photos(order_id, agency, int(photos), int(until))):
        return None
    return PhotoPass(order_id, agency, int(photos), datetime.fromtimestamp(int(until), UTC))


def photo_path(reference: str, number: int, given: str) -> str:
    """Where an agency sees a photo of a report, under the town's origin."""
    return f"/api/v1/reports/{reference}/photos/{number}/referred?pass={given}"


def _answers(agency: str, until: int) -> str:
    return f"agency/{agency}/{until}"


def _photos(order_id: str, agency: str, photos: int, until: int) -> str:
    return f"photos/{order_id}/{agency}/{photos}/{until}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS_MOST

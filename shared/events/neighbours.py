"""What permits says of the neighbours of a plot who are asked for their word. Read by notify, which writes to those of
whom somebody gave an address. Who and where they are stays with permits."""

from typing import Literal

from shared.events.base import Code, ForStaff, FreeText, Instant, Internal, Public, ShortText
from shared.events.permit_base import PermitEvent

NEIGHBOUR = "neighbour"  # as notice rules call them
PARTY = "neighbour-"  # the beginning of each one's party in a case
NeighbourView = Literal["consents", "objects"]


def party_of(neighbour: str) -> str:
    """As whom one of the neighbours of an application is told."""
    return f"{PARTY}{neighbour.lower()}"


class ToNeighbour(PermitEvent):
    """Common to all by which somebody next to the plot is written to."""

    neighbour: Internal[ShortText]
    """Which of the application's neighbours it is."""
    due_at: Public[Instant]
    """By when they are to answer."""
    address: Internal[ShortText | None] = None
    """Where it is to be built, as whoever applies wrote it."""
    deed_number: Internal[ShortText | None] = None
    """The plot's deed, as the layer of parcels has it."""
    party: Internal[Code | None] = None
    """As whom they are told, where somebody gave an address of theirs; null: by a printed letter alone."""


class PermitNeighbourAsked(ToNeighbour):
    """Somebody next to the plot is asked whether they consent, by a letter on paper, and by mail where `party` says."""

    type = "onestop.permit.neighbour-asked.v1"
    revision = 3


class PermitNeighbourReminded(ToNeighbour):
    """They were asked by mail, have not answered, and their time is nearly over: once."""

    type = "onestop.permit.neighbour-reminded.v1"
    revision = 2


class PermitNeighbourAnswered(PermitEvent):
    """A neighbour answered; what they think is for those who decide."""

    type = "onestop.permit.neighbour-answered.v1"
    neighbour: Internal[ShortText]
    """Which of the application's neighbours it is."""
    view: ForStaff[NeighbourView]
    """Whether they consent."""
    answer: ForStaff[FreeText | None] = None
    """Why not."""


NEIGHBOUR_EVENTS: tuple[type[PermitEvent], ...] = (
    PermitNeighbourAsked,
    PermitNeighbourReminded,
    PermitNeighbourAnswered,
)

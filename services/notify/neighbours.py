"""What somebody next to a plot is given by mail: the page of their question, and the code that opens it. The case is
not theirs, so nothing leads them further."""

from dataclasses import dataclass

from services.notify.domain.notice import Notice
from services.notify.links import Links
from shared.events.neighbours import NEIGHBOUR
from shared.neighbour_links import PAGE


@dataclass(frozen=True)
class ToNeighbour:
    """Both in their own mail alone (`mailed`): whoever has the code answers in their place."""

    links: Links

    def link(self, notice: Notice, *, mailed: bool) -> str:
        """Their question; elsewhere the page that asks for the code."""
        if not mailed or notice.asked is None:
            return f"{self.links.origin}{PAGE}"
        return self.links.neighbour(notice.reference, notice.case_id, notice.asked)

    def code(self, notice: Notice, *, mailed: bool) -> str:
        """As on the printed letter; "" for everybody else."""
        if not mailed or notice.audience != NEIGHBOUR or notice.asked is None:
            return ""
        return self.links.neighbour_code(notice.case_id, notice.asked)

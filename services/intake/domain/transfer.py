"""How the people of a merged report come to be counted by the one that stays; `merging.py` moves it."""

from datetime import datetime

from shared.kernel import StoredModel


class Transfer(StoredModel):
    """People who follow this merged report and are not counted yet by the one it was merged into."""

    waiting: int = 0
    under_way: int = 0
    turn: int = 0
    began: int = 0  # the turn with which this merge began: its first people bring the line that names their report
    since: datetime | None = None  # since when anybody waits or is under way

    def and_waiting(self, change: int, at: datetime) -> "Transfer":
        """With so many more followers (or fewer, below 0) to carry over, and since when some wait."""
        waiting = self.waiting + change
        since = (self.since or at) if waiting or self.under_way else None
        return self.model_copy(update={"waiting": waiting, "since": since})

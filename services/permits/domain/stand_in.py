"""In whose place somebody acts who does another's part: as it was on that day, whatever the profile says later."""

from collections.abc import Mapping
from typing import Annotated, Literal

from services.permits.domain.condition import Text
from shared.kernel import Lenient, StoredModel

Capacity = Literal["acting", "delegated", "covering"]
CAPACITIES: Mapping[Capacity, Text] = {
    "acting": Text(th="รักษาราชการแทน", en="acting for"),
    "delegated": Text(th="ปฏิบัติราชการแทน", en="on behalf of"),
    "covering": Text(th="ปฏิบัติหน้าที่แทน", en="standing in for"),  # among examiners
}


class StandIn(StoredModel):
    """`title` is their own office or team, `away` the one whose place they take, by that written order."""

    office: str  # their own, by its code
    title: Text
    capacity: Annotated[Capacity, Lenient]
    away: Text
    by_order: str

    def lines(self, language: str) -> list[str]:
        """The two lines under a signature: the signer's own office, and for whom and as what they sign."""
        word = CAPACITIES.get(self.capacity)
        return [self.title.get(language), f"{word.get(language) if word else self.capacity} {self.away.get(language)}"]

    def says(self, language: str) -> str:
        """The same two lines in one, for use within a sentence."""
        return (" " if language == "th" else ", ").join(self.lines(language))

"""What an officer sends to mark a document: bounded places and words."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.permits.bodies import Body
from services.permits.domain.marking import MARKS_MOST
from services.permits.domain.paper import Mark
from shared.times import Time
from shared.words import CleanText

PAGES_MOST = 10_000
_DIGITS = 4  # of a fraction: a tenth of a millimetre on the largest sheet
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class NewMark(Body):
    """A place on a page, as fractions of it from its upper left corner, and what is wrong there. Without a size it is a
    pin; without a corner the words say where."""

    page: Annotated[int, Field(ge=1, le=PAGES_MOST)]
    note: Annotated[CleanText, Field(min_length=1, max_length=500)]
    x: Fraction | None = None
    y: Fraction | None = None
    width: Fraction = 0
    height: Fraction = 0

    @model_validator(mode="after")
    def _is_on_the_page(self) -> Self:
        if (self.x is None) != (self.y is None):
            raise PydanticCustomError("place_half", "a place needs both x and y")
        if (self.width > 0) != (self.height > 0):
            raise PydanticCustomError("frame_flat", "a frame needs both width and height")
        if self.x is None and self.width:
            raise PydanticCustomError("place_half", "a frame needs x and y")
        if (self.x or 0) + self.width > 1.0001 or (self.y or 0) + self.height > 1.0001:
            raise PydanticCustomError("frame_outside", "the frame does not lie on the page")
        return self

    def mark(self) -> Mark:
        """As the domain knows it."""
        places = {name: value for name, value in self.model_dump().items() if isinstance(value, float)}
        return Mark(**{**self.model_dump(), **{name: round(value, _DIGITS) for name, value in places.items()}})


class Marks(Body):
    """`PUT …/documents/{requirement}/marks`: all marks of the document. `sha256`: of the file that was looked at: when
    it was replaced since, they are refused. `read_at`: the `at` of the finding that was read, if there was one; when
    somebody has noted something since, they are refused too."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    marks: Annotated[list[NewMark], Field(max_length=MARKS_MOST)]
    read_at: Annotated[Time | None, Field(description="`at` of the finding that was read.")] = None

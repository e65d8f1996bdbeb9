"""The building blocks of a town's profile: strict frozen models, codes, and text in the town's languages."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
FilePath = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9/_-]*\.[a-z0-9]+$")]  # inside the town's folder
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Language = str  # "th" or "en"; anything else is answered in the town's first language


class Part(BaseModel):
    """Frozen, and strict about unknown keys: a misspelt key must not be silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Text(Part):
    """One text in Thai and English."""

    th: Words
    en: Words

    def get(self, language: Language = "th") -> str:
        """The text in `language`; Thai when it is neither."""
        return self.en if language == "en" else self.th

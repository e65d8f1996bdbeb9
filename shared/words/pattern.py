"""A town's own pattern against a whole text, by an engine that takes time as the text is long, whatever the pattern."""

from functools import cache
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError


def fits(pattern: str, text: str) -> bool:
    """Whether all of the text is as the pattern says. ValueError when the pattern is no regular expression."""
    try:
        _reader(pattern).validate_python(text)
    except SchemaError as error:
        raise ValueError(f"pattern is no regular expression: {error}") from error
    except ValidationError:
        return False
    return True


@cache
def _reader(pattern: str) -> TypeAdapter[str]:
    return TypeAdapter(Annotated[str, StringConstraints(pattern=rf"\A(?:{pattern})\z")])

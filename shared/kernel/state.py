"""What stored state is made of, so that replicas of two releases can work on the same cases side by side.

During a rolling update, and after a rollback, a case may hold fields and values that this release does not know. It
must neither lose them nor stop at them.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

CODE_MOST = 60  # characters


class StoredModel(BaseModel):
    """Base of every stored state and of each piece of one.

    Unknown fields are kept, carried along by `model_copy` and written back; so change a piece by `model_copy`, never by
    building it anew from the fields that you know.
    """

    model_config = ConfigDict(frozen=True, extra="allow")


class Lenient:
    """`Annotated[State, Lenient]`: for mypy the `Literal`, at run time any short text, as a newer release may store it.

    Code must meet a value it does not know without an exception: an act is not possible in such a state, a page shows
    the code itself.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """A string, whatever the `Literal` beside it lists."""
        return core_schema.str_schema(strict=True, max_length=CODE_MOST)

"""The error that routes and every part of this layer may raise; `errors` draws it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldProblem:
    """One wrong field: where it is (`location.latitude`), what kind of mistake, and in plain words."""

    field: str
    code: str
    message: str


class Problem(Exception):
    """An answer that is an error. Title and detail come from the catalogue by `code`, unless `detail` is given."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str | None = None,
        *,
        detail_args: Mapping[str, object] | None = None,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.detail_args = dict(detail_args or {})
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

"""What an app holds for its requests, each part found by its class; this module knows none of the parts."""

from typing import TypeVar, cast

from fastapi import FastAPI, Request

T = TypeVar("T")


def add_part(app: FastAPI, part: T, kind: type[T] | None = None) -> T:
    """Registers a part under its class, or under `kind`, the base class that it is looked up by."""
    if not hasattr(app.state, "parts"):
        app.state.parts = {}
    app.state.parts[kind or type(part)] = part
    return part


def part_of(request: Request, kind: type[T]) -> T:
    """The part of the app that serves this request. KeyError names a class that `create_web` was not given."""
    return cast(T, request.app.state.parts[kind])

# ruff: noqa: T201 (a command talks to its terminal)
"""Every model that a service stores, and examples of them: the frozen ones, and one that a newer release might write.

`python -m tests.support.stored` freezes an example of each model that has none of this release yet. A frozen example is
never edited: a later release adds one beside it.
"""

import ast
import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import bson
from bson import json_util
from bson.codec_options import CodecOptions
from pydantic import BaseModel

from shared.kernel import Lenient
from tests.support.source import ROOT

RELEASE = "r1"
FROZEN = ROOT / "tests" / "contracts" / "stored"
NEWER_FIELD, NEWER_CODE = "told_by_a_newer_release", "a-code-of-a-newer-release"
_NEWER_VALUE = {"kept": [1, {"as": "it is"}]}
_AT = datetime(2026, 11, 24, 3, 4, 5, 678000, tzinfo=UTC)
_PLAIN: Mapping[Any, Any] = {
    str: "ข้อความ", int: 3, float: 18.75, bool: True, datetime: _AT, date: _AT.date().isoformat(), bytes: b"\x00\xff",
    Any: "anything",
}  # fmt: skip
_OPTIONS = json_util.JSONOptions(json_mode=json_util.JSONMode.RELAXED, tz_aware=True)


def stored_models() -> Mapping[str, type[BaseModel]]:
    """`<service>.<collection>` → model, as the stores declare them."""
    return dict(sorted(_declared()))


def _declared() -> Iterator[tuple[str, type[BaseModel]]]:
    for file in sorted(ROOT.glob("services/*/*store.py")):
        service = file.parent.name
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "cases":
                collection, model = call.args[:2]
                assert isinstance(collection, ast.Constant)
                assert isinstance(collection.value, str)
                assert isinstance(model, ast.Name)
                yield (
                    f"{service}.{collection.value}",
                    getattr(importlib.import_module(f"services.{service}.{file.stem}"), model.id),
                )


def frozen(name: str) -> Sequence[Path]:
    """The examples of one model, of the oldest release first."""
    return sorted(FROZEN.glob(f"{name}.r*.json"), key=lambda path: int(path.name.split(".r")[-1].removesuffix(".json")))


def read(path: Path) -> dict[str, Any]:
    """A state as the database gives it back."""
    return through_bson(json_util.loads(path.read_text(), json_options=_OPTIONS))


def through_bson(state: Mapping[str, Any]) -> dict[str, Any]:
    """As it comes back when it is stored."""
    return bson.decode(bson.encode(state), CodecOptions(tz_aware=True))


def example(model: type[BaseModel], *, newer: bool = False) -> dict[str, Any]:
    """A state with every field filled; with fields and codes that only a `newer` release knows."""
    fields = {name: _value(hint, newer) for name, hint in _hints(model).items()}
    return through_bson(fields | ({NEWER_FIELD: _NEWER_VALUE} if newer else {}))


def _hints(model: type[BaseModel]) -> dict[str, Any]:
    hints = get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.model_fields}


def _value(hint: Any, newer: bool) -> Any:
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return NEWER_CODE if newer and Lenient in inner[1:] else _value(inner[0], newer)
    if origin is Literal:
        return inner[0]
    if origin in (Union, UnionType):
        return _value(next(one for one in inner if one is not NoneType), newer)
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return {str(_value(inner[0], newer)): _value(inner[1], newer)}
    if isinstance(origin, type) and issubclass(origin, Sequence | set | frozenset):
        return [_value(one, newer) for one in inner if one is not Ellipsis]
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return example(hint, newer=newer)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint)).value
    if is_typeddict(hint):
        return {name: _value(one, newer) for name, one in get_type_hints(hint, include_extras=True).items()}
    raise TypeError(f"no example of {hint} is known: add it to `_value`")


def strict_literals(model: type[BaseModel]) -> Iterator[str]:
    """Fields that stop at a value of a newer release: a `Literal` or an enumeration without `Lenient`."""
    for name, hint in _hints(model).items():
        yield from (f"{model.__name__}.{name}" for kind, _ in _parts(hint, lenient=False) if kind == "strict")
    for piece in pieces(model):
        yield from strict_literals(piece)


def pieces(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models that its fields are made of."""
    for hint in _hints(model).values():
        yield from (part for kind, part in _parts(hint, lenient=False) if kind == "model")


def _parts(hint: Any, *, lenient: bool) -> Iterator[tuple[str, Any]]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield from _parts(inner[0], lenient=Lenient in inner[1:])
    elif origin is Literal or (isinstance(hint, type) and issubclass(hint, Enum)):
        if not lenient:
            yield "strict", hint
    elif isinstance(hint, type) and issubclass(hint, BaseModel):
        yield "model", hint
    else:
        for one in inner:
            yield from _parts(one, lenient=False)


def freeze() -> None:
    """Write what is missing of this release, never over what is there."""
    FROZEN.mkdir(exist_ok=True)
    for name, model in stored_models().items():
        path = FROZEN / f"{name}.{RELEASE}.json"
        if path.exists():
            continue
        text = json_util.dumps(example(model), json_options=_OPTIONS, ensure_ascii=False)
        path.write_text(json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    freeze()

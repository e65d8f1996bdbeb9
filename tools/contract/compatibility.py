"""What may change in a published schema: an optional field may be added. Everything else is a new event type."""

from typing import Any

_ANNOTATIONS = ("title", "description", "examples", "$id", "$schema", "$comment")


def differences(old: Any, new: Any, where: str = "data") -> list[str]:
    """Each change from `old` to `new` that a program written against `old` could notice; empty: compatible."""
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [told for index, pair in enumerate(zip(old, new, strict=True))
                for told in differences(*pair, f"{where}[{index}]")]  # fmt: skip
    if not isinstance(old, dict) or not isinstance(new, dict):
        return [] if old == new and type(old) is type(new) else [f"{where} changed from {old!r} to {new!r}"]
    told = _properties(old, new, where) + _definitions(old, new, where)
    for name in sorted(_rules(old) | _rules(new)):
        if name in old and name in new:
            told += differences(old[name], new[name], f"{where}.{name}")
        else:
            told.append(f"{where}: {name} was {'added' if name in new else 'removed'}")
    return told


def same(old: Any, new: Any) -> bool:
    """Whether two schemas differ in nothing but texts for people."""
    return bool(_bare(old) == _bare(new))


def _rules(schema: dict[str, Any]) -> set[str]:
    return set(schema) - {"properties", "required", "$defs", *_ANNOTATIONS}


def _definitions(old: dict[str, Any], new: dict[str, Any], where: str) -> list[str]:
    """Shared types that both know; one that came is of a field that came, and one that nobody asks for may go."""
    before, now = old.get("$defs", {}), new.get("$defs", {})
    return [told for name in before if name in now for told in differences(before[name], now[name], f"{where}, {name}")]


def _properties(old: dict[str, Any], new: dict[str, Any], where: str) -> list[str]:
    before, now = old.get("properties", {}), new.get("properties", {})
    was_required, is_required = set(old.get("required", [])), set(new.get("required", []))
    told = [f"{where}.{name} was removed" for name in before if name not in now]
    told += [f"{where}.{name} was added as required" for name in now if name not in before and name in is_required]
    told += [f"{where}.{name} is {'now' if name in is_required else 'no longer'} required"
             for name in before if name in now and (name in was_required) != (name in is_required)]  # fmt: skip
    for name in before:
        if name in now:
            told += differences(before[name], now[name], f"{where}.{name}")
    return told


def _bare(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {field: _bare(one) for field, one in inner.items()} if name == "properties" else _bare(inner)
        for name, inner in schema.items()
        if name not in _ANNOTATIONS
    }

"""Stored state keeps the rules of events: what an older release wrote is read, what a newer one wrote survives."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel

from shared.events.ids import new_id
from shared.kernel import Cause, Lenient, Step, StoredModel
from shared.kernel.cases import Cases
from tests.support.memory import MemoryCases
from tests.support.stored import (
    FROZEN,
    NEWER_CODE,
    NEWER_FIELD,
    example,
    frozen,
    pieces,
    read,
    stored_models,
    strict_literals,
    through_bson,
)

MODELS = stored_models()
EXAMPLES = [(name, path) for name in MODELS for path in frozen(name)]
each_model = pytest.mark.parametrize("name", MODELS)
each_example = pytest.mark.parametrize(("name", "path"), EXAMPLES, ids=[path.name for _, path in EXAMPLES])


def lost(before: Any, after: Any, where: str = "state") -> list[str]:
    """What was in `before` and is not in `after`, or differs; new fields may come."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return [fault for key, value in before.items() for fault in lost(value, after.get(key), f"{where}.{key}")]
    if isinstance(before, Sequence) and isinstance(after, Sequence) and not isinstance(before, str | bytes):
        pairs = enumerate(zip(before, after, strict=False))
        faults = [fault for index, (one, other) in pairs for fault in lost(one, other, f"{where}[{index}]")]
        return faults if len(before) == len(after) else [*faults, f"{where} has another length"]
    return [] if before == after else [f"{where}: {before!r} became {after!r}"]


def copied(state: Any) -> Any:
    """A step that changes nothing."""
    return state.model_copy(update={})


async def stepped(model: type[BaseModel], stored: Mapping[str, Any]) -> dict[str, Any]:
    """As a replica of this release loads it, steps it and writes it back."""
    cases: Cases[Any] = Cases("cases", MemoryCases(None, []), source="/town/test")
    case_id = new_id()
    await cases.step(case_id, lambda _, c: Step(model.model_validate(stored)), Cause.request())
    case = await cases.step(
        case_id, lambda state, c: Step(state.model_copy(update={})) if state else None, Cause.request()
    )
    return through_bson(case.state.model_dump())


@each_model
def test_a_stored_model_and_each_of_its_pieces_keeps_unknown_fields(name: str) -> None:
    left: list[type[BaseModel]] = [MODELS[name]]
    wrong = []
    while left:
        model = left.pop()
        if not issubclass(model, StoredModel):
            wrong.append(model.__name__)
        left += pieces(model)
    assert not wrong, "make each a StoredModel"


@each_model
def test_no_stored_code_stops_at_a_value_of_a_newer_release(name: str) -> None:
    assert not sorted(set(strict_literals(MODELS[name]))), "make each Annotated[…, Lenient]"


@each_model
async def test_what_a_newer_release_wrote_is_stepped_and_nothing_of_it_is_lost(name: str) -> None:
    newer = example(MODELS[name], newer=True)
    assert NEWER_FIELD in newer
    assert not lost(newer, await stepped(MODELS[name], newer))


@each_example
async def test_what_an_older_release_wrote_is_stepped_and_nothing_of_it_is_lost(name: str, path: Path) -> None:
    assert not lost(read(path), await stepped(MODELS[name], read(path)))


@each_model
def test_the_newest_example_has_every_field(name: str) -> None:
    examples = frozen(name)
    assert examples, "`python -m tests.support.stored` makes it, once the shape is final"
    missing = lost(_shape(example(MODELS[name])), _shape(read(examples[-1])))
    assert not missing, "a field came: a release that stores it has an example of its own"


def test_every_frozen_example_is_of_a_model_that_is_stored() -> None:
    assert set(FROZEN.glob("*.json")) == {path for _, path in EXAMPLES}


class _Line(StoredModel):
    at: str


class _Case(StoredModel):
    """A sample of what the rules are about."""

    state: Annotated[Literal["open", "closed"], Lenient] = "open"
    lines: tuple[_Line, ...] = ()


class _Forgetful(BaseModel):
    """It forgets what it does not know, and stops at a new value."""

    state: Literal["open", "closed"] = "open"
    line: _Line | None = None


def test_a_model_that_forgets_or_stops_is_found() -> None:
    assert list(strict_literals(_Forgetful)) == ["_Forgetful.state"]
    assert list(strict_literals(_Case)) == []
    assert lost({"state": "open", NEWER_FIELD: 1}, _Forgetful().model_dump()) == [f"state.{NEWER_FIELD}: 1 became None"]


async def test_a_piece_of_a_newer_release_is_kept_through_a_step_of_its_case() -> None:
    newer = example(_Case, newer=True)
    assert newer["state"] == NEWER_CODE
    assert newer["lines"][0][NEWER_FIELD]
    assert await stepped(_Case, newer) == newer


@pytest.mark.parametrize("value", [3, None, "x" * 61])
def test_a_code_is_a_short_text(value: object) -> None:
    with pytest.raises(ValueError, match="state"):
        _Case.model_validate({"state": value})


def _shape(value: Any) -> Any:
    """Names and nothing else."""
    if isinstance(value, Mapping):
        return {name: _shape(one) for name, one in value.items()}
    return [_shape(value[0])] if isinstance(value, list) and value else ""

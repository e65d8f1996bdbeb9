"""The command that publishes schemas never overwrites what is frozen and never publishes what breaks readers."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.events.work_orders import WorkOrderEvent
from tools.contract import schemas
from tools.contract.schemas import INTEGRATORS, SUMS, check, main, read_frozen, write
from tools.contract.shapes import Shape, _shape, shapes

ModelWith = Callable[..., None]  # an edit of the schema, and the revision it is published as
TOPIC, TYPE = "public.reports.v1", "onestop.report.rated.v1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is published: a type of a later revision has those before it there."""
    published = tmp_path / "published"
    shutil.copytree(INTEGRATORS, published)
    assert write(published) == []
    return published


@pytest.fixture
def model_with(monkeypatch: pytest.MonkeyPatch) -> ModelWith:
    """Today's models with one schema changed, as if somebody had changed the class."""

    def change(edit: Callable[[dict[str, Any]], None], revision: int = 1) -> None:
        def edited(shape: Shape) -> Shape:
            schema = json.loads(json.dumps(shape.schema))
            edit(schema)
            return replace(shape, schema=schema, revision=revision)

        today = [edited(one) if (one.topic, one.event_type) == (TOPIC, TYPE) else one for one in shapes()]
        monkeypatch.setattr(schemas, "shapes", lambda: today)

    return change


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_written_passes_the_check_and_is_not_written_again(folder: Path) -> None:
    before = files(folder)
    assert check(folder) == []
    assert main(["write", "--folder", str(folder)]) == 0
    assert files(folder) == before


def test_an_optional_field_adds_a_revision_and_keeps_the_first(folder: Path, model_with: ModelWith) -> None:
    before = files(folder)
    model_with(lambda schema: schema["properties"].update(mood={"type": "integer"}), 2)
    assert check(folder) == [f"{TOPIC} {TYPE} r2 is not published: run `... schemas write`"]
    assert write(folder) == []
    assert [one.number for one in read_frozen(folder, TOPIC, TYPE)] == [1, 2]
    after = files(folder)
    assert all(after[name] == content for name, content in before.items() if name.endswith(".json"))
    assert check(folder) == []


@pytest.mark.parametrize(
    ("revision", "told"),
    [
        (1, "is not as r1 says: give its class `revision = 2`"),
        (3, "is of revision 3, published is 1"),
    ],
)
def test_a_field_without_its_own_revision_is_refused(
    folder: Path, model_with: ModelWith, revision: int, told: str
) -> None:
    before = files(folder)
    model_with(lambda schema: schema["properties"].update(mood={"type": "integer"}), revision)
    assert f"{TOPIC} {TYPE} {told}" in check(folder)
    assert write(folder) == [f"{TOPIC} {TYPE} {told}"]
    assert files(folder) == before


def test_an_incompatible_change_is_refused_and_nothing_is_written(folder: Path, model_with: ModelWith) -> None:
    before = files(folder)
    model_with(lambda schema: schema["properties"].pop("stars"), 2)
    assert f"{TOPIC} {TYPE} r1: data.stars was removed" in write(folder)
    assert files(folder) == before
    assert main(["check", "--folder", str(folder)]) == 1


def test_an_edited_or_missing_frozen_file_is_told(folder: Path) -> None:
    paths = sorted((folder / "schemas" / TOPIC).glob(f"{TYPE}.*"))
    paths[0].write_text(paths[0].read_text() + " ")
    assert check(folder) == [f"{TOPIC}/{paths[0].name} was edited after it was published"]
    for path in paths:
        path.unlink()
    assert {f"{TOPIC}/{path.name} is published, but missing" for path in paths} < set(check(folder))


def test_a_file_beside_the_published_ones_is_told(folder: Path) -> None:
    extra = folder / "schemas" / TOPIC / "notes.json"
    extra.write_text("{}")
    assert check(folder) == [f"{TOPIC}/notes.json was not published by us"]


def test_a_type_that_left_the_catalogue_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "shapes", lambda: [one for one in shapes() if one.event_type != TYPE])
    assert f"{TOPIC} {TYPE} r1 is published, but gone from the catalogue" in check(folder)


def test_an_outdated_document_is_told(folder: Path) -> None:
    for name in ("asyncapi.yaml", "asyncapi-public.yaml", "events.md"):
        (folder / name).write_text("asyncapi: 3.1.0\n")
        assert check(folder) == [f"{folder / name} is not what the models say: run `... schemas write`"]
        assert write(folder) == []
    assert (folder / "schemas" / SUMS).exists()


class WorkOrderPraised(WorkOrderEvent):
    """A new event of which nobody has thought of an example."""

    type = "onestop.work-order.praised.v1"


def test_an_event_without_an_example_says_where_one_goes() -> None:
    with pytest.raises(LookupError, match="has no example: add one in tools/contract/examples/"):
        _shape("internal.work-orders.v1", WorkOrderPraised, WorkOrderPraised)

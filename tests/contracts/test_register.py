"""The register of personal data names every collection, and every stored field that could say something of a person."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from services.permits.domain.application import Application
from shared.kernel import Lenient
from tests.support.source import ROOT, modules
from tests.support.stored import _hints, pieces, stored_models

PAGE = ROOT / "docs/operations/personal-data.md"
_ROW = re.compile(r"^\| `(?P<name>[\w.*]+)` \| (?P<fields>.*?) \|", re.MULTILINE)
_COLLECTION = re.compile(r'(?:database|client\[f"\{prefix\}_(?P<other>\w+)"\])\["(?P<name>\w+)')
PLACES = {"latitude", "longitude"}
# Texts that say nothing of anybody. A field is named here only when nothing that a person writes can come into it.
IDS = (
    "id parent report said reference party case_id work_order incident merged_into merged_reference ended_orders into "
    "into_reference took_in "
    "order "
    "event_id correlation_id traceparent subject recipient owner after only agency_reference number hash receipt "
    "thumbnail marked"
)
CODES_OF_THE_PROFILE = (
    "category zone team teams first_team agency given_to earlier code version service_level lapsed rule public_rule "
    "office deputy capacity by_order type level requirements allows value limit template audience channels th en"
)
OUR_OWN_WORDS = (
    "what why message_why status told_incident about by said_by teamed_by reason came_late sha256 sent_sha256 "
    "media_type language documents findings first_day last_day seen form_mark"
)
HOLDS_NOBODY = {*IDS.split(), *CODES_OF_THE_PROFILE.split(), *OUR_OWN_WORDS.split()}


def register() -> Mapping[str, frozenset[str]]:
    """Collection → the fields that its row names."""
    text = PAGE.read_text("utf-8").partition("## The register")[2].partition("\n## ")[0]
    return {row["name"]: frozenset(re.findall(r"`(\w+)`", row["fields"])) for row in _ROW.finditer(text)}


def collections() -> set[str]:
    """Every collection that the code opens by a name."""
    found = set(stored_models())
    for module in modules("services", "shared"):
        for match in _COLLECTION.finditer(module.text):
            owner = module.path.split("/")[1] if module.path.startswith("services/") else match["other"] or "*"
            found.add(f"{owner}.{match['name']}")
    return found


def texts(model: type[BaseModel]) -> Iterator[str]:
    """Fields into which a text could come, and those that say where something is."""
    for name, hint in _hints(model).items():
        if name in PLACES or _holds_text(hint):
            yield name
    for piece in pieces(model):
        yield from texts(piece)


def _holds_text(hint: Any) -> bool:
    if hint is str or hint is Any:
        return True
    inner = get_args(hint)
    return Lenient not in inner and any(map(_holds_text, inner))


def test_every_collection_is_in_the_register_and_nothing_else() -> None:
    assert set(register()) == collections() | {"notify.mail_counts", "notify.look_up_counts", "*.restored"}


@pytest.mark.parametrize("name", stored_models())
def test_every_text_that_is_stored_is_in_the_register_or_known_to_hold_nobody(name: str) -> None:
    unknown = set(texts(stored_models()[name])) - register()[name] - HOLDS_NOBODY
    assert not unknown, f"of {name}: enter them in {PAGE.relative_to(ROOT)}, or say that they hold nobody"


@pytest.mark.parametrize("name", stored_models())
def test_the_register_names_only_what_is_stored(name: str) -> None:
    assert register()[name] <= set(_names(stored_models()[name]))


def test_what_holds_nobody_is_no_word_for_a_text_of_somebody() -> None:
    named = {field for fields in register().values() for field in fields}
    assert not HOLDS_NOBODY & (named - {"party", "case_id"}), "a name has one meaning"
    assert {field for model in stored_models().values() for field in texts(model)} >= HOLDS_NOBODY - {"lapsed"}


def _names(model: type[BaseModel]) -> Iterator[str]:
    yield from model.model_fields
    for piece in pieces(model):
        yield from _names(piece)


def test_a_text_a_place_and_a_piece_are_found_and_a_code_is_not() -> None:
    found = set(texts(Application))
    assert {"form", "name", "latitude", "filename"} <= found
    assert "state" not in found

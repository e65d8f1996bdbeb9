"""One event map: what the README shows, what the catalogue says and what the services subscribe to are the same."""

import ast
import re

import pytest

from shared.events.catalogue import FAMILIES, SERVICES
from shared.events.topics import CONTACTS, internal
from tests.support.source import ROOT, Module, modules, parse

Map = dict[str, tuple[frozenset[str], frozenset[str]]]  # topic: writers, readers


def _topic(family: str) -> str:
    return CONTACTS if family == "contacts" else internal(family)


def catalogue() -> Map:
    return {_topic(f.name): (frozenset(f.writers), frozenset(f.readers)) for f in FAMILIES.values()}


def readme(text: str) -> Map:
    """The rows of the event map: | `topic` | written by | read by | …"""
    row = re.compile(r"^\| *`((?:internal|private)\.[a-z.-]+v1)` *\|([^|]*)\|([^|]*)\|", re.MULTILINE)
    words = re.compile("|".join(SERVICES))
    return {
        topic: (frozenset(words.findall(written)), frozenset(words.findall(read)))
        for topic, written, read in row.findall(text)
    }


def subscriptions(module: Module) -> set[str]:
    """Topics given to `….on(…)`, as `service.on(internal("reports"))` is written."""
    found: set[str] = set()
    for name, call in module.calls():
        if name.endswith(".on") and len(call.args) == 1:
            found.add(_named(call.args[0]))
    return found


def _named(topic: ast.expr) -> str:
    match topic:
        case ast.Call(args=[ast.Constant(value=str(family))]) if ast.unparse(topic.func).endswith("internal"):
            return internal(family)
        case ast.Name(id="CONTACTS") | ast.Attribute(attr="CONTACTS"):
            return CONTACTS
        case ast.Constant(value=str(name)):
            return name
    raise AssertionError(f'say which topic on the spot, as internal("reports"): {ast.unparse(topic)}')


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_hears_what_the_catalogue_says(service: str) -> None:
    heard = {topic for module in modules(f"services/{service}") for topic in subscriptions(module)}

    assert heard == {topic for topic, (_, readers) in catalogue().items() if service in readers}


def test_the_readme_shows_the_catalogue() -> None:
    expected = catalogue()
    rows = "\n".join(f"| `{t}` | {', '.join(sorted(w))} | {', '.join(sorted(r))} |" for t, (w, r) in expected.items())
    text = (ROOT / "README.md").read_text("utf-8")

    assert readme(text) == expected, f"the README's event map should have these rows:\n{rows}"


def test_a_row_of_the_map_is_read() -> None:
    row = "| topic | written by | read by |\n|---|---|---|\n| `internal.reports.v1` | intake | dispatch, notify | x |\n"

    assert readme(row) == {"internal.reports.v1": (frozenset({"intake"}), frozenset({"dispatch", "notify"}))}


def test_a_subscription_is_found_however_its_topic_is_written() -> None:
    source = '@service.on(internal("reports"))\nasync def on_report(): ...\nservice.on(topics.CONTACTS)(on_contact)'

    assert subscriptions(parse("services/notify/app.py", source)) == {"internal.reports.v1", "private.contacts.v1"}


def test_a_topic_that_cannot_be_read_is_no_topic() -> None:
    with pytest.raises(AssertionError, match="say which topic"):
        subscriptions(parse("services/notify/app.py", "service.on(chosen)"))

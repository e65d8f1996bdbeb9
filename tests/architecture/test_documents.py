"""What the documents point at is there: a reader who follows a path must not end at nothing."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from shared.web.language import words
from shared.web.security_log import Event
from tests.support.source import ROOT, Module, modules, parse

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINKED = [*PAGES, ROOT / "deploy/kubernetes/README.md"]  # which shows paths of a town that is not there
_PATH = re.compile(r"`((?:services|shared|deploy|tools|tests|docs)/[\w./-]+)`")
_STEP = re.compile(r"^\| \d+ \| `(?P<path>[\w./]+\.py)` \| (?P<what>.*?) \|", re.MULTILINE)
_NAME = re.compile(r"`(\w+)`")
_WORD = re.compile(r"`([A-Za-z_][\w/]*(?:\.\w+)*)`")  # a file, a function, a class and its method
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_OURS = re.compile(r"`([a-z]\w*_\w+|\w+\.py)`")  # in a docstring: what can only be a name or a file of our own
_SAID = re.compile(r"`([a-z][a-z']* [a-z', ]*[a-z])`")
COMMANDS = {"make", "onestop", "systemctl"}
RUNBOOKS = ROOT / "docs/operations/runbooks"
OF_OTHERS = {"OnestopTracesLost", "OnestopWorkerAlone"}  # their looks are at what other programs say
SOURCE = ("services", "shared", "deploy", "tools")


def paths(text: str) -> set[str]:
    """Files and folders of the repository, written in full between backquotes."""
    return set(_PATH.findall(text))


def named_steps(text: str) -> Iterator[tuple[str, str]]:
    """Path and function of each step of a walk through the code; words in capitals are classes of other files."""
    for step in _STEP.finditer(text):
        yield from ((step["path"], name) for name in _NAME.findall(step["what"]) if name.islower())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_path_of_a_page_exists(page: Path) -> None:
    missing = [path for path in sorted(paths(page.read_text("utf-8"))) if not (ROOT / path).exists()]

    assert not missing


def anchors(text: str) -> set[str]:
    """What a link can name after `#`: each heading, as the forges write it."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(text)}


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_to_a_file_and_its_heading(page: Path) -> None:
    links = _LINK.findall(page.read_text("utf-8"))
    nowhere = [f"{path}#{anchor}" for path, anchor in links if not _leads(page.parent / path if path else page, anchor)]

    assert not nowhere


def _leads(to: Path, anchor: str) -> bool:
    return to.exists() and (not anchor or anchor in anchors(to.read_text("utf-8")))


def test_links_and_headings_are_found() -> None:
    text = "# The event map\n[a](docs/x.md#the-way) [b](#here) [c](https://example.org/#no)\n## `ROLES`: one, two"

    assert _LINK.findall(text) == [("docs/x.md", "the-way"), ("", "here")]
    assert anchors(text) == {"the-event-map", "roles-one-two"}


def test_a_walk_through_the_code_names_what_is_there() -> None:
    steps = list(named_steps((ROOT / "docs/follow-a-case.md").read_text("utf-8")))
    missing = [f"{path}: {name}" for path, name in steps if not _has((ROOT / path).read_text("utf-8"), name)]

    assert len(steps) > 30
    assert not missing


def test_a_walk_names_who_goes_on() -> None:
    """Whatever else it names, in any column, is called so somewhere in our source."""
    told = _WORD.findall((ROOT / "docs/follow-a-case.md").read_text("utf-8"))
    known = known_names()
    missing = [word for word in told if not _is_known(word.rpartition("/")[2], known)]

    assert len(told) > 100
    assert not missing


def _is_known(word: str, known: Collection[str]) -> bool:
    return word in known or all(part in known for part in word.split("."))


def test_the_way_of_a_report_is_as_short_as_its_page_says() -> None:
    page = (ROOT / "docs/follow-a-case.md").read_text("utf-8")
    way = [step["path"] for step in _STEP.finditer(page.partition("## Follow one report")[2].partition("\n## ")[0])]
    to_the_list = way[: way.index("services/dispatch/stream.py") + 1]

    assert "list in ten files, to the reporter's mail in sixteen (all but step 10)" in page
    assert (len(set(to_the_list)), len(set(way) - {to_the_list[-1]})) == (10, 16)


def _has(source: str, name: str) -> bool:
    """A function of that name, or a moment."""
    return bool(re.search(rf"def {name}\b|\b{name.upper()}\b", source))


def test_paths_and_steps_are_found() -> None:
    text = "| 1 | `services/intake/commands.py` | `submit_report` and `ReportSubmitted` | |\nsee `docs/decisions/`"

    assert paths(text) == {"services/intake/commands.py", "docs/decisions/"}
    assert list(named_steps(text)) == [("services/intake/commands.py", "submit_report")]


def told_names(module: Module) -> Iterator[str]:
    """Names and files between backquotes in the docstrings of a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _OURS.findall(ast.get_docstring(node) or "")


@cache
def known_names() -> frozenset[str]:
    """Whatever our source calls anything, and every Python file."""
    files = [path for folder in (*SOURCE, "tests") for path in (ROOT / folder).rglob("*.py")]
    found = {name for path in files for name in (path.name, path.stem)}
    for node in (node for module in modules(*SOURCE) for node in ast.walk(module.tree)):
        found |= {
            name for field in ("name", "id", "attr", "arg") if isinstance(name := getattr(node, field, None), str)
        }
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            found.add(node.value)  # a field of a document, a header
    return frozenset(found)


def test_a_docstring_names_what_is_there() -> None:
    wrong = [f"{module.path}: {name}" for module in modules(*SOURCE) for name in told_names(module)
             if name not in known_names()]  # fmt: skip

    assert not wrong


def test_names_in_docstrings_are_found() -> None:
    module = parse("x.py", 'def f():\n    """`may_open` refuses, as `access.py` says; `id` and `GET /x` are words."""')

    assert list(told_names(module)) == ["may_open", "access.py"]
    assert "may_open" not in known_names()
    assert {"need_sight", "access.py"} <= known_names()


def said_by(trees: Iterable[ast.Module]) -> tuple[str, Sequence[re.Pattern[str]]]:
    """All texts of our source, one a line; and those with names in them as patterns, where most of it are words."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    parts = [
        [getattr(part, "value", None) for part in node.values] for node in nodes if isinstance(node, ast.JoinedStr)
    ]
    wordy = [each for each in parts if sum(len(part) for part in each if isinstance(part, str)) > 10]
    patterns = ["".join(re.escape(part) if isinstance(part, str) else ".+" for part in each) for each in wordy]
    return "\n".join(texts), [re.compile(pattern) for pattern in patterns]


def quoted(text: str) -> Iterator[str]:
    """Several small words between backquotes, which are no command: what a log or `/workz` says."""
    yield from (words for words in _SAID.findall(text) if words.partition(" ")[0] not in COMMANDS)


def test_a_page_quotes_what_is_said() -> None:
    """Whoever is called at night searches the log for these words."""
    pages = [page for page in [*RUNBOOKS.glob("*.md"), RUNBOOKS.parent / "work.md"] if page.stem not in OF_OTHERS]
    texts, patterns = said_by(module.tree for module in modules(*SOURCE))
    told = [(page.stem, words) for page in pages for words in quoted(page.read_text("utf-8"))]
    wrong = [
        (page, words)
        for page, words in told
        if words not in texts and not any(pattern.fullmatch(words) for pattern in patterns)
    ]

    assert len(told) > 10
    assert not wrong


def test_quotations_and_what_says_them_are_found() -> None:
    texts, patterns = said_by([ast.parse('log.info("goes on again")\nlog.info(f"{name} will begin again")')])

    assert list(quoted("`goes on again`, `make trace`, `onestop_x` and `ROLES`")) == ["goes on again"]
    assert "goes on again" in texts
    assert [bool(one.fullmatch("indexes will begin again")) for one in patterns] == [True]


def test_the_kernel_names_all_of_its_modules() -> None:
    text = (ROOT / "shared/kernel/__init__.py").read_text("utf-8")
    files = {path.stem for path in (ROOT / "shared/kernel").glob("*.py")} - {"__init__"}

    assert sorted(name for name in files if f"`{name}`" not in text) == []


def test_contributing_names_all_parts_of_shared() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    parts = {module.path.split("/")[1].removesuffix(".py") for module in modules("shared")} - {"__init__"}

    assert sorted(name for name in parts if f"`{name}`" not in text) == []


def test_a_refusal_is_quoted_as_people_see_it() -> None:
    told = set(
        re.findall(r'^\| \d{3} "(.+?)" \|', (ROOT / "docs/operations/sign-in.md").read_text("utf-8"), re.MULTILINE)
    )
    titles = {entry["en"] for key, entry in words.entries.items() if key.endswith(".title")}

    assert len(told) > 5
    assert told <= titles


def test_the_page_of_the_security_log_lists_all_that_it_says() -> None:
    log = (ROOT / "docs/operations/security.md").read_text("utf-8").partition("## The security log")[2]
    rows = re.findall(r"^\| (`.+?) \|", log.partition("\n## ")[0], re.MULTILINE)

    assert {name for row in rows for name in re.findall(r"`([\w-]+)`", row)} == set(get_args(Event))

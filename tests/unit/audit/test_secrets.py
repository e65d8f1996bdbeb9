"""What was committed by mistake is found, in the tree and in what was taken out of it again."""

import subprocess
from pathlib import Path

import pytest

from tests.support.source import ROOT
from tools.audit.secrets import secrets_in, secrets_in_history, secrets_in_tree

# Put together here, so that this file holds none of them.
SAMPLES = [
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "ghp_" + "a1" * 18,
    "glpat-" + "a1" * 10,
    "xoxb-" + "1234567890-abcdef",
    "AIza" + "b2" * 17 + "c",
    "npm_" + "c3" * 18,
    "pypi-AgEI" + "d4" * 30,
    "eyJ" + "hbGciOiJSUzI1" + ".eyJ" + "zdWIiOiIxMjM0" + "." + "e5" * 20,
    "mongodb://onestop:" + "kd93jf0sl2" + "@db.town.go.th/",
    "SESSION_SECRET" + "=" + "f6" * 20,
    '"LINK_SECRET"' + ': "' + "g7" * 16 + '"',
]


@pytest.mark.parametrize("line", SAMPLES)
def test_a_secret_is_found_and_not_repeated(line: str) -> None:
    (found,) = secrets_in(f"first line\n{line}")
    assert found[0] == 2
    assert line not in found[1]


@pytest.mark.parametrize(
    "line",
    [
        'session_secret: str = "local-only-session-secret"',
        "smtp://user:password@mail.example.test",
        "smtps://onestop:" + "kd93jf0sl2" + "@mail.invalid",
        "SESSION_SECRET=<a random one of 32 characters or more>",
        "    --hash=sha256:" + "a1" * 32,
        "https://github.com/onestop/onestop@main",
        "LINK_SECRET = settings.link_secret",
    ],
)
def test_what_is_none_is_left_alone(line: str) -> None:
    assert list(secrets_in(line)) == []


def test_the_tree_holds_none() -> None:
    assert list(secrets_in_tree(ROOT)) == []


def test_the_history_holds_none() -> None:
    assert list(secrets_in_history(ROOT)) == []


def test_what_was_taken_out_again_is_found_in_the_history(tmp_path: Path) -> None:
    file = tmp_path / "settings.txt"
    git(tmp_path, "init", "-q")
    for text in (SAMPLES[0], "clean"):
        file.write_text(text)
        git(tmp_path, "add", "-A")
        git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "-qm", "x")

    assert list(secrets_in_tree(tmp_path)) == []
    assert [line.rpartition(": ")[2] for line in secrets_in_history(tmp_path)] == ["private key"]


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True)

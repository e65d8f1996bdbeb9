"""Keys and passwords that were committed by mistake: in the tree, and in any line that was ever added to it."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

# Forms that nothing else has; of what is only long and random the locks are full.
KINDS: dict[str, re.Pattern[str]] = {
    "private key": re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"),
    "AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9_]{80,255}\b"),
    "GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,64}\b"),
    "Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,100}\b"),
    "Google key": re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b"),
    "npm token": re.compile(r"\bnpm_[A-Za-z0-9]{36}\b"),
    "PyPI token": re.compile(r"\bpypi-AgEI[A-Za-z0-9_-]{50,500}"),
    "signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{20,1000}"),
    "password in an address": re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"{}$<]{1,64}:([^\s:/@'\"{}$<]{8,64})@"),
    "secret in a setting": re.compile(
        r"\b[A-Z0-9_]{0,40}(?:SECRET|PASSWORD|TOKEN|API_KEY)[A-Z0-9_]{0,20}[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?=[^\s]{0,200}\d)([A-Za-z0-9+/_=-]{24,200})[\"']?\s*$"
    ),
}  # fmt: skip
# Made up for development, documents and tests, and refused where others are served (`shared.web.safety`).
# No host is ever named `.example` or `.invalid` (RFC 2606).
MADE_UP = re.compile(r"local-only-|onestop-local|for-tests|for tests|example|\.invalid\b|xxxx|password@|\bword@")
LONGEST = 2000  # characters; a longer line is data


def secrets_in(text: str) -> Iterator[tuple[int, str]]:
    """Line number, and what kind of secret stands there; the secret itself is not repeated in a report."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) <= LONGEST and not MADE_UP.search(line):
            yield from ((number, kind) for kind, pattern in KINDS.items() if pattern.search(line))


def secrets_in_tree(root: Path) -> Iterator[str]:
    """Of every file that is committed or about to be."""
    listed = _git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        path = root / name
        if path.is_file() and not path.is_symlink():
            text = path.read_bytes().decode("utf-8", errors="replace")
            yield from (f"{name}:{line}: {kind}" for line, kind in secrets_in(text))


def secrets_in_history(root: Path) -> Iterator[str]:
    """Of every line that any commit has added: what was taken out again is known to whoever has a clone."""
    commit = ""
    for line in _git(root, "log", "--all", "-p", "-U0", "--no-color", "--format=commit %h").splitlines():
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif line.startswith("+") and not line.startswith("+++"):
            yield from (f"commit {commit}: {kind}" for _, kind in secrets_in(line[1:]))


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        ["git", "-C", str(root), *arguments],  # noqa: S607 - whichever git the machine has
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8", errors="replace")

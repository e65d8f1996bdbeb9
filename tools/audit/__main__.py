"""`python -m tools.audit [part …]`: vulnerabilities, licences, secrets, bill; all of them when none is named."""

import argparse
import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tools.audit.advisories import NotAsked, fetch, weaknesses
from tools.audit.bill import bill_of
from tools.audit.licences import wrong_licences
from tools.audit.parts import read_parts
from tools.audit.secrets import secrets_in_history, secrets_in_tree

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".local" / "audit"


def vulnerabilities() -> Iterator[str]:
    """Known weaknesses of what the locks name; needs a network, or ADVISORIES=<folder with PyPI.zip and npm.zip>."""
    given = os.environ.get("ADVISORIES")
    folder = Path(given) if given else KEPT / "advisories"
    if not given:
        fetch(folder)
    yield from weaknesses(read_parts(ROOT), folder)


def licences() -> Iterator[str]:
    """Licences of what is delivered."""
    yield from wrong_licences(read_parts(ROOT))


def secrets() -> Iterator[str]:
    """Secrets in the tree and in its history."""
    yield from secrets_in_tree(ROOT)
    yield from secrets_in_history(ROOT)


def bill() -> Iterator[str]:
    """Writes the bill of materials, CycloneDX 1.6, to `.local/audit/bill.cdx.json`; it finds nothing."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    made = bill_of(read_parts(ROOT), version, datetime.now(UTC))
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / "bill.cdx.json").write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    yield from ()


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    part.__name__: part for part in (vulnerabilities, licences, secrets, bill)
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0; 1 when something was found; 2 when somebody could not be asked."""
    described = "\n".join(f"  {name:16} {part.__doc__}" for name, part in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="audit", description=f"{__doc__}\n\n{described}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="*", help="which, of those above")
    asked = parser.parse_args(arguments).part or list(PARTS)
    if unknown := set(asked) - PARTS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    return max(_run(name) for name in asked)


def _run(name: str) -> int:
    try:
        found = list(dict.fromkeys(PARTS[name]()))
    except NotAsked as error:
        print(f"{name}: not checked. {error}", file=sys.stderr)
        return 2
    print(f"{name}: {len(found) or 'nothing'} found")
    for line in found:
        print(f"  {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tools.audit.image FILE [CREATED]`: an image's own bill of materials, written while it is built.

It lists what the locks name and what Debian installed, so that a town's tools find every part without unpacking it.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from shared.release import read_own
from tools.audit.bill import bill_of
from tools.audit.parts import Package, read_parts

ROOT = Path(__file__).resolve().parents[2]
_FIELDS = "${Package}\t${Version}\t${Architecture}\t${db:Status-Status}\n"


def debian_parts(listed: str, distribution: str) -> Iterator[Package]:
    """The installed packages of `dpkg-query`'s list; a removed one may still stand there with its settings."""
    for line in listed.splitlines():
        name, version, architecture, status = line.split("\t")
        if status == "installed":
            yield Package("Debian", name, version, True, "", qualifiers=f"?arch={architecture}&distro={distribution}")


def main(file: str, created: str = "") -> None:
    """Write the bill of the system that this runs in; `created` as the image's label has it, empty: now."""
    listed = subprocess.run(  # noqa: S603
        ["dpkg-query", "--show", f"--showformat={_FIELDS}"],  # noqa: S607 - Debian's own
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    system = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    distribution = "debian-" + system["VERSION_ID"].strip('"')
    made = datetime.fromisoformat(created) if created else datetime.now(UTC)
    bill = bill_of([*read_parts(ROOT), *debian_parts(listed, distribution)], read_own().version, made)
    Path(file).write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Whether everything that is delivered may be, together with our own Apache-2.0."""

import re
from collections.abc import Iterable, Iterator

from tools.audit.parts import Package

# Permissive, and weak copyleft that stays with its own files. What asks for more needs a decision, written down here.
ALLOWED = frozenset((
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0",
    "OFL-1.1", "PSF-2.0", "Unlicense", "Zlib",
))  # fmt: skip


def wrong_licences(parts: Iterable[Package]) -> Iterator[str]:
    """Of what is delivered. `OR` leaves the choice to us, `AND` does not."""
    for part in parts:
        if part.runs and not any(_all_allowed(choice) for choice in re.split(r"\bOR\b", part.licence)):
            yield f"{part.purl}: {part.licence or 'no licence is named'}"


def _all_allowed(choice: str) -> bool:
    return all(name.strip(" ()") in ALLOWED for name in re.split(r"\bAND\b", choice))

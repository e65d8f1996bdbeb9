"""The catalogue of words: each key has a text for every language, and a missing one is found when it is loaded."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("th", "en")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a tenth of the time, at each start of each service


class Words:
    """A catalogue `key: {th: …, en: …}`; called with a language and a key, fills `{name}` places."""

    def __init__(self, *files: Path) -> None:
        self.entries: dict[str, dict[str, str]] = {}
        for file in files:
            self.entries |= _load(file)

    def has(self, key: str) -> bool:
        """Whether there are words for that key, in any language."""
        return key in self.entries

    def __call__(self, language: str, key: str, **values: object) -> str:
        """The words of a key. KeyError for one that the catalogue does not have: a missing text is a bug of ours."""
        entry = self.entries[key]
        return entry[language].format(**values) if values else entry[language]


@cache
def _load(file: Path) -> dict[str, dict[str, str]]:
    entries: Any = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader) or {}  # noqa: S506 - both are safe loaders
    for key, entry in entries.items():
        if not isinstance(entry, dict) or set(entry) != set(LANGUAGES) or not all(map(str, entry.values())):
            raise ValueError(f"{file}: {key} needs a text for each of {', '.join(LANGUAGES)}")
    return {str(key): {lang: str(text) for lang, text in entry.items()} for key, entry in entries.items()}

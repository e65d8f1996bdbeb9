"""Whatever a form of the pages is refused for is said in the reader's language."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3] / "services/dispatch"
REFUSING = (
    *sorted((ROOT / "domain").glob("*.py")),
    ROOT / "commands.py",
    ROOT / "incident_acts.py",
    ROOT / "joins.py",
    ROOT / "access.py",
    ROOT.parents[1] / "shared/files/pictures.py",
)
NOT_BY_A_FORM = {"unknown-photo", "incident-over"}  # a form sends the pictures themselves
CODES = {code for path in REFUSING for code in re.findall(r'Reject\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))}
CATALOGUES = (ROOT.parents[1] / "shared/web/strings.yaml", ROOT / "pages/strings.yaml")
WORDS = {key: text for path in CATALOGUES for key, text in yaml.safe_load(path.read_text(encoding="utf-8")).items()}


@pytest.mark.parametrize("code", sorted(CODES - NOT_BY_A_FORM))
def test_a_refusal_has_words_in_every_language(code: str) -> None:
    assert {"th", "en"} <= WORDS[f"refused.{code}"].keys()

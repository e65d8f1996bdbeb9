"""What permits refuses to start with where others are served."""

from pathlib import Path
from typing import Any

import pytest

from services.permits.key_file import DEVELOPMENT
from services.permits.settings import Settings
from tests.support.seals import key_file, key_of

STRONG = "wB3mX7qL9vT2kR5nY8cF1jH4sD6gP0zA"


def said(**settings: Any) -> str:
    return " ".join(text for text, _ in Settings.model_validate(settings).unsafe())


def test_a_towns_own_secret_and_key_are_safe(tmp_path: Path) -> None:
    assert said(signature_secret=STRONG) == ""
    assert said(signature_secret=STRONG, seal_key_file=key_file(tmp_path, key_of())) == ""
    assert said(signature_secret=STRONG, seal_key_file=tmp_path / "not-there-yet.p12") == "", "letters wait for it"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "SIGNATURE_SECRET"),
        ({"signature_secret": "short"}, "SIGNATURE_SECRET"),
        ({"signature_secret": "a" * 40}, "SIGNATURE_SECRET"),
        ({"signature_secret": STRONG, "signature_secret_also": "local-only-signature-secret"}, "SIGNATURE_SECRET_ALSO"),
    ],
)
def test_a_secret_that_others_know_or_guess_is_not(settings: dict[str, Any], named: str) -> None:
    assert said(**settings).startswith(f"{named} is the development one")


def test_the_key_that_set_up_makes_is_not(tmp_path: Path) -> None:
    wrong = said(signature_secret=STRONG, seal_key_file=key_file(tmp_path, key_of(DEVELOPMENT)))

    assert "is the key that set-up made" in wrong


def test_a_time_stamp_needs_to_know_whom_to_trust() -> None:
    with pytest.raises(ValueError, match="SEAL_AUTHORITIES_FILE"):
        Settings(seal_timestamp_url="https://time.example")

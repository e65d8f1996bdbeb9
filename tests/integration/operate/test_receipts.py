"""A town that really came back from a backup gives no number of a receipt before the last one was said."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.permits.receipt_book import find_receipt_year
from shared.kernel import now
from tests.support.backed_up import BackedUp
from tests.support.work import town as profile
from tools.operate import receipts, restore


@pytest.fixture
def town(kafka: str, mongo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BackedUp]:
    made = BackedUp(kafka, mongo, tmp_path, monkeypatch)
    yield made
    made.close()


def test_after_a_restoration_every_book_waits_for_its_last_number(
    town: BackedUp, capsys: pytest.CaptureFixture[str]
) -> None:
    town.fill(1)
    assert receipts.main([]) == 0
    year = find_receipt_year(profile(), now())
    line = {"_id": f"P-3/{year}", "series": "P", "year": year, "number": 3, "at": now()}
    town.data.of("permits")["receipts"].insert_one(line)
    town.take()
    town.elsewhere()
    assert restore.main(["--yes", "--by", "somchai", "--rehearsal"]) == 0
    assert "say by `onestop receipts`" in capsys.readouterr().out

    assert receipts.main(["--json"]) == 1
    waits = json.loads(capsys.readouterr().out)["waits"]
    said = [f"P-5/{year}" if one["last_in_book"] == f"P-3/{year}" else one["last_in_book"] for one in waits]

    assert f"P-5/{year}" in said
    assert receipts.main([*said, "--yes", "--by", "somchai"]) == 0
    assert f"2 receipts from P-4/{year} on are lost in the restoration" in capsys.readouterr().out
    assert receipts.main([]) == 0

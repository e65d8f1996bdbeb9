"""Permits tell until when the key that letters are sealed with is good, before letters wait for the next one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.permits.seal import seal
from services.permits.seal_watch import SealWatch
from shared.telemetry import metrics, names
from tests.support.papers import paper
from tests.support.seals import NOW, TOWN, key_file, key_of, sealing

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def nothing_told() -> None:
    metrics.valid_until_seconds.clear()


def left(what: str = "SEAL_KEY_FILE") -> timedelta | None:
    told = metrics.registry.get_sample_value(names.VALID_UNTIL.exposed, {"what": what})
    return None if told is None else datetime.fromtimestamp(told, UTC) - NOW


async def test_it_is_told_before_any_letter_is_sealed_and_anew_when_the_key_is_another(tmp_path: Path) -> None:
    watch = SealWatch(sealing(tmp_path, key_of(lasts=10 * DAY)))
    await watch.observe()
    assert left() == pytest.approx(10 * DAY, abs=timedelta(seconds=1))

    key_file(tmp_path, key_of())
    await watch.observe()
    assert left() == pytest.approx(365 * DAY, abs=timedelta(seconds=1))


async def test_of_a_certificate_that_is_over_it_is_told_too(tmp_path: Path) -> None:
    await SealWatch(sealing(tmp_path, key_of(begun=20 * DAY, lasts=10 * DAY))).observe()
    assert left() == pytest.approx(-10 * DAY, abs=timedelta(seconds=1))


async def test_a_letter_that_is_sealed_tells_it(tmp_path: Path) -> None:
    settings = sealing(tmp_path, key_of())
    await seal(paper(), settings, NOW, signatory="สุดา", reason="ใบอนุญาต", place=TOWN)
    assert left() == pytest.approx(365 * DAY, abs=timedelta(seconds=1))


@pytest.mark.parametrize("held", [None, b"", b"no key"])
async def test_of_a_key_that_is_not_there_or_opens_not_nothing_is_told(tmp_path: Path, held: bytes | None) -> None:
    settings = sealing(tmp_path, held or b"")
    if held is None:
        (tmp_path / "seal.p12").unlink()
    await SealWatch(settings).observe()
    assert left() is None


async def test_a_key_is_opened_once_as_long_as_it_is_the_same(tmp_path: Path) -> None:
    """Each opening is a tenth of a second of arithmetic, or a device's."""
    watch = SealWatch(sealing(tmp_path, key_of()))
    await watch.observe()
    metrics.valid_until_seconds.clear()
    await watch.observe()
    assert left() is None

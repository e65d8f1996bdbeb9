"""A process tells until when what it was started with is good."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deploy.local.authority import Authority
from shared.settings import ServiceSettings
from shared.telemetry import metrics, names
from shared.town import Town, load_town
from shared.web.expiries import holidays_end, tell_expiries
from tests.support.source import ROOT

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town(ROOT / "deploy/municipalities/maehia")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    made = Authority(tmp_path / "ca.pem", tmp_path / "ca.key")
    made.found()
    return made


def left(what: str) -> timedelta:
    told = metrics.registry.get_sample_value(names.VALID_UNTIL.exposed, {"what": what})
    assert told is not None
    return datetime.fromtimestamp(told, UTC) - datetime.now(UTC)


def test_what_it_proves_itself_with_counts_and_not_who_signed_it(
    town: Town, tmp_path: Path, authority: Authority
) -> None:
    own = tmp_path / "own.pem"
    own.write_text(authority.issue("intake", lasts=10 * DAY) + authority.certificate.read_text())
    settings = ServiceSettings(
        kafka_certificate_file=own, kafka_key_file=authority.key, kafka_ca_file=authority.certificate
    )
    tell_expiries(settings, town)

    assert 9 * DAY < left("KAFKA_CERTIFICATE_FILE") < 10 * DAY
    assert left("KAFKA_CA_FILE") > 3000 * DAY
    assert metrics.registry.get_sample_value(names.VALID_UNTIL.exposed, {"what": "KAFKA_KEY_FILE"}) is None


def test_of_two_that_are_trusted_the_later_one_is_enough(town: Town, tmp_path: Path, authority: Authority) -> None:
    both = tmp_path / "both.pem"
    both.write_text(authority.issue("old", lasts=DAY) + authority.issue("new", lasts=40 * DAY))
    tell_expiries(ServiceSettings(oidc_ca_file=both), town)

    assert 39 * DAY < left("OIDC_CA_FILE") < 40 * DAY


@pytest.mark.parametrize(("years", "end"), [((2026,), 2027), ((2026, 2027), 2028), ((2028, 2026), 2027)])
def test_holidays_are_known_until_the_first_year_that_is_missing(town: Town, years: tuple[int, ...], end: int) -> None:
    known = town.model_copy(update={"calendar": town.calendar.model_copy(update={"years": years})})

    assert holidays_end(known) == datetime(end, 1, 1, tzinfo=ZoneInfo(town.timezone))
    tell_expiries(ServiceSettings(), known)
    told = metrics.registry.get_sample_value(names.VALID_UNTIL.exposed, {"what": "holidays"})
    assert told == holidays_end(known).timestamp()

"""Tells until when what a process was started with is good: the town's holidays, and the certificates it was given.

Files are read once, as the process itself does: one that is renewed later helps it only when it starts again.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography import x509

from shared.settings import ServiceSettings
from shared.telemetry import metrics
from shared.town import Town

HOLIDAYS = "holidays"
OWN = frozenset(("kafka_certificate_file", "otel_exporter_otlp_client_certificate"))  # it proves with them who it is


def tell_expiries(settings: ServiceSettings, town: Town) -> None:
    """Say once, at the start, until when certificates and the holidays' list are good (`valid_until_seconds`)."""
    for what, end in (*_certificates(settings), (HOLIDAYS, holidays_end(town))):
        metrics.valid_until_seconds.labels(what).set(end.timestamp())


def holidays_end(town: Town) -> datetime:
    """The first new year whose holidays are not in the profile though those before it are."""
    year = min(town.calendar.years)
    while year in town.calendar.years:
        year += 1
    return datetime(year, 1, 1, tzinfo=ZoneInfo(town.timezone))


def _certificates(settings: ServiceSettings) -> Iterator[tuple[str, datetime]]:
    for name, value in settings:
        if isinstance(value, Path) and value.is_file() and (ends := _ends(value)):
            # Its own comes first in its file, before whoever signed it; of those that it trusts, one is enough.
            yield name.upper(), ends[0] if name in OWN else max(ends)


def _ends(file: Path) -> list[datetime]:
    """Of the certificates in it, if there are any: it may hold a key alone."""
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except ValueError:
        return []
    return [one.not_valid_after_utc.astimezone(UTC) for one in found]

"""Checks across the sections of a town, on the raw data so that one defect hides no other; and advice."""

from collections.abc import Iterator

from shared.town.checks import (
    absences,
    calendar,
    categories,
    copied,
    files,
    notices,
    overlaps,
    permits,
    places,
    plan,
    reach,
    references,
    responses,
    routing,
    warnings,
    words,
)
from shared.town.checks.raw import Finding
from shared.town.source import Source


def cross_checks(source: Source) -> Iterator[Finding]:
    """Every finding; what a section alone can get wrong is left to its model."""
    yield from references.findings(source.data, all_read=not source.problems)
    yield from warnings.findings(source.data, all_read=not source.problems)
    for checks in (
        categories,
        words,
        routing,
        reach,
        calendar,
        permits,
        notices,
        responses,
        places,
        overlaps,
        absences,
    ):
        yield from checks.findings(source.data)
    yield from files.findings(source.data, source.directory)
    yield from plan.findings(source.data, source.directory)


def advice(source: Source) -> Iterator[Finding]:
    """What is usable and may yet not be what the town means."""
    for checks in (categories, words, routing, reach, overlaps):
        yield from checks.advice(source.data)
    yield from copied.advice(source.data, source.directory)

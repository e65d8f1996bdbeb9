"""No request is answered with an error of ours, whatever stands in it: generated from the routes of all four apps.

A bug that a stranger can reach at will is a way to take the service from others.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import pytest

from tests.support.access import matrix
from tests.support.access.asking import ask
from tests.support.access.houses import houses
from tests.support.access.oddities import odd, query_names

# How many requests there are at least to each service: its routes, times what can be odd in them, times who asks.
LEAST = {"intake": 50_000, "dispatch": 60_000, "permits": 110_000, "notify": 12_000}
ASKING = ("owner", "admin")  # who gets farthest: by the case's link, and as staff


@pytest.mark.parametrize(
    ("of", "share", "least"),
    [pytest.param(list(LEAST), 72, 30_000 / 72, id="a-sample")]
    + [
        pytest.param([service], 1, least, id=service, marks=[pytest.mark.campaign, pytest.mark.timeout(7200)])
        for service, least in LEAST.items()
    ],
)
async def test_no_request_is_answered_with_an_error_of_ours(
    mongo: str, monkeypatch: pytest.MonkeyPatch, of: Sequence[str], share: int, least: float
) -> None:
    broken: Counter[str] = Counter()
    tried = 0
    async with houses(monkeypatch, mongo) as house:
        read = {service: query_names(app) for service, app in house.apps.items()}
        async for row, service, asked in matrix.asked_of(house, ASKING, of):
            oddities = odd(asked, row.path, read[service][row.method, row.path])
            for changes in islice(oddities, zlib.crc32(row.name.encode()) % share, None, share):
                one = replace(asked, **changes)
                answered = await ask(house.apps[service], one)
                tried += 1
                if answered.status >= 500 and answered.status != 503:
                    broken[f"{row.name}: {_differs(one, asked)} is answered with {answered.status}"] += 1
    assert tried > least
    assert not broken, "\n".join(sorted(broken))


def _differs(one: object, asked: object) -> str:
    before = vars(asked)
    return ", ".join(f"{name} {str(value)[:120]!r}" for name, value in vars(one).items() if before[name] != value)

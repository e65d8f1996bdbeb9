"""No request is answered with an error of ours, whatever stands in it: generated from the routes of all four apps.

A bug that a stranger can reach at will is a way to take the service from others.
"""

import zlib
from collections import Counter
from itertools import islice

import pytest

from tests.support.access import matrix
from tests.support.access.asking import ask
from tests.support.access.houses import houses
from tests.support.access.oddities import odd, query_names

ASKING = ("owner", "admin")  # who gets farthest: by the case's link, and as staff


@pytest.mark.parametrize(
    "share",
    [
        pytest.param(72, id="a-sample"),
        pytest.param(1, id="all", marks=[pytest.mark.campaign, pytest.mark.timeout(7200)]),
    ],
)
async def test_no_request_is_answered_with_an_error_of_ours(
    mongo: str, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    broken: Counter[str] = Counter()
    tried = 0
    async with houses(monkeypatch, mongo) as house:
        async for row, service, asked in matrix.asked_of(house, ASKING):
            names = query_names(house.apps[service])[row.method, row.path]
            for one in islice(odd(asked, row.path, names), zlib.crc32(row.name.encode()) % share, None, share):
                answered = await ask(house.apps[service], one)
                tried += 1
                if answered.status >= 500 and answered.status != 503:
                    broken[f"{row.name}: {_differs(one, asked)} is answered with {answered.status}"] += 1
    assert tried > 30_000 / share
    assert not broken, "\n".join(sorted(broken))


def _differs(one: object, asked: object) -> str:
    before = vars(asked)
    return ", ".join(f"{name} {str(value)[:120]!r}" for name, value in vars(one).items() if before[name] != value)

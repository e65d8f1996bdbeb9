"""The plan's layers as they go out: what is costly is made once, and one after the other."""

import asyncio
import json
from pathlib import Path

import pytest

from services.permits.api.plan_layers import Layers
from shared.kernel import Transient
from shared.town import load_town

TOWN = load_town(Path("deploy/municipalities/maehia"))


async def test_the_file_of_all_buildings_is_written_once_for_each_language() -> None:
    layers = Layers(TOWN)

    first, again, other = await asyncio.gather(
        layers.city_json("th", "อาคาร"), layers.city_json("th", "อาคาร"), layers.city_json("en", "Buildings")
    )

    assert again is first, "the same bytes, not the same work"
    assert json.loads(first)["metadata"]["title"] == "อาคาร"
    assert json.loads(other)["metadata"]["title"] == "Buildings"
    assert await layers.city_json("th", "อาคาร") is first


async def test_who_would_wait_too_long_for_a_view_is_told_to_come_again() -> None:
    layers = Layers(TOWN)
    async with layers.turns:
        waiting = [asyncio.create_task(layers.city_json("th", "อาคาร")) for _ in range(20)]
        await asyncio.sleep(0)
        with pytest.raises(Transient):
            await layers.city_json("th", "อาคาร")
    assert len(set(map(id, await asyncio.gather(*waiting)))) == 1

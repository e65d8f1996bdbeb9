"""`onestop doctor`: everything that is broken, unsafe or unfinished in a town's set-up, in one go, with what to do.

It looks with the environment that it is given, as an operator's: at all services, whichever role they run in.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from pydantic import ValidationError

from shared.settings import MissingFile, ServiceSettings
from tools.operate.asking import add_json, as_json
from tools.operate.doctor import backup, broker, database, outside, receipts, settings, town
from tools.operate.doctor.finding import Finding
from tools.operate.failures import explain

ORDER = ("broken", "unsafe", "unfinished", "unseen")
# Each looks at one part, and says everything that it finds; what it needs may be away.
LOOKS: Mapping[str, Callable[[ServiceSettings], Awaitable[list[Finding]]]] = {
    "settings": settings.look,
    "town": town.look,
    "database": database.look,
    "broker": broker.look,
    "outside": outside.look,
    "backup": backup.look,
    "receipts": receipts.look,
}


def main(arguments: Sequence[str]) -> int:
    """1: something was found. What cannot be seen from here is said, and is no finding."""
    parser = argparse.ArgumentParser(prog="onestop doctor", description=__doc__)
    parser.add_argument("--only", action="append", choices=LOOKS, help="only this part; may be repeated")
    add_json(parser)
    asked = parser.parse_args(arguments)
    found = asyncio.run(examine(asked.only or list(LOOKS)))
    if asked.json:
        print(as_json(found))
    else:
        print("\n".join([*(f"{one.grade:10}  {one.about:9} {one.text}" for one in found), _sum(found)]))
    return int(any(one.grade != "unseen" for one in found))


async def examine(parts: Sequence[str]) -> list[Finding]:
    """What is found in these parts, the worst first; whoever is refused by one part is still told of the others."""
    try:
        given = ServiceSettings()
    except (ValidationError, MissingFile):
        return await settings.look()
    found = await asyncio.gather(*(_look(name, LOOKS[name], given) for name in parts))
    return sorted((one for of_part in found for one in of_part), key=lambda one: ORDER.index(one.grade))


async def _look(
    name: str, look: Callable[[ServiceSettings], Awaitable[list[Finding]]], given: ServiceSettings
) -> list[Finding]:
    try:
        return await look(given)
    except Exception as error:
        if why := explain(error):
            return [Finding("broken", name, why)]
        raise


def _sum(found: Sequence[Finding]) -> str:
    counted = [f"{number} {grade}" for grade in ORDER if (number := sum(one.grade == grade for one in found))]
    return ", ".join(counted) or "nothing is broken, unsafe or unfinished"

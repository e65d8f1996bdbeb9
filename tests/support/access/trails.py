"""What the staff's acts have left in the trails of the four services."""

from collections import Counter

from shared.kernel.mongo_trail import TrailFilter
from shared.web.pages import Pages
from shared.web.trail import TABS
from shared.words import Words
from tests.support.access.houses import Houses

LINES_MOST = 5000


async def lines_left(house: Houses) -> Counter[tuple[str, str]]:
    """How many lines each member of staff has left about each case (by id and by reference), in all services."""
    found: Counter[tuple[str, str]] = Counter()
    for service in TABS:
        lines = await house.apps[service].state.desk.store.trail.newest(TrailFilter(), LINES_MOST)
        assert len(lines) < LINES_MOST
        for _, line in lines:
            found.update([(line.who.sub, line.case_id.partition(":")[0]), (line.who.sub, line.reference)])
    return found


async def unsaid(house: Houses) -> set[str]:
    """Acts and values of the trail that a reader would be shown by a code, for no language has words for them."""
    silent: set[str] = set()
    for service in TABS:
        app = house.apps[service]
        words: Words = app.state.parts[Pages].words
        for _, line in await app.state.desk.store.trail.newest(TrailFilter(), LINES_MOST):
            keys = {
                f"trail.act.{line.act}",
                *(f"trail.field.{one.field.partition('.')[0]}" for one in line.changes),
            }
            silent |= {f"{service} {key}" for key in keys if not words.has(key)}
    return silent

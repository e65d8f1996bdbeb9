"""Two releases on one collection: each works the moments that it knows, and the older one hides and loses none."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from pydantic import BaseModel, ConfigDict

from shared.events.ids import new_id
from shared.kernel import Cause, Moment, Step, now
from shared.kernel.mongo import MongoCases
from tests.support.kernel import Pair, eventually


class Letter(BaseModel):
    """It is sent, and the newer release files a copy."""

    model_config = ConfigDict(extra="allow")

    send_at: str | None = None
    file_at: str | None = None


def of_this(letter: Letter) -> Sequence[Moment]:
    return [Moment("send", now() - timedelta(minutes=1))] if letter.send_at else []


def of_the_newer(letter: Letter) -> Sequence[Moment]:
    return [*of_this(letter), *([Moment("file", now() - timedelta(hours=1))] if letter.file_at else [])]


class Release:
    """A service of one release, with its timers."""

    def __init__(self, pair: Pair, kinds: Sequence[str]) -> None:
        self.service = pair.make_reader("timers")[0]
        moments = of_this if kinds == ["send"] else of_the_newer
        self.letters: MongoCases[Letter] = self.service.cases("letters", Letter, moments=moments, kinds=kinds)
        self.service.on_due(self.letters, self.on_due)
        self.worked: list[str] = []

    async def on_due(self, case_id: str, moment: Moment, cause: Cause) -> None:
        done = {f"{moment.kind}_at": None}
        await self.letters.step(case_id, lambda one, _: Step(one.model_copy(update=done)) if one else None, cause)
        self.worked.append(moment.name)


async def test_each_release_works_what_it_knows_and_the_older_one_neither_hides_nor_loses_the_rest(pair: Pair) -> None:
    older, newer = Release(pair, ["send"]), Release(pair, ["send", "file"])
    case_id = new_id()
    await newer.letters.step(case_id, lambda _, __: Step(Letter(send_at="now", file_at="now")), Cause.request())

    async with older.service.lifespan():
        await eventually(partial(_has_worked, older, "send"), 10)
        assert older.worked == ["send"], "what was due before it is another release's"
        left = await older.letters.collection.find_one({"_id": case_id}, {"moments": 1})
        assert left is not None
        assert [(one["name"], one["tries"]) for one in left["moments"]] == [("file", 0)]
        assert await older.letters.waiting.count_due(now()) == 0

    assert await newer.letters.waiting.count_due(now()) == 1
    async with newer.service.lifespan():
        await eventually(partial(_has_worked, newer, "file"), 10)
    assert newer.worked == ["file"]


async def _has_worked(release: Release, name: str) -> bool:
    return name in release.worked

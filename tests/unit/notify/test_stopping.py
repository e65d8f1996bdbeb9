"""A process that stops leaves no mail to the end of its claim, which is two and a half minutes away: it sends and notes
it, or gives it back."""

import asyncio
from typing import Any

import pytest

from services.notify.channels.smtp import Mail
from services.notify.domain.delivery import Outcome
from shared.kernel import Cause
from shared.kernel.ending import LET_GO, Ending
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory

MAIL = ("onestop.report.submitted.v1", "reporter", "email")
GIVEN_BACK = ("retrying", "our-restart")
STOP_SECONDS = 5.0


class Held:
    """Whoever comes here waits until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def wait(self) -> None:
        self.reached.set()
        await self.opened.wait()


@pytest.fixture
def notify() -> NotifyInMemory:
    return NotifyInMemory()


def ending(notify: NotifyInMemory, seconds: float = STOP_SECONDS) -> Ending:
    """As `services/notify/app.py` composes it."""
    return Ending(seconds, told=[notify.sender.answers.end_soon], begun=[notify.sender.wait_until_idle])


def hold_server(notify: NotifyInMemory) -> Held:
    """The mail server has each mail and does not answer."""
    held, real = Held(), notify.email.send

    async def send(mail: Mail) -> Outcome:
        await held.wait()
        return await real(mail)

    notify.email.send = send  # type: ignore[method-assign]
    return held


def hold_claim(notify: NotifyInMemory) -> Held:
    """A busy database: it has saved the claim, and its answer is on its way; what comes then takes its time too."""
    held, real = Held(), notify.store.notices.step

    async def step(*asked: Any, **more: Any) -> Any:
        if held.opened.is_set():
            await asyncio.sleep(0.05)
        case = await real(*asked, **more)
        await held.wait()
        return case

    notify.store.notices.step = step  # type: ignore[method-assign]
    return held


async def a_record_is_taken(notify: NotifyInMemory) -> asyncio.Task[None]:
    """The handler of a batch's last record, at work."""
    story = Story()
    await notify.hear(story.contact())
    word, envelope = story.submitted()
    return asyncio.create_task(notify.service.handlers["internal.reports.v1"](word, envelope, Cause.of(envelope)))


async def test_a_stop_waits_for_the_mail_that_is_under_way(notify: NotifyInMemory) -> None:
    held = hold_server(notify)
    await (await a_record_is_taken(notify))
    await held.reached.wait()
    stopping = asyncio.create_task(ending(notify).finish([]))
    await asyncio.sleep(0.01)
    assert not stopping.done()
    held.opened.set()
    await stopping
    assert notify.outcomes()[MAIL] == ("sent", None)


async def test_whoever_stops_leaves_what_is_new_to_the_timers_of_others(notify: NotifyInMemory) -> None:
    await ending(notify).finish([])
    await (await a_record_is_taken(notify))
    assert notify.outcomes()[MAIL] == ("queued", None)


async def test_what_the_last_record_of_a_batch_has_claimed_is_given_back_before_the_end(notify: NotifyInMemory) -> None:
    """When the sender was told to stop it had nothing under way, and nobody was to wait for it any more."""
    held = hold_claim(notify)
    taken = await a_record_is_taken(notify)
    await held.reached.wait()
    stopping = asyncio.create_task(ending(notify).finish([taken]))
    await asyncio.sleep(0.01)
    held.opened.set()
    await stopping
    assert notify.outcomes()[MAIL] == GIVEN_BACK
    assert notify.email.taken == []


async def test_what_a_timer_has_claimed_is_given_back_before_the_end(notify: NotifyInMemory) -> None:
    notify.email.room = 0
    await (await a_record_is_taken(notify))
    ((key, notice),) = notify.store.all().items()
    (moment,) = notify.service.moments["notices"](notice)
    held = hold_claim(notify)
    taken = asyncio.create_task(notify.service.due["notices"](key, moment, Cause.timer(key, moment)))
    await held.reached.wait()
    stopping = asyncio.create_task(ending(notify).finish([taken]))
    await asyncio.sleep(0.01)
    held.opened.set()
    await stopping
    assert notify.outcomes()[MAIL] == GIVEN_BACK


async def test_a_mail_that_its_server_holds_longer_than_a_stop_may_last_is_given_back(notify: NotifyInMemory) -> None:
    """And sent once more under the same id, as it would be when the claim is over, which takes minutes."""
    held = hold_server(notify)
    await (await a_record_is_taken(notify))
    await held.reached.wait()
    began = asyncio.get_running_loop().time()
    await ending(notify, seconds=0.3).finish([])
    assert asyncio.get_running_loop().time() - began >= LET_GO * 0.3
    assert notify.outcomes()[MAIL] == GIVEN_BACK


async def test_what_somebody_else_cuts_off_is_no_answer(notify: NotifyInMemory) -> None:
    """The end of the whole process, which waits for nobody: a task that went on would hold it up."""
    held = hold_server(notify)
    await (await a_record_is_taken(notify))
    await held.reached.wait()
    (under_way,) = notify.sender._under_way
    under_way.cancel()
    await notify.sender.wait_until_idle()
    assert under_way.cancelled()
    assert notify.outcomes()[MAIL] == ("sending", None)

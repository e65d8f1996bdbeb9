"""Sends notices: take a channel in hand, hand the message to its provider, note what became of it.

Any number of replicas may: whoever saves the claim sends, told of it or not (`claims.py`). A claim whose sender fell
silent is presumed lost after its lease and sent again, with the same Message-ID; within the trace of what is told.
"""

import asyncio
import random
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from services.notify.answers import Answers
from services.notify.channels.channel import Channel, count_outcome
from services.notify.claims import Claims
from services.notify.domain.delivery import Delivery, Patience, Way
from services.notify.domain.file import CaseFile
from services.notify.domain.notice import INBOX, Attempt, Notice, begin, in_hand, new_notice, open_notice, settle
from services.notify.domain.planning import Owed
from services.notify.domain.recipient import Recipient, reach
from services.notify.offices import office_address
from services.notify.openness import as_open_as_now
from services.notify.store import Store
from shared.events.ids import derive_id
from shared.events.notices import NoticeChannel
from shared.kernel import Cause, Decide, Step, now
from shared.kernel.failures import is_transient
from shared.kernel.gather import all_of
from shared.telemetry import SpanKind, get_log, names, set_case, span, trace_context
from shared.town import Town

log = get_log(__name__)

SETTLE_PAUSE_SECONDS = 1.0
FEW, TICK_SECONDS = 8, 0.05  # with more than so many messages under way their outcomes are noted 20 times a second


@dataclass(frozen=True)
class Sender:
    """Opens notices, and takes their deliveries to their end."""

    store: Store
    town: Town
    outside: Mapping[NoticeChannel, Channel]
    patience: Patience
    answers: Answers = field(default_factory=Answers)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _claims: Claims = field(default_factory=Claims)

    @property
    def channels(self) -> tuple[NoticeChannel, ...]:
        """What this town has."""
        return (INBOX, *self.outside)

    async def send_owed(self, owed: Iterable[Owed], case_id: str, file: CaseFile, cause: Cause) -> None:
        """Save these notices, and send at once what can be sent."""
        await all_of(*(self._open(one, case_id, file, cause) for one in owed))

    async def _open(self, owed: Owed, case_id: str, file: CaseFile, cause: Cause) -> None:
        heard = owed.heard
        # Caused by the event that it tells of, whichever event showed that it is owed.
        opened = Cause(heard.id, heard.correlation_id, cause.at)
        fresh = new_notice(owed, case_id, file, cause.at)
        with trace_context(heard.traceparent):
            person = await self._find_person(fresh)
            ways = self._ways_with_capacity(fresh, person, owed.channels)
            taken: list[Delivery] = []

            def decide(notice: Notice | None, cause: Cause) -> Step[Notice] | None:
                taken.clear()
                if notice:
                    return None
                step = open_notice(fresh, ways, cause.at, self.patience)
                taken.extend(in_hand(None, step.state))
                return step

            case, ours = await self._step(owed.id, decide, taken, opened, is_new=True)
            self._start(owed.id, case, ours, person, opened)

    async def deliver(self, notice_id: str, channel: str, cause: Cause) -> None:
        """Called when the delivery on that channel is due; harmless when it is not, or is in other hands."""
        case = await self.store.notices.get(notice_id)
        if case is None:
            return
        # The timer's own span is in no trace of the case: this is how `make trace` finds it.
        set_case(correlation_id=case.state.case_id, reference=case.state.reference)
        with trace_context(case.state.traceparent):
            person = await self._find_person(case.state)
            ways = {channel: self._way(case.state, channel, person)}
            notice, taken = await self._take(notice_id, ways, cause)
            self._claims.forget(notice_id, cause)
            for delivery in taken:
                attempt = await self._hand_over(notice_id, notice, delivery, person)
                # Not waited for: the pool is for what talks to the provider.
                self._begin(self._note_outcome(notice_id, attempt, delivery, cause))

    async def contact_came(self, notice_id: str, cause: Cause) -> None:
        """The contact that this notice has waited for is here."""
        case = await self.store.notices.get(notice_id)
        if case is None:
            return
        with trace_context(case.state.traceparent):
            person = await self._find_person(case.state)
            waiting = [one.channel for one in case.state.deliveries if one.waits_for_contact]
            ways = self._ways_with_capacity(case.state, person, waiting)
            notice, taken = await self._take(notice_id, ways, cause)
            self._start(notice_id, notice, taken, person, cause)

    async def wait_until_idle(self) -> None:
        """Returns when nothing is under way: a message that left must be noted."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _find_person(self, notice: Notice) -> Recipient | None:
        if notice.party is None:
            return None
        return await self.store.find_person(notice.case_id, notice.party)

    def _way(self, notice: Notice, channel: str, person: Recipient | None) -> Way:
        if person is not None and not person.theirs(notice.happened_at):
            return "not-theirs"
        if channel not in self.outside:
            return "no-channel"
        if notice.template not in self.town.templates:
            return "no-template"
        if notice.party is not None:
            return reach(person, channel, announced=notice.announced, asking=notice.asking)
        return "go" if office_address(self.town, notice, channel) else "no-contact"

    def _ways_with_capacity(self, notice: Notice, person: Recipient | None, channels: Iterable[str]) -> dict[str, Way]:
        ways = {channel: self._way(notice, channel, person) for channel in channels if channel in self.outside}
        busy, taking = len(self._under_way), not self.answers.are_over
        return {
            channel: way if way != "go" or (taking and busy < self.outside[channel].room) else "no-capacity"  # type: ignore[index]
            for channel, way in ways.items()
        }

    async def _take(self, notice_id: str, ways: Mapping[str, Way], cause: Cause) -> tuple[Notice, Sequence[Delivery]]:
        """The notice, and what of it is now in our hands: nothing that is skipped, waits, is done or is another's."""
        taken: list[Delivery] = []

        def decide(notice: Notice | None, cause: Cause) -> Step[Notice] | None:
            step = begin(notice, ways, cause.at, self.patience) if notice else None
            taken[:] = in_hand(notice, step.state) if step else []
            return step

        return await self._step(notice_id, decide, taken, cause)

    async def _step(
        self, notice_id: str, decide: Decide[Notice], taken: list[Delivery], cause: Cause, *, is_new: bool = False
    ) -> tuple[Notice, Sequence[Delivery]]:
        """The notice after the step, and what of it is ours: what `decide` has `taken`, also at an earlier try of which
        nobody heard that it was saved."""
        try:
            case = await self.store.notices.step(notice_id, decide, cause, is_new=is_new)
        except Exception as error:
            if is_transient(error):
                self._note(notice_id, taken, cause)
            raise
        return case.state, self._claims.take(notice_id, cause, case.state.deliveries) if case.repeated else taken

    def _note(self, notice_id: str, taken: Sequence[Delivery], cause: Cause) -> None:
        self._claims.note(notice_id, cause, tuple(taken), partial(self._send_if_saved, notice_id, cause))

    async def _send_if_saved(self, notice_id: str, cause: Cause, claimed: Sequence[Delivery]) -> None:
        """By the database's word, when nobody else's comes."""
        case = await self.store.notices.get(notice_id)
        if case is None or self.answers.are_over or not any(one in claimed for one in case.state.deliveries):
            return
        with trace_context(case.state.traceparent):
            person = await self._find_person(case.state)
            ours = self._claims.take(notice_id, cause, case.state.deliveries)
            self._send_all(notice_id, case.state, ours, person, cause)

    def _start(
        self, notice_id: str, notice: Notice, taken: Sequence[Delivery], person: Recipient | None, cause: Cause
    ) -> None:
        """Send what is in our hands without being waited for: what a slow provider holds up is no other case's.

        Once the claim is saved, and not before: a handler may run in a batch, which saves at its end.
        """

        def start() -> None:
            with trace_context(notice.traceparent):
                ours = self._claims.take(notice_id, cause, notice.deliveries)
                self._send_all(notice_id, notice, ours, person, cause)

        if taken:
            self._note(notice_id, taken, cause)
            self.store.notices.after_save(notice_id, start)

    def _send_all(
        self, notice_id: str, notice: Notice, ours: Sequence[Delivery], person: Recipient | None, cause: Cause
    ) -> None:
        for delivery in ours:
            self._begin(self._send(notice_id, notice, delivery, person, cause))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a claim is left to its lease", exc_info=error)

    async def _send(
        self, notice_id: str, notice: Notice, delivery: Delivery, person: Recipient | None, cause: Cause
    ) -> None:
        attempt = await self._hand_over(notice_id, notice, delivery, person)
        await self._note_outcome(notice_id, attempt, delivery, cause)

    async def _hand_over(self, notice_id: str, notice: Notice, delivery: Delivery, person: Recipient | None) -> Attempt:
        about = {names.CASE_ID: notice.case_id, names.REFERENCE: notice.reference}
        with span(f"{names.DELIVER} {delivery.channel}", kind=SpanKind.CLIENT, attributes=about) as current:
            known = await as_open_as_now(self.store, notice)
            send = partial(self.outside[delivery.channel].send, notice_id, known, person)
            outcome = await self.answers.of(send)
            if reason := getattr(outcome, "reason", None):
                current.set_attribute(names.ERROR_TYPE, str(reason))
        count_outcome(delivery.channel, outcome, notice.happened_at)
        return Attempt(delivery.channel, delivery.attempts, outcome, random.random())  # noqa: S311 - not a secret

    async def _note_outcome(self, notice_id: str, attempt: Attempt, claimed: Delivery, cause: Cause) -> None:
        """Keeps trying until the claim is over: what is not noted would be sent twice."""
        # Under an id of its own: the claim's cause has had its effect.
        settled = replace(cause, id=derive_id(cause.id, "settled", attempt.channel), at=now())
        until = claimed.changed_at + self.patience.lease

        def decide(notice: Notice | None, cause: Cause) -> Step[Notice] | None:
            return settle(notice, attempt, cause.at, self.patience) if notice else None

        await self._together()
        while True:
            try:
                await self.store.notices.step(notice_id, decide, settled)
                return
            except Exception as error:
                if is_transient(error) and now() < until:
                    log.warning("the outcome is not noted yet", extra={"notice": notice_id})
                    await asyncio.sleep(SETTLE_PAUSE_SECONDS)
                    continue
                raise

    async def _together(self) -> None:
        """Let the outcomes of one moment be noted by one load and one save; when there is little to do, at once."""
        if len(self._under_way) > FEW:
            await asyncio.sleep(TICK_SECONDS - asyncio.get_running_loop().time() % TICK_SECONDS)

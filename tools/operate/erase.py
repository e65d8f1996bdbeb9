"""`onestop erase`: forgets how the person of a case is reached, at once and everywhere, as they have the right to ask.

Of a report that is closed, what was written of them is covered as well, as it would be when its time is over. What an
applicant handed in stays for as long as the law wants it.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.commands import Desk
from services.intake.domain.report import REPORTER, Report
from services.intake.timers import forget_people
from services.notify.domain.file import APPLICANT, CaseFile
from services.notify.erasing import erase_contact
from services.notify.store import Store
from shared.events.ids import new_id
from shared.kernel import Case, Cause, now
from shared.kernel.mongo_trail import MongoTrail
from shared.kernel.trail import Line
from shared.people import Person
from shared.references import read_reference
from tools.operate.asking import add_json, add_operator, add_sure, as_json, need_sure, operator
from tools.operate.desks import notify_store, open_forgetting_intake
from tools.operate.failures import NotDone


@dataclass(frozen=True)
class Erasure:
    """Of whom, and what becomes of what they wrote: `covers` now, or when the report's time is over."""

    reference: str
    case_id: str
    party: str
    covers: bool


def main(arguments: Sequence[str]) -> int:
    """Exit status 0; erasing twice is the same as once."""
    asked = _parser().parse_args(arguments)
    erasure = asyncio.run(_run(asked))
    print(as_json(erasure) if asked.json else _say_erasure(erasure, is_dry=asked.dry_run))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop erase", description=__doc__)
    parser.add_argument("reference", help="of the case")
    parser.add_argument("--party", help="a follower, as `recipient` of its notices names them; else whose case it is")
    add_sure(parser)
    add_operator(parser)
    add_json(parser)
    return parser


async def _run(asked: argparse.Namespace) -> Erasure:
    who = operator(asked)
    async with open_forgetting_intake() as intake, notify_store() as notify:
        reference = read_reference(intake.town.reference_prefix, asked.reference) or asked.reference
        report = await intake.store.find_by_reference(reference)
        erasure = await _plan(notify, reference, report, asked.party)
        if asked.dry_run:
            return erasure
        need_sure(asked, _say_erasure(erasure, is_dry=True))
        await _note(notify.trail, notify.recipients.name, erasure, who)
        await erase_contact(notify, erasure.case_id, erasure.party)
        if erasure.covers:
            await _note(intake.store.trail, intake.store.reports.name, erasure, who)
            await _cover(intake, erasure.case_id)
        return erasure


async def _plan(notify: Store, reference: str, report: Case[Report] | None, party: str | None) -> Erasure:
    if party is not None and await notify.find_person((report or await _file(notify, reference)).id, party) is None:
        raise NotDone(f"{reference} has nobody who is called {party}")
    if report is not None:
        covers = party is None and report.state.closed_at is not None and report.state.forgotten_at is None
        return Erasure(reference, report.id, party or REPORTER, covers)
    return Erasure(reference, (await _file(notify, reference)).id, party or APPLICANT, covers=False)


async def _file(notify: Store, reference: str) -> Case[CaseFile]:
    file = await notify.find_by_reference(reference)
    if file is None:
        raise NotDone(f"no case is called {reference}")
    return file


async def _note(trail: MongoTrail, collection: str, erasure: Erasure, who: Person) -> None:
    """Before it is done: of an act that was interrupted the trail must know too."""
    line = Line(new_id(), now(), None, erasure.case_id, erasure.reference, "erase", who)
    await trail.add(collection, line)


async def _cover(intake: Desk, case_id: str) -> None:
    await forget_people(intake, case_id, Cause.request())


def _say_erasure(erasure: Erasure, *, is_dry: bool) -> str:
    verb = "would be erased" if is_dry else "is erased"
    written = "what was written is covered" if erasure.covers else "what was written stays as long as it always does"
    return f"{erasure.reference}: how the {erasure.party} is reached {verb} everywhere; {written}"

"""`onestop resend`: delivers after all what failed or was skipped: after a mail server, an address or a template was
mended. Who has muted the town, or was erased, is left in peace."""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from services.notify.domain.delivery import Delivery
from services.notify.domain.notice import Notice
from services.notify.resending import Undelivered, find_undelivered, send_again
from services.notify.store import Store
from shared.events.notices import NoticeChannel
from shared.kernel import Case
from tools.operate.asking import add_json, add_operator, add_sure, as_json, need_sure, operator, past, reference
from tools.operate.desks import notify_store
from tools.operate.failures import NotDone


@dataclass(frozen=True)
class Resent:
    """One notice that reached nobody: of what, to whom (no address), on which channels, and why it had ended."""

    notice: str
    reference: str
    audience: str
    about: str
    channels: Sequence[NoticeChannel]
    reason: str | None
    ended_at: datetime


def main(arguments: Sequence[str]) -> int:
    """Exit status 0, also when there is nothing to send."""
    asked = _parser().parse_args(arguments)
    if not (asked.reference or asked.since or asked.reason):
        raise NotDone("say which: a reference, --reason or --since")
    resent = asyncio.run(_run(asked))
    if asked.json:
        print(as_json(resent))
    else:
        done = "would be sent again" if asked.dry_run else "are sent again"
        print("\n".join([*map(_say_resent, resent), f"{len(resent)} {done}"]))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop resend", description=__doc__)
    parser.add_argument("reference", nargs="?", type=reference, help="only what tells of this case")
    parser.add_argument("--reason", help="only what ended for this, as gave-up or no-template")
    parser.add_argument("--since", type=past, help="only what ended since then: 6h, 3d, a day, a time")
    parser.add_argument("--channel", choices=get_args(NoticeChannel), help="only on this channel")
    add_sure(parser)
    add_operator(parser)
    add_json(parser)
    return parser


async def _run(asked: argparse.Namespace) -> list[Resent]:
    who = operator(asked)
    async with notify_store() as store:
        wanted = Undelivered(await _case(store, asked.reference), asked.channel, asked.reason, asked.since)
        found = [_resent(case, meant) async for case, meant in find_undelivered(store, wanted)]
        if asked.dry_run or not found:
            return found
        need_sure(asked, f"{len(found)} notices leave")
        return [one for one in found if await send_again(store, who, one.notice, one.channels)]


def _resent(case: Case[Notice], meant: Sequence[Delivery]) -> Resent:
    one, last = case.state, max(meant, key=lambda delivery: delivery.changed_at)
    channels = [delivery.channel for delivery in meant]
    return Resent(case.id, one.reference, one.audience, one.about, channels, last.reason, last.changed_at)


async def _case(store: Store, reference: str | None) -> str | None:
    if reference is None:
        return None
    file = await store.find_by_reference(reference)
    if file is None:
        raise NotDone(f"no case is called {reference}")
    return file.id


def _say_resent(one: Resent) -> str:
    at = one.ended_at.isoformat(timespec="seconds")
    return f"{one.reference}  {one.about}  {one.audience} by {', '.join(one.channels)}  {one.reason or '-'} since {at}"

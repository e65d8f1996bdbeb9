"""`onestop sign-out SUB…`: ends every session of a person, at all services, within five seconds.

For an account that was closed or a device that was lost; the identity provider must be told as well, or the person
signs in again.
"""

import argparse
import asyncio
from collections.abc import Sequence

from shared.kernel.connections import connect
from shared.kernel.ended_sessions import EndedSessions
from shared.kernel.trail import Change
from shared.people import Person
from shared.settings import ServiceSettings
from shared.web.session_keeper import Revocations
from tools.operate.asking import add_json, add_operator, as_json, operator
from tools.operate.on_record import put_on_record


def main(arguments: Sequence[str]) -> int:
    """Ends them, or raises what the database says."""
    parser = argparse.ArgumentParser(prog="onestop sign-out", description=__doc__)
    parser.add_argument("sub", nargs="+", help="the subject of the person's tokens, as logs and audit trail name it")
    parser.add_argument("--dry-run", action="store_true", help="say who would be signed out, and end nothing")
    add_operator(parser)
    add_json(parser)
    asked = parser.parse_args(arguments)
    settings, who = ServiceSettings(), operator(asked)
    if not asked.dry_run:
        asyncio.run(sign_out(settings, asked.sub, who))
    done = "would be signed out" if asked.dry_run else "signed out"
    told = "\n".join(f"{done} everywhere: {sub}" for sub in asked.sub)
    print(as_json({"signed_out": [] if asked.dry_run else asked.sub}) if asked.json else told)
    return 0


async def sign_out(settings: ServiceSettings, subs: Sequence[str], who: Person) -> None:
    """Each of these people, at all services."""
    client = connect(settings.mongodb_uri, "sign-out")
    try:
        await put_on_record(client, settings, "sign-out", who, [Change("sessions", sub, None) for sub in subs])
        revocations = Revocations(EndedSessions.of(client, settings.mongodb_prefix))
        for sub in subs:
            await revocations.end_person(sub)
    finally:
        client.close()

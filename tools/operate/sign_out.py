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
from tools.operate.asking import add_operator, operator
from tools.operate.on_record import put_on_record


def main(arguments: Sequence[str]) -> int:
    """Ends them, or raises what the database says."""
    parser = argparse.ArgumentParser(prog="onestop sign-out", description=__doc__)
    parser.add_argument("sub", nargs="+", help="the subject of the person's tokens, as logs and audit trail name it")
    add_operator(parser)
    asked = parser.parse_args(arguments)
    asyncio.run(sign_out(ServiceSettings(), asked.sub, operator(asked)))
    for sub in asked.sub:
        print(f"signed out everywhere: {sub}")
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

"""The shipped applications one after the other, shown with the lane that each was given and why."""

import asyncio
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import httpx

from deploy.local.token import token
from shared.settings import ServiceSettings
from tools.play.permits import Played, Refused, Token, permit_cases, permit_complete, permit_faults, play_permit
from tools.play.play import TICK, Pace, Run
from tools.play.reconcile import Difference
from tools.play.screen import duration, trace_link


async def play_permits(
    run: Run, http: httpx.AsyncClient, how: Pace, settings: ServiceSettings, store: str, zone: ZoneInfo
) -> list[Difference]:
    """What did not agree; times are shown in `zone`."""
    print(f"\n{'permits':15}lane")
    played: list[Played] = []
    differences: list[Difference] = []
    for number, case in enumerate(permit_cases(), start=1):
        try:
            one = await play_permit(case, http, signer(settings), f"play-{run.key}-permit-{number}", how.patience)
        except Refused as error:
            differences.append(Difference(case.title, str(error)))
            continue
        played.append(one)
        print(f"{permit_line(one, zone)}\n    {trace_link(store, one.reference, one.at)}", flush=True)
    await _settle(run, played, how)
    stories = [run.ledger.story(one.id) for one in played]
    events, notices = (sum(len(getattr(story, name)) for story in stories) for name in ("permits", "notices"))
    print(f"{len(played)} applications, {events} permit events, {notices} notices")
    return differences + [fault for one in played for fault in permit_faults(one, run.ledger, run.rules)]


async def officer_token(settings: ServiceSettings) -> str | None:
    """To look at what only staff may see; None (and a line that says so) where nobody can sign in."""
    try:
        return await asyncio.to_thread(signer(settings), "officer")
    except Refused as error:
        print(f"deliveries are not compared: {error}", flush=True)
        return None


def signer(settings: ServiceSettings) -> Token:
    """Signs people in at the development provider."""

    def sign_in(sub: str) -> str:
        try:
            return token(
                sub, issuer=settings.oidc_issuer, client=(settings.oidc_client_id, settings.oidc_client_secret),
                redirect_uri=f"{settings.public_url}/auth/callback",
            )  # fmt: skip
        except (httpx.HTTPError, RuntimeError) as error:
            raise Refused(f"nobody can sign in as {sub}: {error}") from error

    return sign_in


def permit_line(one: Played, zone: ZoneInfo) -> str:
    """Reference, lane, why not the fast one, due time, state and the time of each act."""
    why = f" (not the fast lane: {', '.join(one.failed)})" if one.failed else ""
    acts = ", ".join(f"{step} {duration(seconds)}" for step, seconds in one.steps.items() if step != "read")
    due = f"{one.due_at.astimezone(zone):%Y-%m-%d %H:%M}"
    return f"{one.reference:15}{one.lane}{why}, due {due}, {one.state} · {one.case.title}\n    {acts}"


async def _settle(run: Run, played: Sequence[Played], how: Pace) -> None:
    """Until all has come of them, or the time is up; then a little longer for what is doubled."""
    for _ in range(int(how.quiet / TICK)):
        if all(permit_complete(one, run.ledger, run.rules) for one in played):
            break
        await asyncio.sleep(TICK)
    await asyncio.sleep(how.linger)

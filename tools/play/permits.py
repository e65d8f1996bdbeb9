"""Two permit applications from the first form to the lane and, for the small house, to the decision by two officers."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import httpx
import yaml
from pydantic import BaseModel, ConfigDict

from deploy.local.machine import ROOT
from tools.play.ledger import Ledger
from tools.play.paper import pdf
from tools.play.reconcile import Difference, Rules, list_missing, notice_faults
from tools.play.sending import reason, stubborn

CASES = ROOT / "deploy" / "demo" / "permits-maehia.yaml"
PATH = "/api/v1/applications"
EVENTS = ("submitted", "accepted", "examined", "decided")

Token = Callable[[str], str]  # bearer token of the person with that subject id


class PermitCase(BaseModel):
    """One application to play; `lane` is the one that it must be given."""

    model_config = ConfigDict(frozen=True)

    title: str
    lane: Literal["fast", "normal"]
    decide: bool
    request: dict[str, Any]

    @property
    def events(self) -> Sequence[str]:
        """What must be heard of it on the bus, in order."""
        return EVENTS if self.decide else EVENTS[:2]


@dataclass(frozen=True)
class Played:
    """An application that went its way; `steps` are the seconds of each act."""

    case: PermitCase
    id: str
    reference: str
    lane: str
    failed: Sequence[str]  # conditions of the fast lane that did not hold
    due_at: datetime
    state: str
    steps: Mapping[str, float]
    at: datetime


class Refused(Exception):
    """An act was refused or had no answer."""


def permit_cases() -> list[PermitCase]:
    """The shipped ones."""
    return [PermitCase.model_validate(one) for one in yaml.safe_load(CASES.read_text(encoding="utf-8"))]


async def play_permit(case: PermitCase, http: httpx.AsyncClient, token: Token, key: str, patience: float) -> Played:
    """The whole way; Refused says which act failed and why."""
    desk = _Desk(http, key, patience, {})
    opened = await desk.act("open", "POST", PATH, {}, json=case.request)
    path, mine = f"{PATH}/{opened['reference']}", {"X-Application-Secret": opened["secret"]}
    form = await desk.act("read", "GET", path, mine)
    for document in form["missing"]["documents"]:
        paper = pdf(f"{document}: {opened['reference']}")
        headers = {**mine, "Content-Type": "application/pdf", "X-Filename": f"{document}.pdf"}
        await desk.act("documents", "PUT", f"{path}/documents/{document}", headers, content=paper)
    await desk.act("submit", "POST", f"{path}/submit", mine, json={"declared": True})
    signed = {
        sub: {"Authorization": f"Bearer {await asyncio.to_thread(token, sub)}"}
        for sub in ("officer", *(("examiner", "signatory") if case.decide else ()))
    }
    last = await desk.act("accept", "POST", f"{path}/accept", signed["officer"])
    if case.decide:
        await desk.act("examine", "POST", f"{path}/examine", signed["examiner"], json={"proposal": "approve"})
        last = await desk.act("decide", "POST", f"{path}/decide", signed["signatory"], json={"decision": "approve"})
    lane = last["lane"]
    return Played(
        case, opened["id"], opened["reference"], lane["code"], lane["failed"],
        datetime.fromisoformat(lane["due_at"]), last["state"], desk.took, datetime.now(UTC),
    )  # fmt: skip


@dataclass
class _Desk:
    """Does one act after the other and remembers how long each took."""

    http: httpx.AsyncClient
    key: str
    patience: float
    took: dict[str, float]

    async def act(self, step: str, method: str, path: str, headers: Mapping[str, str], **sent: Any) -> dict[str, Any]:
        began = time.monotonic()
        told = {"Idempotency-Key": f"{self.key}-{step}", "Accept-Language": "th", **headers}
        reply = await stubborn(self.http, method, path, told, self.patience, **sent)
        self.took[step] = self.took.get(step, 0.0) + time.monotonic() - began
        if reply.response is None or not reply.response.is_success:
            raise Refused(f"{step}: {reason(reply.response) if reply.response is not None else reply.why}")
        answer: dict[str, Any] = reply.response.json()
        return answer


def permit_complete(played: Played, ledger: Ledger, rules: Rules) -> bool:
    """All that must come of it has come."""
    story = ledger.story(played.id)
    heard = {seen.verb for seen in story.permits}
    return heard >= set(played.case.events) and not list_missing(story, rules, ledger.channels)


def permit_faults(played: Played, ledger: Ledger, rules: Rules) -> list[Difference]:
    """Wrong lane, lost or doubled events, missing or doubled notices."""
    story = ledger.story(played.id)
    heard = [seen.verb for seen in story.permits]
    found = [] if played.lane == played.case.lane else [f"is in the {played.lane} lane instead of {played.case.lane}"]
    found += [f"{heard.count(verb)} × permit.{verb}" for verb in played.case.events if heard.count(verb) != 1]
    found += notice_faults(story, rules, ledger.channels)
    return [Difference(played.reference, what) for what in found]

"""An operator's commands on a running town: what is looked at, sent again, routed anew, erased, and who did it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from tests.support.commands import onestop
from tests.support.source import ROOT
from tests.support.stack import Stack
from tests.support.waiting import until
from tools.operate.__main__ import main

REPORT = {
    "category": "water-leak",
    "text": "น้ำซึมใต้ถนนในซอย โทร 081-234-5678",  # routed the same at any hour of any day
    "location": {"latitude": 18.7431, "longitude": 98.9638},
}
BY = ("--by", "somchai")


def reported(stack: Stack, mail: str) -> str:
    """A report whose reporter has been told that it came."""
    reporter = {"name": "มาลี", "email": mail, "consent": True}
    answer = httpx.post(f"{stack.origin}/api/v1/reports", json={**REPORT, "reporter": reporter}).raise_for_status()
    until(lambda: len(stack.mailbox.to(mail)) >= 1, "the first mail")
    reference: str = answer.json()["reference"]
    return reference


def acts(stack: Stack, reference: str) -> list[tuple[str, str, str]]:
    """Who did what where, as the audit says it."""
    found = onestop(stack, "audit", "--reference", reference)
    return [(one["service"], one["act"], one["who"]["name"]) for one in found]


def test_a_town_at_work_is_well_and_its_sum_says_so(stack: Stack) -> None:
    reported(stack, "status@resident.example")
    until(lambda: not [one for each in onestop_status(stack) for one in each["troubles"]], "a town that is well")
    assert [one["service"] for one in onestop_status(stack)] == ["intake", "dispatch", "permits", "notify"]


def onestop_status(stack: Stack) -> Any:
    """Of a town that other tests use too: their dead letters are no fault of this one's."""
    found = onestop(stack, "status", status=None)
    for one in found:
        one["troubles"] = [trouble for trouble in one["troubles"] if "dead letters" not in trouble]
    return found


def test_the_doctor_tells_a_desks_stack_all_at_once_and_needs_nothing_but_its_environment(stack: Stack) -> None:
    found = onestop(stack, "doctor", status=1)
    said = {(one["about"], one["grade"]): one["text"] for one in found}
    assert "has 1 member" in " ".join(one["text"] for one in found)
    assert "whoever reaches it may read contacts" in said["broker", "unsafe"]
    assert [one for one in found if one["grade"] == "broken"] == []


def test_a_mail_that_was_refused_is_sent_again_and_the_audit_says_by_whom(stack: Stack) -> None:
    reference = reported(stack, "refused@resident.example")
    with MongoClient[dict[str, Any]](stack.env["MONGODB_URI"], tz_aware=True) as client:
        notices = client["onestop_notify"]["notices"]
        mailed = {
            "state.reference": reference,
            "state.party": "reporter",
            "state.deliveries": {"$elemMatch": {"channel": "email", "state": "sent"}},
        }
        until(lambda: notices.find_one({**mailed, "outbox": []}) is not None, "a notice that is sent")
        ended = {"state.deliveries.$.state": "failed", "state.deliveries.$.reason": "gave-up"}
        notices.update_one({**mailed, "state.deliveries.channel": "email"}, {"$set": ended, "$inc": {"v": 1}})
    before = len(stack.mailbox.to("refused@resident.example"))

    would = onestop(stack, "resend", reference, "--reason", "gave-up", "--dry-run", *BY)
    assert [(one["reference"], one["reason"]) for one in would] == [(reference, "gave-up")]
    assert len(onestop(stack, "resend", reference, "--reason", "gave-up", "--yes", *BY)) == 1

    until(lambda: len(stack.mailbox.to("refused@resident.example")) > before, "the mail, again")
    assert onestop(stack, "resend", reference, "--reason", "gave-up", "--yes", *BY) == []
    assert ("notify", "resend", "somchai") in acts(stack, reference)


def test_work_is_routed_anew_by_a_mended_rule(stack: Stack, tmp_path: Path) -> None:
    reference = reported(stack, "rerouted@resident.example")
    why = ("--because", "กฎเดิมผิด", *BY)
    until(lambda: _team(stack, reference) == "works-water", "the work to begin")
    assert onestop(stack, "reroute", reference, "--yes", *why) == []

    changed = _mended(tmp_path)
    compared = onestop(stack, "route", "compare", "--rules", str(changed / "routing.yaml"), "--since", "1h")
    (would,) = [one for one in compared["moves"] if one["reference"] == reference]
    assert (would["before"]["team"], would["after"]["team"]) == ("works-water", "works-roads")
    assert compared["complete"]

    (moved,) = onestop(stack, "reroute", reference, "--yes", *why, town=changed)

    assert (moved["team"], moved["to_team"]) == ("works-water", "works-roads")
    until(lambda: _team(stack, reference) == "works-roads", "intake to hear of it")
    assert ("dispatch", "reroute", "somchai") in acts(stack, reference)


def test_who_asks_to_be_forgotten_is_forgotten_everywhere(stack: Stack) -> None:
    reference = reported(stack, "forgotten@resident.example")
    assert onestop(stack, "erase", reference, "--dry-run", *BY)["covers"] is False
    onestop(stack, "erase", reference, "--party", "reporter", "--dry-run", *BY)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in stack.env.items():
            patch.setenv(name, value)
        assert main(["erase", reference, "--party", "reprter", "--dry-run", *BY]) == 2
    onestop(stack, "erase", reference, "--yes", *BY)
    with MongoClient[dict[str, Any]](stack.env["MONGODB_URI"]) as client:
        notify = client["onestop_notify"]
        assert notify["recipients"].find_one({"state.email": "forgotten@resident.example"}) is None
        assert notify["trail"].find_one({"act": "erase", "reference": reference}) is not None
        until(lambda: notify["recipients"].find_one({"outbox.at": {"$exists": True}}) is None, "the tombstone to leave")


def test_what_a_closed_report_says_of_its_reporter_is_covered_too(stack: Stack) -> None:
    reference = reported(stack, "closed@resident.example")
    until(lambda: _team(stack, reference) == "works-water", "the work to begin")
    with MongoClient[dict[str, Any]](stack.env["MONGODB_URI"], tz_aware=True) as client:
        reports = client["onestop_intake"]["reports"]
        known = reports.find_one({"state.reference": reference})
        assert known is not None
        closed = {"state.state": "closed", "state.closed_at": known["state"]["submitted_at"]}
        reports.update_one({"_id": known["_id"]}, {"$set": closed, "$inc": {"v": 1}})  # a step under way looks again
        assert onestop(stack, "erase", reference, "--yes", *BY)["covers"] is True
        after = reports.find_one({"_id": known["_id"]})
        assert after is not None
        assert "081-234-5678" not in after["state"]["text"]
    assert {("intake", "erase", "somchai"), ("notify", "erase", "somchai")} <= set(acts(stack, reference))


def test_what_cannot_be_undone_is_not_done_unasked(stack: Stack) -> None:
    reference = reported(stack, "unasked@resident.example")
    done = subprocess.run(
        [sys.executable, "-m", "tools.operate", "erase", reference, *BY],
        cwd=ROOT, env={**os.environ, **stack.env}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "say --yes" in done.stderr


def _team(stack: Stack, reference: str) -> str:
    with MongoClient[dict[str, Any]](stack.env["MONGODB_URI"]) as client:
        found = client["onestop_intake"]["reports"].find_one({"state.reference": reference})
    return str(found["state"]["team"]) if found else ""


def _mended(folder: Path) -> Path:
    """The same town, in which the roads' team mends pipes."""
    town = folder / "maehia"
    town.mkdir()
    for file in (ROOT / "deploy/municipalities/maehia").iterdir():
        (town / file.name).symlink_to(file)
    routing = town / "routing.yaml"
    text = routing.read_text("utf-8")
    routing.unlink()
    routing.write_text(text.replace("team: works-water", "team: works-roads"), "utf-8")
    return town

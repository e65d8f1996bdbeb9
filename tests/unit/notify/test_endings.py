"""However a report ends, whoever wrote it and whoever follows it hear of it, in each of the towns."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from services.dispatch.bodies import Cancel, Complete
from services.dispatch.incident_bodies import Close
from services.notify.domain.rules import Rules
from shared.events.incidents import IncidentResolved, IncidentWentOn
from shared.events.reports import ReportKind
from shared.events.work_orders import (
    PauseReason,
    WorkOrderCancelled,
    WorkOrderCompleted,
    WorkOrderPaused,
    WorkOrderSentBack,
)
from shared.town import load_town
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory
from tests.support.notify_members import told
from tests.support.source import ROOT

TOWNS = sorted(folder.name for folder in (ROOT / "deploy/municipalities").iterdir() if folder.is_dir())


def outcomes(body: type[Any]) -> tuple[str, ...]:
    """All that somebody may say."""
    return get_args(body.model_fields["outcome"].annotation)


def endings() -> Iterator[tuple[str, dict[str, Any]]]:
    for outcome in outcomes(Complete):
        yield from ((WorkOrderCompleted.type, {"outcome": outcome, "kind": kind}) for kind in get_args(ReportKind))
    for outcome in outcomes(Cancel):
        yield WorkOrderCancelled.type, {"outcome": outcome, "replaced": False, "merged": False}
    for outcome in outcomes(Close):
        yield IncidentResolved.type, {"outcome": outcome}


@pytest.mark.parametrize("audience", ["reporter", "follower"])
@pytest.mark.parametrize("town", TOWNS)
def test_each_ending_has_words_for_it(town: str, audience: str) -> None:
    rules = Rules(load_town(ROOT / "deploy/municipalities" / town).notices)
    found = list(endings())
    assert len(found) > 10
    assert [ending for ending in found if not rules.tells(audience, *ending)] == []


@pytest.mark.parametrize("audience", ["reporter", "follower"])
@pytest.mark.parametrize("town", TOWNS)
def test_whoever_heard_that_an_incident_is_over_hears_that_it_goes_on_after_all(town: str, audience: str) -> None:
    rules = Rules(load_town(ROOT / "deploy/municipalities" / town).notices)

    assert rules.tells(audience, IncidentWentOn.type, {"over": False})
    assert not rules.tells(audience, IncidentWentOn.type, {"over": True}), "it is over all the same: one word says so"


@pytest.mark.parametrize("town", TOWNS)
def test_the_reporter_whose_work_an_incident_s_is_hears_it_from_that(town: str) -> None:
    rules = Rules(load_town(ROOT / "deploy/municipalities" / town).notices)

    assert rules.tells("reporter", WorkOrderSentBack.type, {})


async def test_whoever_follows_a_report_hears_that_its_work_was_called_off() -> None:
    story, notify = Story(), NotifyInMemory()
    await notify.hear(story.submitted(), story.created(), story.followed("follower-1"))
    await notify.hear(story.of_work(WorkOrderCancelled, outcome="not_ours", reason="ที่ดินเอกชน"))
    await notify.work()
    assert told(notify, WorkOrderCancelled.type) == ["follower-1", "reporter"]


@pytest.mark.parametrize("reason", get_args(PauseReason))
def test_a_reporter_hears_once_why_work_waits_and_of_a_question_that_it_is_theirs_to_answer(reason: str) -> None:
    for town in TOWNS:
        rules = Rules(load_town(ROOT / "deploy/municipalities" / town).notices)
        every = rules.select_matching(WorkOrderPaused.type, {"reason": reason})
        found = [rule.template for rule in every if rule.audience == "reporter"]

        assert found == (["town-asks"] if reason == "reporter" else ["paused"] if town == "maehia" else [])

"""A storm: the same reports each time, a quarter of them one outage, and what must be true in its end."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from services.dispatch.domain import clocks
from services.dispatch.domain.routing import measure_metres
from shared.events.ids import new_id
from tests.support.played import after, answer, seen
from tests.support.work import town
from tools.play.ledger import Ledger, Seen
from tools.play.rows import Row
from tools.play.sending import Answer
from tools.play.storm_check import storm_faults
from tools.play.weather import pace_reports, storm

FIRST, SECOND, OTHER, INCIDENT = (new_id() for _ in range(4))
COMPLETED = "onestop.work-order.completed.v1"


def test_a_quarter_is_one_outage_near_one_place_and_the_storm_is_the_same_each_time() -> None:
    outage, rows = storm(town(), 200)
    kinds = Counter(row.body["category"] for row in rows)
    places = [row.body["location"] for row in rows if row.body["category"] == outage]
    rule = town().categories[outage].incident
    farthest = max(
        measure_metres(a["latitude"], a["longitude"], b["latitude"], b["longitude"]) for a in places for b in places
    )

    assert kinds[outage] == 50
    assert len(kinds) > 5
    assert rule is not None
    assert farthest < rule.radius_m
    assert storm(town(), 200) == (outage, rows)


def test_the_reports_come_evenly() -> None:
    assert list(pace_reports(4, 60)) == [0, 15, 30, 45]


def of(number: int, case: str, category: str) -> Answer:
    one = answer(number, case=case)
    return replace(one, row=Row(number, {"category": category}))


ANSWERS = [of(1, FIRST, "power-cut"), of(2, SECOND, "power-cut"), of(3, OTHER, "noise")]


def events(case: str, *of_incident: str, team: str | None = "works-lights", **changes: Any) -> list[Seen]:
    promise = clocks.start(town(), "repair", "normal", "1", after(0))
    assert promise.resolve is not None
    assert promise.acknowledge is not None
    order = {
        "report_id": case, "team": team, "level": "crew" if team else "triage", "service_level": "repair",
        "priority": "normal", "rules_version": "1", "due_at": promise.resolve.due_at,
        "acknowledge_by": promise.acknowledge.due_at, **changes,
    }  # fmt: skip
    told = [
        seen(f"onestop.incident.{verb}.v1", case, {"report_id": case, "incident_id": INCIDENT}) for verb in of_incident
    ]
    return [
        seen("onestop.report.submitted.v1", case, {"submitted_at": after(0)}),
        seen("onestop.work-order.created.v1", new_id(), order),
        *told,
    ]


def ended(case: str) -> Seen:
    return seen(COMPLETED, new_id(), {"report_id": case})


def faults(*groups: list[Seen]) -> list[str]:
    book = Ledger()
    for one in (one for group in groups for one in group):
        book.note(one)
    stories = {one.id: book.story(one.id) for one in ANSWERS}
    return [f"{one.case}: {one.what}" for one in storm_faults(town(), "power-cut", ANSWERS, stories)]


TWICE, OUTSIDE = events(SECOND, "joined", "joined", "resolved"), events(OTHER, "joined", "resolved")
LEAD = [*events(FIRST, "joined"), ended(FIRST)]
MEMBER, NOISE = events(SECOND, "joined", "resolved"), events(OTHER)


def test_a_storm_in_which_all_went_well_has_no_faults() -> None:
    assert faults(LEAD, MEMBER, NOISE) == []


@pytest.mark.parametrize(
    ("groups", "fault"),
    [
        ((LEAD, events(SECOND, "joined"), NOISE), "MH-2: told 0 times that it is over"),
        ((LEAD, [*MEMBER, ended(SECOND)], NOISE), "MH-2: told 2 times that it is over"),
        ((LEAD, TWICE, NOISE), "MH-2: told 2 times that its incident is known"),
        ((LEAD, events(SECOND), NOISE), "MH-2: of the outage, and not in its incident"),
        ((LEAD, MEMBER, OUTSIDE), "MH-3: of another kind, and in the incident"),
        ((LEAD, MEMBER, events(OTHER, team=None)), "MH-3: neither with a team nor in an incident"),
    ],
)  # fmt: skip
def test_what_went_wrong_is_named(groups: tuple[list[Seen], ...], fault: str) -> None:
    assert faults(*groups) == [fault]


def test_a_promise_that_is_not_the_service_levels_is_named() -> None:
    (fault,) = faults(LEAD, MEMBER, events(OTHER, due_at=after(3600)))

    assert fault.startswith("MH-3: due_at is ")

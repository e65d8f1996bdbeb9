"""A changed rule file held against cases that came: what moves, what gets another promise, what people have shown."""

import asyncio
from time import process_time
from typing import cast

import pytest

from services.dispatch.commands import Desk
from services.dispatch.domain import crew_work, desk_work
from services.dispatch.domain.routing import Sighting, route
from services.dispatch.domain.rule_changes import Comparison, Moves, Verdict, Way, compare
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.queries import Filter
from services.dispatch.routing_facts import facts_of_order
from services.dispatch.rule_trial import PAGE, compare_apart, compare_rules
from services.dispatch.store import Store
from shared.kernel import Case
from shared.town import Town
from shared.town.loader import examine_rules
from tests.support.work import MARKET, MONDAY, OFFICER, SOMCHAI, by, order, town

RULES = (town().directory / "routing.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> Town:
    assert old in RULES
    made, problems, _ = examine_rules(town().directory, RULES.replace(old, new, 1))
    assert made
    assert not problems
    return made


SIDEWAYS = changed(
    "when: {categories: [water-leak]}\n      then: {team: works-water,",
    "when: {categories: [water-leak]}\n      then: {team: works-roads,",
)


def moves(work: WorkOrder, rules: Town = SIDEWAYS) -> Moves | None:
    facts = facts_of_order(town(), work)
    return compare("01", work, route(town(), facts), route(rules, facts))


def seeping() -> WorkOrder:
    return order(text="น้ำซึมในซอย")


def test_what_the_changed_rule_takes_goes_elsewhere_and_what_another_takes_stays() -> None:
    found = moves(seeping())

    assert found
    assert (found.before.team, found.after.team, found.after.rule) == ("works-water", "works-roads", "water")
    assert found.before.version != found.after.version
    assert moves(order(text="ท่อแตก น้ำพุ่ง")) is None
    assert moves(order("noise")) is None


def test_a_new_name_for_a_rule_moves_nothing_and_another_promise_does() -> None:
    assert moves(seeping(), changed("- code: water\n", "- code: seeping-water\n")) is None
    faster = moves(
        seeping(),
        changed(
            "when: {categories: [water-leak]}\n      then: {team: works-water, priority: normal",
            "when: {categories: [water-leak]}\n      then: {team: works-water, priority: high",
        ),
    )
    assert faster
    assert not faster.changes_team


@pytest.mark.parametrize(
    ("team", "taken", "verdict"),
    [
        ("works-water", False, "open"),
        ("works-water", True, "people-disagree"),
        ("works-roads", False, "people-agree"),
        ("works-lights", True, "open"),
    ],
)
def test_people_have_shown_whose_it_is_by_giving_it_on_or_by_taking_it(
    team: str, taken: bool, verdict: Verdict
) -> None:
    work = seeping()
    if team != work.team:
        work = desk_work.assign(town(), work, by(OFFICER, MONDAY), team=team).state
    if taken:
        work = crew_work.acknowledge(town(), work, by(SOMCHAI, MONDAY)).state
    found = moves(work)

    assert found
    assert found.verdict == verdict


def test_the_ways_are_counted_the_most_travelled_first() -> None:
    lights = changed("then: {team: works-lights,", "then: {team: works-roads,")
    found = [moves(seeping()), moves(seeping()), moves(order("street-light"), lights)]
    known = [one for one in found if one]
    whole = Comparison("1", "2", MONDAY, 9, True, known)

    assert whole.ways == [Way("works-water", "works-roads", 2)]
    assert whole.count("open") == 2


class Stored:
    """A store's lists of work, the newest first, and what lies near."""

    def __init__(self, orders: list[WorkOrder]) -> None:
        self.cases = [Case(id=f"{9999 - place:04}", version=1, state=work) for place, work in enumerate(orders)]
        self.pages: list[int] = []

    async def list_newest(self, wanted: Filter, after: str | None, most: int) -> list[Case[WorkOrder]]:
        assert wanted.since == MONDAY
        self.pages.append(most)
        return [case for case in self.cases if after is None or case.id < after][:most]

    async def find_sightings(self, _around: object, _report: str | None) -> list[Sighting]:
        return [Sighting(MONDAY, MARKET.latitude, MARKET.longitude)] * 2


def desk(orders: list[WorkOrder]) -> Desk:
    return Desk(cast(Store, Stored(orders)), town())


async def test_cases_are_read_page_by_page_up_to_a_bound_that_the_answer_tells_of() -> None:
    several = desk([seeping() for _ in range(PAGE + 5)])
    whole = await compare_rules(several, SIDEWAYS, MONDAY)
    assert (whole.looked_at, len(whole.moves), whole.complete) == (PAGE + 5, PAGE + 5, True)
    part = await compare_rules(several, SIDEWAYS, MONDAY, most=PAGE + 1)
    assert (part.looked_at, part.complete) == (PAGE + 1, False)
    assert (part.version, part.to_version) == (town().routing.version, SIDEWAYS.routing.version)
    none = await compare_rules(desk([]), SIDEWAYS, MONDAY)
    assert (none.looked_at, none.complete, none.ways) == (0, True, [])


async def test_a_changed_file_may_ask_how_often_where_the_present_one_does_not() -> None:
    often = changed(
        "    - code: water\n      when: {categories: [water-leak]}",
        "    - code: leak-again\n"
        "      when: {categories: [water-leak], recurrence: {reports: 3, days: 30, radius_m: 100}}\n"
        "      then: {team: works-roads, priority: high, service_level: utilities}\n"
        "    - code: water\n      when: {categories: [water-leak]}",
    )
    found = await compare_rules(desk([seeping()]), often, MONDAY)
    assert [one.after.rule for one in found.moves] == ["leak-again"]


async def test_a_trial_in_a_process_of_its_own_finds_the_same() -> None:
    several = desk([seeping(), order("noise"), seeping()])

    assert await compare_apart(several, SIDEWAYS, MONDAY) == await compare_rules(several, SIDEWAYS, MONDAY)


async def test_a_trial_that_takes_longer_than_it_may_says_that_it_is_not_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found until then stays."""
    monkeypatch.setattr("services.dispatch.rule_trial.COMPARE_SECONDS", 0.01)
    found = await compare_apart(desk([seeping()]), SIDEWAYS, MONDAY)

    assert (found.looked_at, found.complete, found.moves) == (0, False, [])


async def test_while_a_trial_goes_on_everybody_else_has_their_turn() -> None:
    """As costly as a small file can be: each of its words is looked for in each case."""
    words = ", ".join(f'"คำที่{number}"' for number in range(400))
    costly = changed("when: {categories: [water-leak]}\n      then: {team: works-water,",
                     f"when: {{words: [{words}]}}\n      then: {{team: works-water,")  # fmt: skip
    trial = asyncio.create_task(compare_apart(desk([order(text="กข " * 1300)] * 600), costly, MONDAY))
    longest, since = 0.0, process_time()
    while not trial.done():
        await asyncio.sleep(0.005)
        longest, since = max(longest, process_time() - since), process_time()
    assert (await trial).looked_at == 600
    assert longest < 0.6

"""Whatever the rules and whatever the report: exactly one answer, the same each time, and it is the first rule's."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.dispatch.domain.routing import Facts, Sighting, explain, measure_metres, route
from shared.events.reports import Channel, ReportKind
from shared.town import Town
from shared.town.models import Recurrence, RoutingConditions, RoutingOutcome, RoutingRule
from tests.support.work import MARKET, MONDAY, town

CATEGORIES = ["water-leak", "power-cut", "noise"]
ZONES = ["ban-tamnak", "ban-ubosot"]
CHANNELS: list[Channel] = ["web", "line", "desk"]
KINDS: list[ReportKind] = ["problem", "question"]
WORDS = ["ท่อ…แตก", "ไฟไหม้", "burst", "งู"]
TEXTS = ["", "ท่อประปาแตก", "ไฟ ไหม้บ้าน", "a burst pipe and a งู", "เรื่องอื่น"]
ANSWERS = ["yes", "no", "knee"]


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


CONDITIONS = st.builds(
    RoutingConditions,
    categories=some(CATEGORIES),
    zones=some(ZONES),
    words=some(WORDS),
    hours=st.sampled_from([None, None, "working", "off"]),
    channels=some(list(CHANNELS)),
    kinds=some(list(KINDS)),
    answers=st.dictionaries(st.sampled_from(["danger", "depth"]), some(ANSWERS), max_size=1),
    recurrence=st.none() | st.builds(Recurrence, reports=st.integers(2, 3), days=st.integers(1, 30),
                                     radius_m=st.integers(50, 200)),
    outside_town=st.sampled_from([None, None, True, False]),
)  # fmt: skip
OUTCOMES = st.builds(
    RoutingOutcome, team=st.sampled_from(sorted(town().teams)), agency=st.sampled_from([None, "pea"]),
    priority=st.sampled_from(["normal", "high"]), service_level=st.just("standard"),
)  # fmt: skip
RULES = st.lists(st.tuples(CONDITIONS, OUTCOMES), max_size=8)
SIGHTINGS = st.builds(
    lambda days, north: Sighting(MONDAY - timedelta(days=days), MARKET.latitude + north / 111_320, MARKET.longitude),
    st.integers(0, 40),
    st.integers(-300, 300),
)
FACTS = st.builds(
    Facts,
    category=st.sampled_from([*CATEGORIES, "unknown"]),
    at=st.just(MONDAY),
    working=st.booleans(),
    text=st.sampled_from(TEXTS),
    zone=st.sampled_from([None, *ZONES]),
    outside_town=st.booleans(),
    latitude=st.sampled_from([None, MARKET.latitude]),
    longitude=st.just(MARKET.longitude),
    channel=st.sampled_from(CHANNELS),
    kind=st.sampled_from(KINDS),
    answers=st.dictionaries(st.sampled_from(["danger", "depth"]), st.sampled_from(ANSWERS), max_size=2),
    earlier=st.lists(SIGHTINGS, max_size=4).map(tuple),
)


def with_rules(rules: list[tuple[RoutingConditions, RoutingOutcome]]) -> Town:
    made = tuple(RoutingRule(code=f"r{n}", when=when, then=then) for n, (when, then) in enumerate(rules))
    return town().model_copy(update={"routing": town().routing.model_copy(update={"rules": made})})


def matches(when: RoutingConditions, facts: Facts) -> bool:
    """As the page for new towns says it, once more and plainly."""
    plain = facts.text.replace(" ", "")
    found = {"ท่อ…แตก": "แตก" in plain, "ไฟไหม้": "ไฟไหม้" in plain, "burst": "burst" in plain, "งู": "งู" in plain}
    lists = ((when.categories, facts.category), (when.zones, facts.zone), (when.channels, facts.channel),
             (when.kinds, facts.kind))  # fmt: skip
    return (
        all(not wanted or has in wanted for wanted, has in lists)
        and (not when.words or any(found[word] for word in when.words))
        and (when.hours is None or facts.working == (when.hours == "working"))
        and (when.outside_town is None or facts.outside_town == when.outside_town)
        and all(facts.answers.get(question) in wanted for question, wanted in when.answers.items())
        and (when.recurrence is None or recurs(when.recurrence, facts))
    )


def recurs(often: Recurrence, facts: Facts) -> bool:
    if facts.latitude is None or facts.longitude is None:
        return often.reports <= 1
    near = [
        one for one in facts.earlier
        if facts.at - one.at <= timedelta(days=often.days)
        and measure_metres(facts.latitude, facts.longitude, one.latitude, one.longitude) <= often.radius_m
    ]  # fmt: skip
    return 1 + len(near) >= often.reports


@settings(max_examples=50)
@given(RULES, FACTS)
def test_the_first_rule_whose_conditions_all_hold_decides_and_none_means_triage(
    rules: list[tuple[RoutingConditions, RoutingOutcome]], facts: Facts
) -> None:
    place = with_rules(rules)
    routed = route(place, facts)

    first = next((n for n, (when, _) in enumerate(rules) if matches(when, facts)), None)
    then = place.routing.fallback if first is None else rules[first][1]
    assert routed.rule == (None if first is None else f"r{first}")
    assert (routed.team, routed.agency, routed.priority) == (then.team, then.agency, then.priority)
    assert routed.version == place.routing.version
    assert routed.team in place.teams


@settings(max_examples=50)
@given(RULES, FACTS)
def test_the_answer_is_the_same_each_time_in_whatever_order_earlier_reports_are_found(
    rules: list[tuple[RoutingConditions, RoutingOutcome]], facts: Facts
) -> None:
    place = with_rules(rules)
    turned = Facts(**{**{name: getattr(facts, name) for name in Facts.__dataclass_fields__},
                      "earlier": tuple(reversed(facts.earlier))})  # fmt: skip
    assert route(place, facts) == route(place, facts) == route(place, turned)


@settings(max_examples=30)
@given(RULES, RULES, FACTS)
def test_what_stands_after_the_deciding_rule_changes_nothing(
    rules: list[tuple[RoutingConditions, RoutingOutcome]],
    others: list[tuple[RoutingConditions, RoutingOutcome]],
    facts: Facts,
) -> None:
    routed = route(with_rules(rules), facts)
    if routed.rule is not None:
        place = int(routed.rule[1:]) + 1
        assert route(with_rules([*rules[:place], *others]), facts).rule == routed.rule


@settings(max_examples=50)
@given(RULES, FACTS)
def test_the_explanation_names_every_rule_and_decides_as_the_real_run_does(
    rules: list[tuple[RoutingConditions, RoutingOutcome]], facts: Facts
) -> None:
    place = with_rules(rules)
    routed, tried = route(place, facts), explain(place, facts)

    assert [one.rule for one in tried] == [f"r{n}" for n in range(len(rules))]
    assert [one.rule for one in tried if one.result == "decided"] == ([routed.rule] if routed.rule else [])
    for one, (when, _) in zip(tried, rules, strict=True):
        assert all(check.holds for check in one.checks) == matches(when, facts)
        assert (one.result == "no_match") <= (not matches(when, facts))

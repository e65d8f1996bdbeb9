"""Work is routed anew after a rule was mended: what moves, what stays, and what is told."""

from datetime import timedelta

from services.dispatch.domain import crew_work, desk_work
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.rerouting import is_untouched, reroute, rules_say
from services.dispatch.domain.routing import Routed, explain
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.routing_facts import facts_of_order
from shared.events.work_orders import WorkOrderAssigned
from shared.kernel import Step
from shared.town import Town
from tests.support.dispatch_pages import carded, drawn
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, town

OPERATOR = Actor(sub="operator:somchai", name="somchai")
LATER = MONDAY + timedelta(hours=2)
ELSEWHERE = "works-roads"


def mended(team: str = ELSEWHERE) -> Town:
    """The same town, whose first rules send everything to another team."""
    rules = town().routing.rules
    sent = [rule.model_copy(update={"then": rule.then.model_copy(update={"team": team})}) for rule in rules]
    fallback = town().routing.fallback.model_copy(update={"team": team})
    routing = town().routing.model_copy(update={"rules": tuple(sent), "fallback": fallback, "version": "mended"})
    return town().model_copy(update={"routing": routing})


def rerouted(work: WorkOrder, profile: Town) -> Step[WorkOrder] | None:
    return reroute(profile, work, facts_of_order(profile, work), Acting(OPERATOR, LATER), "the rule was wrong")


def test_work_goes_where_the_rules_of_today_send_it_and_says_by_whom_and_why() -> None:
    step = rerouted(order(), mended())
    assert step is not None
    line = step.state.history[-1]
    assert (step.state.team, step.state.state) == (ELSEWHERE, "assigned")
    assert (line.what, line.actor, line.text) == ("rerouted", OPERATOR, "the rule was wrong")
    (event,) = step.events
    assert event.type == "onestop.work-order.assigned.v1"
    assert event.data()["previous_team"] == "works-water"


def test_everybody_is_told_who_moved_it_from_where_to_where_why_and_by_which_rule_of_which_version() -> None:
    step = rerouted(order(), mended())
    assert step is not None
    (event,) = step.events
    assert isinstance(event, WorkOrderAssigned)

    told = (event.actor, event.previous_team, event.team, event.reason, event.rule, event.public_rule)
    assert told == (OPERATOR.sub, "works-water", ELSEWHERE, "the rule was wrong", "water-burst", "water-burst")
    assert event.rules_version == "mended"
    page = drawn("history.html", card=carded(step.state), lines=step.state.history)
    assert "ส่งงานใหม่ จากงานท่อน้ำและทางระบายน้ำไปที่งานถนนและทางเท้า" in page
    assert "ตามหลักเกณฑ์ &#34;ท่อน้ำรั่วหรือแตก&#34; (ฉบับ mended)" in page
    assert "the rule was wrong" in page


def test_what_keeps_its_team_and_gets_other_promises_says_so() -> None:
    faster = mended("works-water")
    rules = tuple(
        rule.model_copy(update={"then": rule.then.model_copy(update={"priority": "emergency"})})
        for rule in faster.routing.rules
    )
    step = rerouted(order(), faster.model_copy(update={"routing": faster.routing.model_copy(update={"rules": rules})}))
    assert step is not None

    assert step.state.team == "works-water"
    page = drawn("history.html", language="en", card=carded(step.state), lines=step.state.history)
    assert "Water pipes and drains keeps it, with other promises: by rule" in page


def test_work_that_an_officer_gives_on_names_no_rule() -> None:
    (event,) = desk_work.assign(town(), order(), by(OFFICER, MONDAY), team="works-lights").events
    assert isinstance(event, WorkOrderAssigned)
    assert (event.rule, event.rules_version) == (None, None)


def test_what_was_promised_counts_from_when_the_report_was_accepted() -> None:
    step = rerouted(order(), mended())
    assert step is not None
    assert step.state.due_at == order().due_at


def test_rules_that_say_the_same_move_nothing() -> None:
    assert rerouted(order(), town()) is None


def test_work_in_a_crews_hands_stays_there() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY)).state
    assert rerouted(taken, mended()) is None


def test_work_that_an_officer_has_given_to_a_team_stays_with_it() -> None:
    given = desk_work.assign(town(), order(), by(OFFICER, MONDAY), team="works-lights").state
    assert not is_untouched(given)
    assert rerouted(given, mended()) is None


def test_work_that_was_routed_anew_may_be_so_again() -> None:
    """The mended rule was wrong too."""
    step = rerouted(order(), mended())
    assert step is not None
    again = rerouted(step.state, town())
    assert again is not None
    assert again.state.team == "works-water"


def test_work_that_is_over_goes_nowhere() -> None:
    done = desk_work.cancel(town(), order(), by(OFFICER, MONDAY), outcome="not_ours", reason="x").state
    assert rerouted(done, mended()) is None


# --- an officer is told of it, and follows by one press


def said(work: WorkOrder, profile: Town) -> Routed | None:
    return rules_say(profile, work, facts_of_order(profile, work))


def test_an_officer_is_told_where_todays_rules_would_send_work_that_somebody_has_in_hand() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY)).state
    given = desk_work.assign(town(), order(), by(OFFICER, MONDAY), team="works-lights").state

    for work in (taken, given):
        told = said(work, mended())
        assert told is not None
        assert told.team == ELSEWHERE


def test_a_corrected_place_is_a_reason_to_look_and_a_persons_own_choice_is_none() -> None:
    """Its category is the same, so no rule has moved it."""
    given = desk_work.assign(town(), order(), by(OFFICER, MONDAY), team="works-lights").state
    corrected = given.with_report(amended=3)

    assert said(given, town()) is None
    told = said(corrected, town())
    assert told is not None
    assert told.team == "works-water"


def test_nothing_is_said_where_the_rules_agree_or_nothing_can_follow() -> None:
    over = desk_work.cancel(town(), order(), by(OFFICER, MONDAY), outcome="not_ours", reason="x").state
    share = order().model_copy(update={"parent": "W"})

    assert [said(work, mended()) for work in (over, share)] == [None, None]
    assert said(order().with_report(amended=3), town()) is None


def test_one_press_follows_the_rules() -> None:
    work, profile = order(), mended()
    facts = facts_of_order(profile, work)
    shown = drawn(
        "order.html", language="en", path="/desk/x", card=carded(work), answer=None, earlier=[], others=[], place=None,
        rules=explain(town(), facts), elsewhere=said(work, profile), changed_rules=True, said=None, reply_key="a-key",
    )  # fmt: skip

    form = shown.partition('id="follow-')[2].partition("</form>")[0]
    assert 'action="/desk/' in form
    assert f'name="team" value="{ELSEWHERE}"' in form
    assert 'name="seen"' in form, "what it is decided on"
    assert "Follow the rules: assign to Roads and footpaths" in form
    assert "By the rules of today it would be with Roads and footpaths" in shown

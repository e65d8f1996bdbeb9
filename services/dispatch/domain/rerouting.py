"""Work that the town's rules send elsewhere than before: its report was corrected, or the rules were."""

from services.dispatch.domain import clocks
from services.dispatch.domain.crew_work import list_changes_to_hand_over
from services.dispatch.domain.history import Acting
from services.dispatch.domain.parts import Rule
from services.dispatch.domain.referring import tell_taken_back
from services.dispatch.domain.routing import Facts, Routed, choose_public_rule, route
from services.dispatch.domain.splitting import promise_anew
from services.dispatch.domain.states import UNSEEN, WHOLE
from services.dispatch.domain.work_order import WorkOrder, change, list_common_fields
from shared.events.work_orders import WorkOrderAssigned
from shared.kernel import Step
from shared.town import Town


def reroute(town: Town, order: WorkOrder, facts: Facts, acting: Acting, reason: str) -> Step[WorkOrder] | None:
    """By the rules of today. None: it stays where it is, or somebody has it in hand (`is_untouched`)."""
    routed = route(town, facts)
    if not is_untouched(order) or not leads_elsewhere(order, routed):
        return None
    return hand_over_by_rule(town, order, order, routed, acting, reason)


def is_untouched(order: WorkOrder) -> bool:
    """Nobody has taken it, and no person has said whose it is: what people have decided they decide anew."""
    if order.parent is not None:
        return False
    by_whom = order.arrival.actor if order.arrival and order.arrival.what != "rerouted" else None
    return order.state in UNSEEN and by_whom is None


def leads_elsewhere(order: WorkOrder, routed: Routed) -> bool:
    """To another team, or to other promises; another rule that says the same changes nothing."""
    now = (order.team, order.agency, order.clocks.service_level, order.clocks.priority)
    return now != (routed.team, routed.agency, routed.service_level, routed.priority)


def rules_say(town: Town, order: WorkOrder, facts: Facts) -> Routed | None:
    """Where the rules of today would send it, for an officer to judge: its report was corrected, or the rules were, and
    no rule moves what somebody has in hand. None: it is there, or it is over, or shared out."""
    if order.state not in WHOLE or order.parent is not None:
        return None
    if not order.report.amended and order.rule.version == town.routing.version:
        return None
    routed = route(town, facts)
    return routed if leads_elsewhere(order, routed) else None


def hand_over_by_rule(
    town: Town, before: WorkOrder, order: WorkOrder, routed: Routed, acting: Acting, reason: str
) -> Step[WorkOrder]:
    """`order` is what is known of it by now. Its clocks count from when it began, whatever they promise."""
    at = acting.at
    fresh = clocks.start(town, routed.service_level, routed.priority, routed.version, before.created_at, before.pauses)
    promised = clocks.apply_pauses(town, clocks.recompute(town, before.clocks, fresh), before.pauses)
    order = order.model_copy(
        update={"clocks": promised, "rule": Rule(code=routed.rule, version=routed.version), "agency": routed.agency}
    )
    moves = list_changes_to_hand_over(town, order, routed.team, at) if routed.team != before.team else {}
    facts = {"previous_team": before.team, "rule": routed.rule or "", "version": routed.version}
    if order.state == "split":  # its teams were chosen by a person
        return promise_anew(town, change(order, "rerouted", acting, text=reason, facts=facts), acting)
    after = change(order, "rerouted", acting, text=reason, facts=facts, **moves)
    event = WorkOrderAssigned(
        **list_common_fields(town, after, acting),
        previous_team=None if before.team == town.triage else before.team,
        due_at=after.due_at,
        reason=reason,
        rule=routed.rule,
        public_rule=choose_public_rule(town, routed.rule),
        rules_version=routed.version,
    )
    return Step(after, [*(tell_taken_back(town, before, acting) if moves else ()), event])

"""What operators see of the town's work: how soon it is routed, and how much of each team's is open and late."""

from datetime import datetime

from services.dispatch.store import Store
from shared.kernel import now
from shared.telemetry import metrics
from shared.town import Town


def count_routed(accepted_at: datetime) -> None:
    """A report has its work order from now on."""
    metrics.routed_seconds.observe(max(0.0, (now() - accepted_at).total_seconds()))


async def observe_teams(store: Store, town: Town) -> None:
    """Every team of the profile has its two gauges, at 0 when nothing is open; whose team is no more are one `gone`."""
    open_orders = dict.fromkeys((*town.teams, "gone"), 0)
    late = dict(open_orders)
    for row in await store.count_by_team(now()):
        team = row["group"] if row["group"] in town.teams else "gone"
        open_orders[team] += row["open"]
        late[team] += row["late"]
    for team, count in open_orders.items():
        metrics.orders_open.labels(team).set(count)
        metrics.orders_late.labels(team).set(late[team])

"""What officers do while they check an application, before anybody decides: who may, load, decide, save as one step."""

from collections.abc import Sequence

from services.permits.commands import Desk
from services.permits.domain import findings
from services.permits.domain.application import Actor, Application, need
from services.permits.domain.findings import Found
from shared.kernel import Case, Cause


async def note_findings(
    desk: Desk, case_id: str, officer: Actor, found: Sequence[Found], cause: Cause
) -> Case[Application]:
    """What an officer found about the documents."""
    return await desk.store.cases.step(
        case_id, lambda state, why: findings.note_findings(need(state), why, officer, found), cause
    )

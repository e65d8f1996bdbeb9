"""What officers do while they check an application, before anybody decides: who may, load, decide, save as one step."""

from collections.abc import Sequence

from services.permits.commands import Desk
from services.permits.domain import chasing, completeness, consulting, findings, marking, neighbours
from services.permits.domain.application import Actor, Application, need
from services.permits.domain.consulting import Answer, Question
from services.permits.domain.findings import Found
from services.permits.domain.neighbours import Asked, Word
from services.permits.mark_bodies import Marks
from shared.kernel import Case, Cause, Step


async def note_findings(
    desk: Desk, case_id: str, officer: Actor, found: Sequence[Found], cause: Cause
) -> Case[Application]:
    """Note for each of these documents what an officer found in it."""
    return await desk.store.applications.step(
        case_id, lambda state, cause: findings.note_findings(need(state), cause, officer, found), cause
    )


async def mark_document(
    desk: Desk, case_id: str, officer: Actor, requirement: str, body: Marks, cause: Cause
) -> Case[Application]:
    """The places at which a document is wrong."""
    marks = [one.mark() for one in body.marks]

    def mark(state: Application | None, cause: Cause) -> Step[Application] | None:
        return marking.mark_document(need(state), cause, officer, requirement, body.sha256, marks, body.read_at)

    return await desk.store.applications.step(case_id, mark, cause)


async def request_documents(
    desk: Desk, case: Case[Application], officer: Actor, requirements: list[str], note: str, cause: Cause
) -> Case[Application]:
    """Ask for more; a running clock stands still."""
    rules = await desk.rules_for(case.state)

    def ask(state: Application | None, cause: Cause) -> Step[Application]:
        return completeness.request_documents(need(state), cause, rules, desk.town, officer, requirements, note)

    return await desk.store.applications.step(case.id, ask, cause)


async def consult(
    desk: Desk, case: Case[Application], officer: Actor, question: Question, cause: Cause
) -> Case[Application]:
    """Ask a section of the town or an agency outside it."""
    return await desk.store.applications.step(
        case.id, lambda state, cause: consulting.ask(need(state), cause, desk.town, officer, question), cause
    )


async def ask_again(desk: Desk, case_id: str, officer: Actor, consultation: str, cause: Cause) -> Case[Application]:
    """Send a question again to whoever has not answered it."""
    return await desk.store.applications.step(
        case_id, lambda state, cause: chasing.ask_again(need(state), cause, desk.town, officer, consultation), cause
    )


async def answer_consultation(
    desk: Desk, case_id: str, actor: Actor, consultation: str, given: Answer, cause: Cause
) -> Case[Application]:
    """By whoever was asked, or by an officer to whom they wrote or spoke."""
    return await desk.store.applications.step(
        case_id, lambda state, cause: consulting.answer(need(state), cause, actor, consultation, given), cause
    )


async def ask_neighbour(desk: Desk, case_id: str, officer: Actor, asked: Asked, cause: Cause) -> Case[Application]:
    """Ask whoever owns or lives in a house next to the plot, by a letter."""
    return await desk.store.applications.step(
        case_id, lambda state, cause: neighbours.ask(need(state), cause, desk.town, officer, asked), cause
    )


async def answer_neighbour(
    desk: Desk, case_id: str, actor: Actor, neighbour: str, word: Word, cause: Cause
) -> Case[Application]:
    """By the neighbour, or by an officer to whom they brought the letter's slip."""
    return await desk.store.applications.step(
        case_id, lambda state, cause: neighbours.answer(need(state), cause, actor, neighbour, word), cause
    )

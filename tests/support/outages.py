"""What a power cut may come to, from its first reports on: courses for those who follow it by its events."""

from collections.abc import Awaitable, Callable

from services.dispatch import belonging
from services.dispatch.domain import crew_work, desk_work, splitting
from services.dispatch.domain.checking import note_reopened
from services.dispatch.domain.from_report import drop_duplicate, withdraw
from services.dispatch.domain.work_order import WorkOrder, order_id
from services.dispatch.incident_acts import close_incident, open_incident, remove_report
from services.dispatch.incident_bodies import Close, Merge, Open, Remove, Reopen
from services.dispatch.incident_merging import merge_incident
from services.dispatch.incident_reopening import reopen_incident
from shared.events.base import Place
from shared.kernel import Cause, Step, now
from tests.support.found import Storm, acting, asked
from tests.support.incidents import amended, confirmed, done, finished
from tests.support.work import reopened, town

FAR = Place(latitude=18.7420, longitude=98.9100)
Course = Callable[[Storm], Awaitable[None]]


async def leave(storm: Storm, report: str) -> None:
    incident_id = (await storm.membership(report)).incident or ""
    body = Remove(reference=(await storm.order(report)).reference)
    await remove_report(storm.desk, asked(body), incident_id, body)
    await storm.settle()


async def of_an_outage(storm: Storm) -> None:
    """Five households in the dark, of which one order does the work."""
    await storm.cut()
    await confirmed(storm)


async def over(storm: Storm) -> None:
    await of_an_outage(storm)
    await finished(storm)


async def of_another_street(storm: Storm) -> None:
    await of_an_outage(storm)
    await leave(storm, storm.reports[4])


async def the_lead_leaves(storm: Storm) -> None:
    await of_an_outage(storm)
    await leave(storm, storm.reports[0])


async def of_another_category(storm: Storm) -> None:
    await of_an_outage(storm)
    await amended(storm, storm.reports[3], "street-light")


async def withdrawn(storm: Storm) -> None:
    await of_an_outage(storm)
    await storm.act(storm.reports[2], lambda order: done(withdraw(town(), order, None, now())))
    await belonging.be_gone_unfollowed(storm.desk, storm.reports[2], Cause.request())
    await storm.settle()


async def the_lead_is_a_duplicate(storm: Storm) -> None:
    await of_an_outage(storm)
    await storm.act(storm.reports[0], lambda order: done(drop_duplicate(town(), order, "MH-AAAA-BBBB", now())))
    await belonging.be_gone(storm.desk, storm.reports[0], Cause.request())
    await storm.settle()


async def one_of_several_teams(storm: Storm) -> None:
    """What several teams do a share each of goes on beside the incident."""
    await storm.cut()
    shares = [splitting.Share(team, "ส่วนหนึ่ง") for team in list(town().teams)[:2]]
    whole = storm.reports[4]
    await storm.act(whole, lambda order: splitting.split(town(), order, acting(), shares=shares))
    order = await storm.order(whole)
    for child in order.children:
        await begin(storm, child.id, splitting.begin_child(town(), order_id(whole), order, child, now()))
    await confirmed(storm)


async def reopened_afterwards(storm: Storm) -> None:
    await over(storm)
    await new_work(storm, storm.reports[1])


async def taken_back(storm: Storm) -> None:
    """It was not over after all; of one report its reporter had said so first."""
    await reopened_afterwards(storm)
    await take_back(storm, (await storm.only())[0])
    await storm.settle()


async def taken_back_for_another_lead(storm: Storm) -> None:
    await over(storm)
    lead = storm.reports[0]
    await storm.act(lead, lambda order: done(note_reopened(town(), order, now())))
    await new_work(storm, lead)
    await take_back(storm, (await storm.only())[0])
    await storm.settle()


async def taken_back_while_its_lead_is_opened_again(storm: Storm) -> None:
    """Its reporter still read that it was over."""
    await over(storm)
    lead = storm.reports[0]
    await take_back(storm, (await storm.only())[0])
    await storm.settle()
    await storm.act(lead, lambda order: done(note_reopened(town(), order, now())))
    await new_work(storm, lead)
    await storm.settle()


async def made_part_of_another(storm: Storm) -> None:
    await merge(storm, *await of_two(storm))
    await storm.settle()


async def of_two(storm: Storm) -> tuple[str, str]:
    """Five households in the dark, and one elsewhere that is an incident by itself."""
    await of_an_outage(storm)
    part, _ = await storm.only()
    there = await storm.report(place=FAR)
    body = Open(references=[(await storm.order(there)).reference])
    whole = await open_incident(storm.desk, asked(body), body)
    await storm.settle()
    return part, whole.id


async def merge(storm: Storm, part: str, into: str) -> None:
    """Its reports have not moved yet."""
    body = Merge(into=into)
    await merge_incident(storm.desk, asked(body), part, body)


async def close(storm: Storm, incident_id: str) -> None:
    """Nobody has heard of it yet."""
    body = Close(note="ไฟฟ้ากลับมาแล้ว")
    await close_incident(storm.desk, asked(body), incident_id, body)


async def take_back(storm: Storm, incident_id: str) -> None:
    """Nobody has heard of it yet."""
    body = Reopen(note="ยังดับอยู่")
    await reopen_incident(storm.desk, asked(body), incident_id, body)


async def over_before_its_reports_are_there_and_taken_back(storm: Storm) -> None:
    part, whole = await of_two(storm)
    await merge(storm, part, whole)
    await finished(storm)
    await take_back(storm, whole)
    await storm.settle()


async def made_part_of_another_as_soon_as_it_was_taken_back(storm: Storm) -> None:
    part, whole = await of_two(storm)
    await close(storm, part)
    await storm.settle()
    await take_back(storm, part)
    await merge(storm, part, whole)
    await storm.settle()


async def taken_in_hand(storm: Storm) -> None:
    await of_an_outage(storm)
    lead = storm.reports[0]
    await storm.act(lead, lambda order: crew_work.acknowledge(town(), order, acting(now())))
    team = next(team for team in town().teams if team != town().triage)
    await storm.act(lead, lambda order: desk_work.assign(town(), order, acting(now()), team=team))


async def begin(storm: Storm, order: str, first: Step[WorkOrder]) -> None:
    """Work that begins with that step."""
    await storm.desk.store.orders.step(order, lambda _, __: first, Cause.request())


async def new_work(storm: Storm, report: str) -> None:
    """The reporter says that it is not over."""
    before = await storm.order(report)
    await begin(storm, order_id(report, 1), reopened(before, now()))
    await belonging.be_gone(storm.desk, report, Cause.request())


COURSES: tuple[Course, ...] = (
    of_an_outage, over, of_another_street, the_lead_leaves, of_another_category, withdrawn, the_lead_is_a_duplicate,
    one_of_several_teams, reopened_afterwards, made_part_of_another, taken_in_hand, taken_back,
    taken_back_for_another_lead, taken_back_while_its_lead_is_opened_again,
    over_before_its_reports_are_there_and_taken_back, made_part_of_another_as_soon_as_it_was_taken_back,
)  # fmt: skip

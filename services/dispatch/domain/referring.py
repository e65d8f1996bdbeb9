"""What the town does about an agency: it hands work over, writes again, takes it back, and learns if it was told."""

from datetime import datetime
from typing import Any, Literal

from services.dispatch.domain import clocks
from services.dispatch.domain.acts import need
from services.dispatch.domain.crew_work import choose_level_after, choose_level_beside_agency
from services.dispatch.domain.history import Acting
from services.dispatch.domain.pausing import list_changes_to_go_on
from services.dispatch.domain.referral import Referral, holder_of, renew_link, start_clock, stop_clocks
from services.dispatch.domain.rights import openness_under
from services.dispatch.domain.work_order import WorkOrder, change, list_common_fields
from shared.events.agencies import (
    WorkOrderAgencyChased,
    WorkOrderAgencyTold,
    WorkOrderReferred,
    WorkOrderTakenBack,
)
from shared.events.base import Event
from shared.kernel import Reject, Step
from shared.readers import public_words, sight_of, words_for
from shared.town import Town

TOLD_MOST = 4000  # characters of what an agency is told: what an event's free text holds
EARLIER_KEPT = 10  # agencies named beside the last; the history names all


def refer(
    town: Town,
    order: WorkOrder,
    acting: Acting,
    *,
    agency: str,
    text: str | None = None,
    photos: bool | None = None,
) -> Step[WorkOrder]:
    """Hand it to an agency, with a text that is written for it. The team watches it and the clock runs on.

    It is told what was reported, as everybody may read it: by itself, or under the text. What nobody else may read has
    no such form: then somebody of the town says what is to be done. `photos`: it may see those of the report; as
    everybody, if that is not said.
    """
    need(order, "refer")
    if agency not in town.agencies:
        raise Reject("unknown-agency", f"The town knows no agency {agency!r}.", status=422)
    if holder_of(order.referral) == agency:
        raise Reject("already-referred", f"{agency} has it already: write to it, or take it back first.")
    told = _join_texts(text, propose_text(town, order))
    if told is None:
        raise Reject(
            "referral-text", "Say in the text what the agency is to do: it may not read the report.", status=422
        )
    at = acting.happened
    seen = sight_of("public", openness_under(town, order)).pictures if photos is None else photos
    referral = _begin_referral(town, order, agency, acting).model_copy(
        update={"text": told, "photos": order.photos if seen else 0}
    )
    facts = {"agency": agency}
    after = change(order, "referred", acting, text=told, facts=facts, referral=referral, **_give_away(town, order, at))
    event = WorkOrderReferred(
        **list_common_fields(town, after, acting),
        **list_link_fields(referral),
        status="sending" if referral.status == "sending" else "sent",
        zone=order.zone,
        location=order.place.for_event() if order.place else None,
        due_at=after.due_at,
        answer_by=referral.answer_by,
        photos=referral.photos,
        text=told,
    )
    return Step(after, [*tell_taken_back(town, order, acting), event])


def propose_text(town: Town, order: WorkOrder) -> str | None:
    """What an agency may be told of the report's own words; None: nothing, somebody must write it."""
    openness = openness_under(town, order)
    public = public_words(order.text, openness)
    return words_for("agency", openness, meant_for="everybody", written=order.text, public=public) or None


def _join_texts(text: str | None, reported: str | None) -> str | None:
    """The words of the town, and under them the reporter's own unless they are among them: whoever writes what is to be
    done leaves out what somebody saw. Theirs are whole; of the reporter's as much as there is room for."""
    if not text or not reported or " ".join(reported.split()) in " ".join(text.split()):
        return text or reported
    room = TOLD_MOST - len(f"{text}\n\n“”")
    if room <= 1:
        return text
    return f"{text}\n\n“{reported if len(reported) <= room else reported[: room - 1].rstrip() + '…'}”"


def note_told(
    town: Town, order: WorkOrder, acting: Acting, *, end: Literal["sent", "failed"], why: str | None = None
) -> Step[WorkOrder] | None:
    """What became of the message that handed it over; None: nobody waits for that any more.

    Where the agency was not reached the work is the town's own team's, as before.
    """
    referral = order.referral
    if not order.is_open or referral is None or referral.status != "sending":
        return None
    at = acting.happened
    if end == "sent":
        after = change(
            order, "agency_told", acting, facts=_describe_referral(referral), referral=_now(referral, "sent", at)
        )
        return Step(after, [WorkOrderAgencyTold(**list_common_fields(town, after, acting), status="sent")])
    failed = stop_clocks(_now(referral, "failed", at)).model_copy(update={"why": why})
    facts = _describe_referral(referral) | ({"why": why} if why else {})
    after = change(order, "agency_failed", acting, facts=facts, referral=failed, **give_back_fields(town, order, at))
    said = list_common_fields(town, after, acting) | {"agency": referral.agency}
    return Step(after, [WorkOrderAgencyTold(**said, status="failed", why=why)])


def tell_agency(town: Town, order: WorkOrder, acting: Acting, *, text: str) -> Step[WorkOrder]:
    """Write to the agency that has it: a reply to what it asked, or something new. Its clock begins anew."""
    need(order, "tell_agency")
    referral = _need_referral(order)
    standing = "received" if referral.status == "asked" else referral.status
    written = renew_link(start_clock(town, _now(referral, standing, acting.happened), acting.at), acting.at)
    after = change(order, "agency_written", acting, text=text, facts=_describe_referral(referral), referral=written)
    said = {**list_common_fields(town, after, acting), **list_link_fields(written)}
    event = WorkOrderAgencyChased(**said, reason="reply", answer_by=written.answer_by, text=text)
    return Step(after, [event])


def take_back(town: Town, order: WorkOrder, acting: Acting, *, reason: str | None = None) -> Step[WorkOrder]:
    """The team has it again, as it had it before; what was promised to the resident stays."""
    need(order, "take_back")
    referral, at = _need_referral(order), acting.happened
    back = stop_clocks(_now(referral, "taken_back", at))
    after = change(
        order,
        "taken_back",
        acting,
        text=reason,
        facts=_describe_referral(referral),
        referral=back,
        **give_back_fields(town, order, at),
    )
    said = list_common_fields(town, after, acting) | {"agency": referral.agency}
    return Step(after, [WorkOrderTakenBack(**said, reason=reason)])


def tell_taken_back(town: Town, before: WorkOrder, acting: Acting) -> list[Event]:
    """What an agency is told that loses the work because it goes to somebody else; nothing where none had it."""
    agency = holder_of(before.referral)
    return [WorkOrderTakenBack(**list_common_fields(town, before, acting))] if agency else []


def list_link_fields(referral: Referral) -> dict[str, Any]:
    """The link that a message to the agency brings."""
    return {"link_number": referral.link, "link_until": referral.link_until}


def give_back_fields(town: Town, order: WorkOrder, at: datetime) -> dict[str, Any]:
    """The changes by which it is the team's own again; none where it never left."""
    if order.state != "referred":
        return {}
    state = "new" if order.team == town.triage else "acknowledged"
    return {"state": state, "level": choose_level_after(town, order.team, order.clocks, at)}


def _begin_referral(town: Town, order: WorkOrder, agency: str, acting: Acting) -> Referral:
    """A new referral. Links count on, so that none of an earlier one ever opens this one. The agency's time counts from
    when it hears of it, however long the words waited on a phone."""
    before = order.referral
    others = [*before.earlier, before.agency] if before else []
    by_message = town.agencies[agency].is_told_by_message
    fresh = Referral(
        agency=agency,
        status="sending" if by_message else "sent",
        at=acting.happened,
        referred_at=acting.at,  # as the event says it, by which its notice is known
        link=before.link if before else 0,
        earlier=others[-EARLIER_KEPT:],
    )
    return renew_link(start_clock(town, fresh, acting.at), acting.at)


def _give_away(town: Town, order: WorkOrder, at: datetime) -> dict[str, Any]:
    """The changes by which an agency has it: nobody waits, and who refers it has seen it."""
    moved = list_changes_to_go_on(town, order, at)
    running = clocks.acknowledge(moved.pop("clocks", order.clocks), at)
    level = choose_level_beside_agency(town, running, at)
    return {**moved, "state": "referred", "person": None, "level": level, "clocks": running}


def _need_referral(order: WorkOrder) -> Referral:
    if order.referral is None:
        raise Reject("not-referred", "No agency was given it.")
    return order.referral


def _now(referral: Referral, standing: str, at: datetime) -> Referral:
    return referral.model_copy(update={"status": standing, "at": at})


def _describe_referral(referral: Referral) -> dict[str, str]:
    return {"agency": referral.agency}

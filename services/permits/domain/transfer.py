"""A permit that goes to somebody else: what the one before handed in and wrote stays between them and the office."""

from services.permits.domain.application import Applicant, Application, with_entry, with_values
from services.permits.domain.facts import list_facts
from services.permits.domain.handing_in import contact_of
from services.permits.domain.permit_life import PastHolder
from services.permits.domain.permit_type import PermitType
from services.permits.domain.search_keys import with_search_keys
from services.permits.domain.signed_acts import Signing, find_last_turn, with_act
from shared.events.permit_life import PermitTransferred
from shared.kernel import Cause, Reject, Step


def transfer(
    application: Application, cause: Cause, permit: PermitType, signing: Signing, to: Applicant
) -> Step[Application]:
    """Another holder from now on, with a link of their own: the one before opens nothing any more."""
    if application.standing != "in-force":
        raise Reject("wrong-state", "only a permit in force is transferred")
    if not (to.phone or to.email or to.line_id or to.address):
        raise Reject("no-contact", "the new holder must be reachable", status=422)
    personal = {field.code for field in permit.fields if field.personal}
    number = application.link_number + 1
    after = with_values(
        application,
        applicant=to,
        past_holders=(*application.past_holders, PastHolder(name=application.applicant.name, until=cause.at)),
        link_number=number,
        form={code: value for code, value in application.form.items() if code not in personal},
        unanswered_since=None,
    )
    after = with_search_keys(with_act(after, cause, signing, "transfer"))
    event = PermitTransferred(
        **list_facts(application),
        actor=signing.by.subject,
        transferred_at=cause.at,
        link_number=number,
        letter=find_last_turn(after),
    )
    told = with_entry(after, cause, "transferred", signing.by, office=signing.office)
    return Step(told, [event], contacts=[contact_of(after)])

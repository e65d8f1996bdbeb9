"""A permit after its decision as it is shown: all of it to its holder and the staff, the dates of it to everybody."""

from datetime import datetime, timedelta
from typing import Any

from services.permits.api.wording import Wording
from services.permits.domain.appeals import appeal_until
from services.permits.domain.application import Application
from services.permits.domain.consultation import Consultation
from services.permits.domain.inspections import is_overtaken, photos_for
from services.permits.domain.permit_life import Revocation
from services.permits.domain.reaching import is_told_by_message
from services.permits.settings import Settings
from shared.consult_links import ConsultLink, consult_path, consult_token
from shared.kernel import now

_OF_A_PHOTO = {"number", "sha256", "size", "at", "removed"}


def life_of(application: Application, wording: Wording) -> dict[str, Any]:
    """For its holder and the staff. `appeal_open_until`: somebody may appeal until then.

    What the holder before a transfer wrote, and what was written to them, is not the new one's; what was found at the
    place is, for they have to mend it.
    """
    revocation, asked = application.revocation, application.extension
    return {
        **public_life_of(application),
        "inspections": [
            {
                "id": one.id,
                "at": one.at,
                "result": one.result,
                "note": one.note,
                "reported_at": one.reported_at,
                "booked": one.booked and not is_overtaken(application, one),
                "cancelled_at": one.cancelled_at,
                "cancelled_because": one.cancelled_because,
                "text": wording.say_code("inspection", one.result) if one.result else None,
                "photos": [photo.model_dump(include=_OF_A_PHOTO) for photo in photos_for(one, staff=wording.staff)],
            }
            for one in application.inspections
        ],
        "mend_until": _find_mend_until(application),
        "extension_asked": {"reason": _words(application, wording, asked.note, asked.at), "at": asked.at}
        if asked
        else None,
        "revocation": _revocation(revocation, application, wording) if revocation else None,
        "appeal": _appeal(application, wording),
        "appeal_open_until": (until := appeal_until(application)),
        "appeal_last_day": until - timedelta(seconds=1) if until else None,
    }


def _find_mend_until(application: Application) -> datetime | None:
    """Until when what was found wrong with the finished building may be mended, as long as nobody has."""
    built = application.construction
    return built.mend_until if built and application.standing == "in-force" and not built.finished_on else None


def public_life_of(application: Application) -> dict[str, Any]:
    """What everybody may know of it: days, never a name or a reason."""
    built, gone, appeal = application.construction, application.revocation, application.appeal
    holders = application.past_holders
    return {
        "extended_until": application.extended_until,
        "transferred_at": holders[-1].until if holders else None,
        "construction_started_on": built.started_on if built else None,
        "construction_finished_on": built.finished_on if built else None,
        "construction_accepted_at": built.accepted_at if built else None,
        "revoked_at": gone.at if gone else None,
        "appealed_at": appeal.at if appeal and appeal.outcome is None else None,
    }


def _words(application: Application, wording: Wording, text: str, at: datetime) -> str:
    """A text that was written then, for whoever it is meant for; empty to others."""
    return text if wording.staff or application.theirs(at) else ""


def _revocation(gone: Revocation, application: Application, wording: Wording) -> dict[str, Any]:
    reason = _words(application, wording, gone.legal_reason, gone.at)
    return {"at": gone.at, "legal_reason": reason, "appeal_until": gone.appeal_until}


def _appeal(application: Application, wording: Wording) -> dict[str, Any] | None:
    appeal = application.appeal
    if appeal is None:
        return None
    reason = _words(application, wording, appeal.note, appeal.at)
    return appeal.model_dump(exclude={"note"}) | {"reason": reason, "text": _appeal_text(application, wording)}


def _appeal_text(application: Application, wording: Wording) -> str:
    appeal = application.appeal
    if appeal is None:
        return ""
    against = wording.say_code("against", appeal.against)
    return wording.say(f"appeal.{appeal.outcome or 'pending'}", against=against)


def consultations_of(application: Application, wording: Wording, settings: Settings) -> list[dict[str, Any]]:
    """Who was asked what and what they think, with the link for those who have not answered: for the staff alone."""
    if not wording.staff:
        return []
    origin = settings.public_url.rstrip("/")

    def link(one: Consultation) -> str:
        token = consult_token(settings.link_secret, ConsultLink(application.id, one.id, one.link))
        return f"{origin}{consult_path(token)}"

    return [
        one.model_dump(exclude={"noted"})
        | {
            "name": wording.consultee(one.consultee),
            "text": wording.say_code("view", one.view) if one.view else None,
            "overdue": one.noted and one.view is None,
            "message_why": wording.say_code("reason", one.message_why) if one.message_why else "",
            "by_message": is_told_by_message(wording.town, one.consultee),
            "link": None if one.view else link(one),
        }
        for one in application.consultations
    ]


def neighbours_of(application: Application, wording: Wording) -> list[dict[str, Any]]:
    """Which neighbours were asked and what they think: for the staff alone, and published nowhere."""
    if not wording.staff:
        return []
    return [
        one.model_dump()
        | {
            "text": wording.say_code("neighbour.view", one.view) if one.view else None,
            "overdue": one.view is None and one.due_at < now(),
        }
        for one in application.neighbours
    ]

"""What people do with reports, whether by a page, the API or another channel: who may, load, decide, save.

Each act takes effect once for a request: the same `key` again gives the same answer. What concerns two cases (a
follower and the count, two reports that become one) begins here and goes on in `joining.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake import joining
from services.intake.domain import corrections, following, merging, resident, separating
from services.intake.domain.alike import around, is_near, metres_between
from services.intake.domain.following import follower_id, party_of
from services.intake.domain.report import Actor, By, Location, Report
from services.intake.domain.submission import Contact, Submission, refuse_other_content, submit
from services.intake.domain.viewer import Viewer
from services.intake.settings import Settings
from services.intake.store import Store
from shared.files.pictures import Picture, Sizes, develop
from shared.kernel import Case, Cause, DuplicateKey, Reject, Step, fingerprint, now
from shared.people import Person
from shared.references import make_reference
from shared.town import Town

SCOPE = "reports"
FOLLOWED_MOST = 20  # times that one address may begin to follow one report
ALIKE_READ, ALIKE_MOST = 60, 12  # reports looked at for what is like one, and shown
ATTEMPTS = 20  # two of 10⁷ cases share a reference once in 3,000; twenty times in a row does not happen


@dataclass(frozen=True)
class Desk:
    """What a use case of intake is given: where reports are kept, the town's rules, and the settings."""

    store: Store
    town: Town
    settings: Settings


@dataclass(frozen=True)
class Visit:
    """A report, and as whom somebody looks at it: what they see and may do follows from it."""

    case: Case[Report]
    viewer: Viewer
    who: Person | None = None  # signed in, whatever they see it as: also an officer who was handed the reporter's link

    @property
    def report(self) -> Report:
        return self.case.state


@dataclass(frozen=True)
class Following:
    """Who follows, how many do now, and whether whoever asked may have the link.

    Who gives an address, a telephone or a LINE id that follows already may not: anybody may know it. The link of an
    address went there by mail, and is sent there again on asking.
    """

    party: str
    followers: int
    link_is_theirs: bool


async def submit_report(desk: Desk, new: Submission, key: str | None, who: Person | None = None) -> Case[Report]:
    """Open the case that belongs to the key, or a new one. Dispatch hears of it, routes it, and opens a work order."""
    case_id = await desk.store.case_id(SCOPE, key)
    photos = await desk.store.photos.require(new.photos)
    cause = Cause.request(key=key, scope=SCOPE, by=who, act="submit")
    for attempt in range(ATTEMPTS):
        reference = make_reference(desk.town.reference_prefix, case_id, attempt)

        def open_report(report: Report | None, cause: Cause, reference: str = reference) -> Step[Report] | None:
            return None if report else submit(case_id, reference, new, desk.town, cause.at, taker=Actor.of(cause.by))

        try:
            case = await desk.store.reports.step(case_id, open_report, cause, is_new=True)
        except DuplicateKey:
            continue
        if not case.created:
            refuse_other_content(case.state, new)
        await desk.store.photos.attach(photos, case_id, case.state.photos)
        return case
    raise RuntimeError(f"no free reference after {ATTEMPTS} attempts")


async def add_photo(desk: Desk, raw: bytes) -> Picture:
    """Make an uploaded photo safe and keep it for a report that will name it."""
    of = desk.settings
    picture = await develop(raw, Sizes(of.photo_side, of.thumbnail_side, of.photo_pixels_most))
    await desk.store.photos.save(picture)
    return picture


async def comment_report(
    desk: Desk, visit: Visit, text: str, photos: Sequence[str] = (), key: str | None = None
) -> Case[Report]:
    """By the reporter, a follower or staff; photos are uploaded first."""
    visit.viewer.must_be("reporter", "follower", "staff")
    by: By = visit.viewer.role
    names = await desk.store.photos.require(photos)

    def decide(report: Report, cause: Cause) -> Step[Report]:
        actor = Actor.of(cause.by) if by == "staff" else None
        return resident.comment(report, cause.at, by=by, text=text, photos=names, actor=actor)

    case = await desk.store.step(visit.case.id, decide, _build_cause(key, "comment", visit, text, names))
    await desk.store.photos.attach(names, case.id, case.state.photos)
    return case


async def follow_report(desk: Desk, visit: Visit, contact: Contact, key: str | None = None) -> Following:
    """Anybody who leaves a contact is told too. Whoever follows a merged report is told how the other one goes on."""
    following.refuse_following(await joining.report_that_stays(desk.store, visit.case))
    report_id = visit.case.id
    for turn in range(FOLLOWED_MOST):
        party = party_of(desk.settings.link_secret, report_id, contact, turn)

        def begin(one: following.Follower | None, cause: Cause, party: str = party) -> Step[following.Follower] | None:
            return None if one else following.follow(report_id, party, cause.at, contact)

        # Of this address: a key that comes again with another one is another request.
        cause = Cause.request(key=key, scope=f"follow:{report_id}:{party}", by=visit.who, act="follow")
        case = await desk.store.followers.step(follower_id(report_id, party), begin, cause)
        if case.repeated or case.state.left_at is None:
            followers = await joining.count_follower(desk.store, report_id, party)
            return Following(party, followers, link_is_theirs=case.created or case.repeated)
    raise Reject("too-often", "this address has followed and left too often", status=409)


async def unfollow_report(desk: Desk, visit: Visit) -> None:
    """The follower themself; the contact is erased everywhere. Twice is the same as once."""
    visit.viewer.must_be("follower")
    report_id, party = visit.case.id, visit.viewer.party
    # Whoever came is counted before they leave, so that the count cannot go down for somebody whom it never held.
    await joining.count_follower(desk.store, report_id, party)
    left = Cause.request(by=visit.who, act="unfollow")
    await desk.store.step_follower(report_id, party, lambda follower, cause: following.leave(follower, cause.at), left)
    await joining.count_follower(desk.store, report_id, party)


async def renew_link(desk: Desk, visit: Visit, key: str | None = None) -> Case[Report]:
    """By the reporter: whoever else has the link holds nothing from now on."""
    visit.viewer.must_be("reporter")
    return await desk.store.step(
        visit.case.id, lambda report, _: resident.renew_link(report), _build_cause(key, "renew-link", visit)
    )


async def withdraw_report(desk: Desk, visit: Visit, reason: str | None, key: str | None = None) -> Case[Report]:
    """By the reporter; where others follow, the work goes on for them."""
    visit.viewer.must_be("reporter")
    return await desk.store.step(
        visit.case.id,
        lambda report, cause: resident.withdraw(report, cause.at, reason),
        _build_cause(key, "withdraw", visit, reason),
    )


async def rate_answer(desk: Desk, visit: Visit, stars: int, text: str | None, key: str | None = None) -> Case[Report]:
    """By the reporter, once for each answer of the town."""
    visit.viewer.must_be("reporter")
    return await desk.store.step(
        visit.case.id,
        lambda report, cause: resident.rate(report, cause.at, stars=stars, text=text),
        _build_cause(key, "rate", visit, stars, text),
    )


async def reopen_report(desk: Desk, visit: Visit, reason: str | None, key: str | None = None) -> Case[Report]:
    """By the reporter, within the profile's days from the resolution. Dispatch hears of it and opens new work."""
    visit.viewer.must_be("reporter")
    return await desk.store.step(
        visit.case.id,
        lambda report, cause: resident.reopen(report, cause.at, reason),
        _build_cause(key, "reopen", visit, reason),
    )


async def correct_report(
    desk: Desk,
    visit: Visit,
    *,
    category: str | None = None,
    text: str | None = None,
    location: Mapping[str, Any] | None = None,
    decided_on: str | None = None,
    key: str | None = None,
) -> Case[Report]:
    """By staff: category, text or place; what is left out stays, also within the place. `decided_on`: what it
    said then (`corrections.fingerprint_report`); whoever is overtaken by another officer is told."""

    def decide(report: Report, cause: Cause) -> Step[Report] | None:
        corrections.need_uncorrected(report, decided_on)
        said: dict[str, Any] = {"category": category, "text": text, "location": location}
        return corrections.amend(report, cause.at, desk.town, **said, actor=Actor.of(cause.by))

    return await desk.store.step(visit.case.id, decide, _build_cause(key, "amend", visit, category, text, location))


async def find_alike(desk: Desk, report_id: str, report: Report) -> list[Case[Report]]:
    """Open reports that may be the same thing as this one; the nearest first."""
    return await find_like(desk, report.category, report.location, report.submitted_at, report_id)


async def find_like(
    desk: Desk, code: str, where: Location | None, at: datetime | None = None, report_id: str = ""
) -> list[Case[Report]]:
    """Open reports of that category near a place, by the profile's radius and age, as staff know them."""
    category = desk.town.categories.get(code)
    wanted = around(code, where, at or now(), category.duplicates) if category else None
    if category is None or wanted is None:
        return []
    found = await desk.store.find_alike(wanted, report_id, ALIKE_READ)
    near = [case for case in found if is_near(where, case.state, category.duplicates)]
    return sorted(near, key=lambda case: metres_between(where, case.state.location) or 0.0)[:ALIKE_MOST]


async def merge_report(desk: Desk, duplicate: Case[Report], into: Case[Report], who: Person) -> Case[Report]:
    """By staff: `duplicate` is closed, and everybody who follows it follows `into`. Repeating it is harmless."""
    if duplicate.id == into.id:
        raise Reject("same-report", "a report cannot be a duplicate of itself", status=422)
    await desk.store.step(
        duplicate.id,
        lambda report, cause: merging.begin_merge(report, cause.at, into.id, into.state.reference, Actor.of(cause.by)),
        Cause.request(by=who, act="merge"),
    )
    return await joining.finish_merge(desk.store, duplicate.id)


async def separate_report(desk: Desk, visit: Visit, key: str | None = None) -> Case[Report]:
    """By staff: it is no duplicate after all. It opens again with its own people, and dispatch begins work on it."""
    await desk.store.step(
        visit.case.id,
        lambda report, cause: separating.separate(report, cause.at, Actor.of(cause.by)),
        _build_cause(key, "separate", visit),
    )
    return await joining.finish_separation(desk.store, visit.case.id)


def _build_cause(key: str | None, act: str, visit: Visit, *said: object) -> Cause:
    """The cause of a request about a case; a repeated key is the same cause, and with other words it is refused."""
    viewer = visit.viewer
    scope = f"{act}:{visit.case.id}:{viewer.role}:{viewer.party}"
    return Cause.request(key=key, scope=scope, content=fingerprint(*said), by=visit.who, act=act)

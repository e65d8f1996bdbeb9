"""Which mailbox and which inbox an office reads: each warning of a permit's clock reaches who the profile names."""

from datetime import date
from email.message import EmailMessage

import pytest

from services.notify.access import offices_of
from services.notify.domain.notice import Notice
from services.notify.offices import office_address
from shared.events.absences import AbsencesChanged, AwayOffice
from shared.events.permits import PermitExamined, PermitOverdue
from shared.town import Town, load_town
from shared.town.absences import Absence
from shared.web import Person
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_in_memory import NotifyInMemory
from tests.support.source import ROOT

FOLDERS = ROOT / "deploy/municipalities"
TOWNS = {folder.name: load_town(folder) for folder in sorted(FOLDERS.iterdir()) if folder.is_dir()}
WARNINGS = [
    (name, permit, step.percent, step.level)
    for name, town in TOWNS.items() for permit in town.permits for step in town.permit_escalation
]  # fmt: skip


async def told(
    town: Town, story: Story, kind: type[PermitOverdue | PermitExamined], **fields: object
) -> NotifyInMemory:
    """The house after it heard of an application and then of this."""
    notify, permit = NotifyInMemory(town), town.permits.get(str(fields.get("permit_type")))
    word = story.of_permit(kind, **{"team": permit.team if permit else None, **fields})
    await notify.hear(story.applied(), word)
    await notify.work()
    return notify


def of(notify: NotifyInMemory, kind: type[PermitOverdue | PermitExamined]) -> Notice:
    """What an office was owed because of it."""
    (notice,) = [one for one in notify.store.all().values() if one.about == kind.type and one.party is None]
    return notice


@pytest.mark.parametrize(("name", "permit", "percent", "level"), WARNINGS)
async def test_every_warning_of_every_permit_type_reaches_who_it_names(
    name: str, permit: str, percent: int, level: str
) -> None:
    town = TOWNS[name]
    notify = await told(town, Story(), PermitOverdue, permit_type=permit, due_at=BEGAN, percent=percent, level=level)
    owed = of(notify, PermitOverdue)

    assert [(one.channel, one.state) for one in owed.deliveries] == [("inbox", "sent"), ("email", "sent")]
    (mail,) = [one for one in notify.email.taken if str(percent) in str(one["Subject"])]
    assert mail["To"] != town.teams[town.triage].email
    assert owed.recipient.startswith(f"level:{level}") or level in ("examiner", "signatory")


async def test_each_level_of_a_permits_section_has_its_own_mailbox() -> None:
    town, found = TOWNS["maehia"], {}
    for step in town.permit_escalation:
        notify = await told(town, Story(), PermitOverdue, permit_type="fence", due_at=BEGAN, percent=step.percent,
                           level=step.level)  # fmt: skip
        found[step.level] = [str(one["To"]) for one in notify.email.taken if str(step.percent) in str(one["Subject"])]

    assert found == {
        "examiner": ["works-building@maehia.example"], "head": ["plans-head@maehia.example"],
        "director": ["works-director@maehia.example"], "clerk": ["clerk@maehia.example"],
    }  # fmt: skip


async def test_an_examiner_reads_the_warning_in_the_inbox_of_examiners() -> None:
    notify = await told(TOWNS["maehia"], Story(), PermitOverdue, permit_type="fence", due_at=BEGAN, percent=50,
                       level="examiner")  # fmt: skip
    examiner = Person(sub="s", name="s", roles=frozenset({"examiner"}), town="maehia")

    assert of(notify, PermitOverdue).recipient in offices_of(examiner)


async def test_what_waits_for_a_signature_reaches_the_first_office_that_may_give_it() -> None:
    notify = await told(TOWNS["maehia"], Story(), PermitExamined, permit_type="house-new", proposal="approve")

    assert of(notify, PermitExamined).recipient == "signatory"
    assert "mayor@maehia.example" in [one["To"] for one in notify.email.taken]


async def test_a_permit_type_that_the_profile_no_longer_has_is_told_to_triage() -> None:
    notify = await told(TOWNS["maehia"], Story(), PermitOverdue, permit_type="moat", due_at=BEGAN, percent=75,
                       level="head")  # fmt: skip

    assert "onestop@maehia.example" in [one["To"] for one in notify.email.taken if "75" in str(one["Subject"])]


async def test_an_office_with_a_mailbox_is_reached_by_mail_alone() -> None:
    notify = await told(TOWNS["maehia"], Story(), PermitExamined, permit_type="house-new", proposal="approve")
    owed = of(notify, PermitExamined)

    assert office_address(TOWNS["maehia"], owed, "email") == "mayor@maehia.example"
    assert [office_address(TOWNS["maehia"], owed, channel) for channel in ("sms", "line", "webhook")] == [None] * 3


def with_away(**values: object) -> Town:
    """Mae Hia, where somebody is away on the day of the story."""
    days = {"first_day": BEGAN.date(), "last_day": BEGAN.date(), "order": "812/2569"}
    return TOWNS["maehia"].model_copy(update={"absences": (Absence.model_validate({**days, **values}),)})


MAYOR_AWAY = with_away(office="mayor", deputy="deputy-mayor")
WHO_TAKES_THEIR_PLACE = [
    (MAYOR_AWAY, PermitExamined, {"proposal": "approve"}, ["signatory", "office:deputy-mayor"]),
    (MAYOR_AWAY, PermitOverdue, {"percent": 100, "level": "clerk"}, ["level:clerk:works-building"]),
    (with_away(office="clerk", deputy="deputy-mayor", level="clerk"), PermitOverdue,
     {"percent": 100, "level": "clerk"}, ["level:clerk:works-building", "office:deputy-mayor"]),
    (with_away(office="clerk", deputy="deputy-mayor"), PermitExamined, {"proposal": "approve"}, ["signatory"]),
    (with_away(team="works-building", deputy="works-roads"), PermitOverdue, {"percent": 50, "level": "examiner"},
     ["examiner", "team:works-roads"]),
    (with_away(team="works-water", deputy="works-roads"), PermitOverdue, {"percent": 50, "level": "examiner"},
     ["examiner"]),
]  # fmt: skip


@pytest.mark.parametrize(("town", "kind", "fields", "recipients"), WHO_TAKES_THEIR_PLACE)
async def test_whoever_takes_a_place_is_told_what_it_would_be_told(
    town: Town, kind: type[PermitOverdue | PermitExamined], fields: dict[str, object], recipients: list[str]
) -> None:
    due = {"due_at": BEGAN} if kind is PermitOverdue else {}
    notify = await told(town, Story(), kind, permit_type="house-new", **fields, **due)
    owed = [one for one in notify.store.all().values() if one.about == kind.type and one.party is None]

    assert sorted(one.recipient for one in owed) == sorted(recipients)
    assert all((each.channel, each.state) != ("email", "failed") for one in owed for each in one.deliveries)


async def test_a_deputy_s_warning_goes_to_their_own_mailbox_and_inbox() -> None:
    notify = await told(MAYOR_AWAY, Story(), PermitExamined, permit_type="house-new", proposal="approve")
    deputy = Person(
        sub="d", name="", roles=frozenset({"signatory"}), town="maehia", signs_for=frozenset({"deputy-mayor"})
    )
    another = deputy.model_copy(update={"signs_for": frozenset({"clerk"})})

    boxes = {str(one["To"]) for one in notify.email.taken}
    assert {"mayor@maehia.example", "deputy-mayor@maehia.example"} <= boxes
    assert "office:deputy-mayor" in offices_of(deputy)
    assert "office:deputy-mayor" not in offices_of(another)


async def test_the_day_after_nobody_takes_the_place_any_more() -> None:
    over = with_away(office="mayor", deputy="clerk", first_day=date(2026, 11, 20), last_day=date(2026, 11, 22))
    notify = await told(over, Story(), PermitExamined, permit_type="house-new", proposal="approve")

    assert of(notify, PermitExamined).recipient == "signatory"


def marked(**values: object) -> AbsencesChanged:
    """The mayor is marked as away, on the day of the story."""
    day = BEGAN.date().isoformat()
    one = {
        "id": "1",
        "office": "mayor",
        "deputy": "deputy-mayor",
        "first_day": day,
        "last_day": day,
        "order": "812/2569",
    }
    return AbsencesChanged(actor="head", absences=[AwayOffice.model_validate({**one, **values})])


async def told_after(*lists: AbsencesChanged) -> list[str]:
    """Who is owed word of a proposal that waits for the mayor, when these lists were heard before it."""
    story, notify = Story(), NotifyInMemory(TOWNS["maehia"])
    await notify.hear(*map(story.away, lists))
    await notify.hear(story.applied(), story.of_permit(PermitExamined, permit_type="house-new", proposal="approve"))
    await notify.work()
    every = notify.store.all().values()
    return sorted(one.recipient for one in every if one.about == PermitExamined.type and one.party is None)


async def test_whoever_was_marked_at_the_desk_as_deputy_is_told_from_then_on() -> None:
    assert await told_after() == ["signatory"]
    assert await told_after(marked()) == ["office:deputy-mayor", "signatory"]


async def test_an_absence_that_was_ended_before_it_happened_has_no_deputy_any_more() -> None:
    assert await told_after(marked(), marked(ended_at=BEGAN)) == ["signatory"]
    assert await told_after(marked(deputy="governor")) == ["signatory"], "an office that the profile does not have"


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("name", TOWNS)
async def test_whoever_must_check_finished_work_is_told_that_it_waits_and_of_other_work_nothing(name: str) -> None:
    town, story = TOWNS[name], Story()
    for waits in (True, False):
        notify = NotifyInMemory(town)
        await notify.hear(story.submitted(), story.created(), story.completed(to_verify=waits))
        await notify.work()
        owed = [one for one in notify.store.all().values() if one.audience == "officer"]

        assert [one.recipient for one in owed] == ["officer"] * waits
        link = f"/desk/{story.order_id}"
        mails = [one for one in notify.email.taken if link in plain(one)]
        assert [one["To"] for one in mails] == [town.teams[town.triage].email] * waits


def test_officers_read_what_waits_for_a_check_and_crews_do_not() -> None:
    officer = Person(sub="o", name="", roles=frozenset({"officer"}), team=None, town="maehia")
    crew = Person(sub="c", name="", roles=frozenset({"crew"}), team="works-water", town="maehia")

    assert "officer" in offices_of(officer)
    assert "officer" not in offices_of(crew)

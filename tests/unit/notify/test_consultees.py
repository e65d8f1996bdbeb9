"""Mail to whoever is asked about an application: the question, the date and the link that opens it, and no more."""

from datetime import timedelta
from typing import Any

import pytest

from services.notify.agencies import ToAgency
from services.notify.channels.guarded import Guarded, networks
from services.notify.channels.webhook import Webhook
from services.notify.domain.delivery import Refused
from shared.consult_links import ConsultLink, consult_token, read_consult_token
from shared.events.neighbours import PermitNeighbourAnswered
from shared.events.permit_base import PermitEvent
from shared.events.permit_life import (
    PermitConsultationOverdue,
    PermitConsulted,
    PermitConsulteeAskedAgain,
    PermitConsulteeTold,
)
from shared.town import Town
from shared.town.models import Webhook as Address
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_in_memory import SECRET, NotifyInMemory, at_work, maehia
from tests.support.notify_mail import texts

DUE, UNTIL = BEGAN + timedelta(days=7), BEGAN + timedelta(days=37)
QUESTION = "01KB55Y0Q9S3W7E1H5K8M2R4VB"
ABOUT: dict[str, Any] = {
    "permit_type": "house-new", "zone": "ban-tamnak", "team": "works-building", "consultee": "pea", "agency": "pea",
    "consultation": QUESTION, "link_number": 1, "link_until": UNTIL, "due_at": DUE,
}  # fmt: skip
ASKED: dict[str, Any] = {**ABOUT, "question": "ห่างจากสายไฟพอหรือไม่"}
OF_A_TEAM: dict[str, Any] = {**ASKED, "consultee": "works-roads", "agency": None}
PEA, ROADS, EXAMINERS = "outage-desk@pea.example", "works-roads@maehia.example", "works-building@maehia.example"


async def told(kind: type[PermitEvent], town: Town | None = None, story: Story | None = None, **fields: Any) -> Any:
    notify, story = NotifyInMemory(town), story or Story()
    await notify.hear(story.applied(permit_type="house-new"), story.contact("applicant"))
    notify.email.taken.clear()
    await at_work(notify, story.of_permit(kind, **fields))
    return notify


def to(notify: NotifyInMemory, address: str) -> list[Any]:
    return [mail for mail in notify.email.taken if mail["To"] == address]


def link_in(plain: str) -> ConsultLink | None:
    token = next(word for word in plain.split() if "/permits/consult/" in word).rpartition("/")[2]
    return read_consult_token((SECRET,), token)


@pytest.mark.parametrize(("fields", "address"), [(ASKED, PEA), (OF_A_TEAM, ROADS)])
async def test_whoever_is_asked_gets_the_question_what_it_is_about_the_date_and_their_link(
    fields: dict[str, Any], address: str
) -> None:
    story = Story()
    notify = await told(PermitConsulted, story=story, **fields)
    (mail,) = notify.email.taken
    plain, html = texts(mail)

    assert mail["To"] == address
    zone = next(one.name.th for one in maehia().zones if one.code == "ban-tamnak")
    kind = maehia().permit_name("house-new", "th")
    for needed in (story.reference, "ห่างจากสายไฟพอหรือไม่", zone, kind, "โปรดตอบกลับภายใน"):
        assert needed in plain
    assert link_in(plain) == ConsultLink(story.case_id, QUESTION, 1)
    assert "/permits/consult/" in html
    assert mail["Reply-To"] == EXAMINERS
    assert "unsubscribe" not in str(mail).lower(), "an office is no subscriber"


async def test_neither_the_applicant_nor_their_contact_is_in_it() -> None:
    (mail,) = to(await told(PermitConsulted, **ASKED), PEA)
    assert not [word for word in ("สมหญิง", "applicant@example.org", "secret=") if word in "".join(texts(mail))]


async def test_an_agency_reads_its_own_language() -> None:
    pea = maehia().agencies["pea"].model_copy(update={"language": "en"})
    town = maehia().model_copy(update={"agencies": {**maehia().agencies, "pea": pea}})
    (mail,) = to(await told(PermitConsulted, town, **ASKED), PEA)
    assert mail["Content-Language"] == "en"
    assert "Please answer by" in texts(mail)[0]


@pytest.mark.parametrize(
    ("kind", "fields", "subject", "number"),
    [
        (PermitConsulteeAskedAgain, {"reason": "reminder"}, "ขอเตือน", 1),
        (PermitConsulteeAskedAgain, {"reason": "resent", "link_number": 2}, "ขอความเห็น", 2),
        (PermitConsultationOverdue, {}, "พ้นกำหนด", 1),
    ],
)
async def test_each_further_word_repeats_the_question_and_brings_the_link_that_opens_then(
    kind: type[PermitEvent], fields: dict[str, Any], subject: str, number: int
) -> None:
    (mail,) = to(await told(kind, **{**ASKED, **fields}), PEA)
    plain, _ = texts(mail)
    assert subject in str(mail["Subject"])
    assert "ห่างจากสายไฟพอหรือไม่" in plain
    link = link_in(plain)
    assert link is not None
    assert link.number == number


async def test_no_address_that_a_stranger_left_in_the_question_is_passed_on_in_the_towns_name() -> None:
    (mail,) = to(await told(PermitConsulted, **{**ASKED, "question": "ตาม https://evil.example/x"}), PEA)
    assert "evil" not in "".join(texts(mail))


@pytest.mark.parametrize(("answer", "end"), [(None, "sent"), (Refused("smtp-550"), "failed")])
@pytest.mark.parametrize("fields", [ASKED, OF_A_TEAM])
async def test_whoever_asked_hears_what_became_of_the_message(fields: dict[str, Any], answer: Any, end: str) -> None:
    notify, story = NotifyInMemory(), Story()
    await notify.hear(story.applied(permit_type="house-new"))
    notify.email.answers = [answer] if answer else []
    await at_work(notify, story.of_permit(PermitConsulted, **fields))
    ends = [one for one in notify.said() if one.get("ce_audience") == "consultee"]
    assert [one["ce_type"] for one in ends] == [f"onestop.notice.{end}.v1"]
    assert [one["asked"] for one in notify.ends() if one["audience"] == "consultee"] == [QUESTION]


async def test_the_examiners_are_told_whom_no_message_reached() -> None:
    about: dict[str, Any] = {
        name: value for name, value in ABOUT.items() if name not in ("link_number", "link_until", "due_at")
    }
    (mail,) = to(await told(PermitConsulteeTold, **about, status="failed", why="smtp-550"), EXAMINERS)
    assert "smtp-550" in texts(mail)[0]
    assert to(await told(PermitConsulteeTold, **about, status="sent"), EXAMINERS) == []


async def test_a_program_of_an_agency_is_given_the_application_the_question_and_the_link() -> None:
    pea = maehia().agencies["pea"].model_copy(update={"webhook": Address(url="https://pea.example/x"), "email": None})
    town = maehia().model_copy(update={"agencies": {**maehia().agencies, "pea": pea}})
    story = Story()
    notify = await told(PermitConsulted, town, story, **ASKED)
    notice = next(one for one in notify.store.all().values() if one.audience == "consultee")
    hook = Webhook(town, notify.wording, ToAgency(town, notify.links), {}, Guarded(networks("")), 1)
    data = hook.payload(notice, "th")["data"]

    token = consult_token(SECRET, ConsultLink(story.case_id, QUESTION, 1))
    assert data["answer_url"].endswith(f"/permits/consult/{token}")
    assert (data["application"], data["question"], data["consultee"]) == (story.case_id, ASKED["question"], "pea")
    assert not data.keys() & {"work_order", "category_name", "link_number", "consultation"}


async def test_the_examiners_hear_what_a_neighbour_says_between_bars_and_nobody_else_does() -> None:
    said: dict[str, Any] = {
        "permit_type": "house-new",
        "team": "works-building",
        "neighbour": "01KB56A2F7J4N8Q1T5W9Y3B6DH",
    }
    notify = await told(PermitNeighbourAnswered, **said, view="objects", answer="บังแดด ดู https://evil.example/x")
    (mail,) = notify.email.taken
    plain, html = texts(mail)
    assert mail["To"] == EXAMINERS
    assert "คัดค้าน" in str(mail["Subject"])
    assert "┃ บังแดด" in plain
    assert "evil" not in plain + html

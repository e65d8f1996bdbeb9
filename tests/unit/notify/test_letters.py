"""The letter of a decision goes with the mail that tells of it, and nothing that stands in its way keeps the mail."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest

from services.notify.channels.email import Email, MailWriter
from services.notify.channels.limit import Limit
from services.notify.domain.delivery import Later, Outcome, Refused, Sent
from services.notify.domain.enclosed import PAUSE_LEAST, WAIT_MOST
from services.notify.domain.recipient import Recipient
from services.notify.letters import SECONDS_MOST, Letters
from shared.events.permit_life import PermitRevoked
from shared.kernel import now
from shared.secret_links import case_secret
from tests.support.notify_events import Story, Word
from tests.support.notify_in_memory import SECRET, NotifyInMemory
from tests.support.notify_mail import FakeServer, texts

PDF = b"%PDF-1.7 " + bytes(range(256)) * 200
MOST = 100_000


@dataclass
class Permits:
    """Permits' API: answers with what it is told to, first to last, and then with the letter."""

    answers: list[httpx.Response | Exception] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if self.answers else letter()
        if isinstance(answer, Exception):
            raise answer
        return answer


def letter(content: bytes = PDF, media_type: str = "application/pdf") -> httpx.Response:
    return httpx.Response(200, content=content, headers={"content-type": media_type})


class Drops(httpx.AsyncByteStream):
    """A letter that never ends, and never keeps silent for long."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b"%"


class Post:
    """A mail about a decision that was made so long ago, its post office and its permits."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.notify, self.story = NotifyInMemory(), Story()
        self.permits, self.server = Permits(list(answers)), FakeServer()

    async def tell(
        self,
        ago: timedelta = timedelta(),
        party: str = "applicant",
        renewed: int = 0,
        seconds: float = SECONDS_MOST,
        say: Callable[[Story], Word] = Story.decided,
    ) -> Outcome:
        """Send it to that party. `say`: what is told, unless it is the decision."""
        notify, story = self.notify, self.story
        known = story.applied(), story.contact("applicant")
        said = say(story)
        await notify.hear(*known, said)
        key, notice = next(
            (key, one)
            for key, one in notify.store.all().items()
            if one.about == said[0].type and one.party == "applicant"
        )
        person = Recipient(case_id=story.case_id, party=party, email="a@example.org", recorded=True, confirmed=True,
                           link_number=renewed)  # fmt: skip
        limit = Limit(notify.store, SECRET, 5, 5)
        letters = Letters("http://permits", notify.links, MOST, httpx.MockTransport(self.permits.answer), seconds)
        email = Email(MailWriter(notify.town, notify.links, notify.wording, ""), self.server, limit, letters)
        told = notice.model_copy(update={"happened_at": now() - ago, "party": party})
        try:
            return await email.send(key, told, person)
        finally:
            await letters.close()

    @property
    def enclosed(self) -> list[bytes]:
        """What came with the one mail that the server took."""
        (mail,) = self.server.taken
        return [part.get_content() for part in mail.iter_attachments()]


async def test_the_applicants_mail_has_the_letter_and_says_so() -> None:
    post = Post()

    assert await post.tell(renewed=2) == Sent()

    assert post.enclosed == [PDF]
    (mail,) = post.server.taken
    assert next(mail.iter_attachments()).get_filename() == f"{post.story.reference}.pdf"
    assert all("แนบมากับอีเมลนี้" in text for text in texts(mail))
    (asked,) = post.permits.asked
    assert asked.url.path == f"/api/v1/applications/{post.story.reference}/letter"
    assert asked.headers["x-application-secret"] == case_secret(SECRET, post.story.case_id, number=2)
    assert "secret" not in str(asked.url), "addresses stand in logs"


@pytest.mark.parametrize("letter", [2, 0])
async def test_what_was_signed_after_the_decision_comes_with_its_own_letter_where_it_has_one(letter: int) -> None:
    post = Post()

    def revoked(story: Story) -> Word:
        said = {"permit_type": "house", "revoked_at": now(), "legal_reason": "ม. 40"}
        return story.of_permit(PermitRevoked, letter=letter, **said)

    assert await post.tell(say=revoked) == Sent()

    assert post.enclosed == ([PDF] if letter else [])
    paths = [asked.url.path for asked in post.permits.asked]
    assert paths == ([f"/api/v1/applications/{post.story.reference}/letters/2"] if letter else [])
    (mail,) = post.server.taken
    assert [one.get_filename() for one in mail.iter_attachments()] == (
        [f"{post.story.reference}-2.pdf"] if letter else []
    )


async def test_nobody_elses_mail_has_it() -> None:
    post = Post()

    assert await post.tell(party="follower-01") == Sent()

    assert (post.enclosed, post.permits.asked) == ([], [])


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(404), httpx.Response(429), httpx.Response(503), httpx.ConnectError("away")],
    ids=["being-made", "too-many", "restarting", "away"],
)
async def test_the_mail_waits_for_a_letter_that_is_not_there_yet_and_not_for_ever(
    answer: httpx.Response | Exception,
) -> None:
    post = Post(answer, answer)

    assert await post.tell() == Later("letter-not-ready", PAUSE_LEAST)
    assert post.server.taken == []

    assert await post.tell(ago=WAIT_MOST) == Sent()
    assert post.enclosed == []
    assert all("แนบมากับอีเมลนี้" not in text for text in texts(post.server.taken[0]))


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(403), httpx.Response(302), letter(b"<html>", "text/html"), letter(b"x" * (MOST + 1))],
    ids=["renewed-link", "elsewhere", "no-letter", "too-large"],
)
async def test_what_cannot_be_enclosed_keeps_no_mail_waiting(answer: httpx.Response) -> None:
    post = Post(answer)

    assert await post.tell() == Sent()
    assert post.enclosed == []


async def test_a_server_that_refuses_it_with_the_letter_gets_it_without() -> None:
    post = Post()
    post.server.answers = [Refused("smtp-552", of_content=True)]

    assert await post.tell() == Sent()
    assert post.enclosed == []


async def test_a_recipient_who_is_refused_is_not_written_to_again_without_it() -> None:
    post = Post()
    post.server.answers = [Refused("smtp-550")]

    assert await post.tell() == Refused("smtp-550")
    assert post.server.taken == []


async def test_a_letter_that_comes_drop_by_drop_is_given_up_in_time() -> None:
    post = Post(httpx.Response(200, stream=Drops(), headers={"content-type": "application/pdf"}))

    async with asyncio.timeout(2):
        assert await post.tell(seconds=0.05) == Later("letter-not-ready", PAUSE_LEAST)


async def test_a_server_that_is_away_gets_it_with_the_letter_when_it_is_back() -> None:
    post = Post()
    post.server.answers = [Later("mail-server-away")]

    assert await post.tell() == Later("mail-server-away")
    assert post.server.taken == []

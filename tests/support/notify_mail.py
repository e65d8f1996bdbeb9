"""A mail server without a network, and its mails as their readers' programs take them apart."""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from services.notify.channels.smtp import Mail
from services.notify.domain.delivery import Outcome, Sent


@dataclass
class FakeServer:
    """Takes every mail and reads it, or answers what it is told to, first to last."""

    answers: list[Outcome] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    room: int = 1000

    async def send(self, mail: Mail) -> Outcome:
        answer = self.answers.pop(0) if self.answers else Sent()
        if isinstance(answer, Sent):
            self.taken.append(read(mail))
        return answer


def read(mail: Mail) -> EmailMessage:
    """As a mail program takes it apart."""
    message = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def texts(mail: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()

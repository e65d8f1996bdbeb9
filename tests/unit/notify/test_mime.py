"""What is written by hand is read by the standard parser: whatever the town's words are, they arrive as meant."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels import mime

# Letters of all alphabets; no lone surrogates, which no event can bring.
letters = st.characters(codec="utf-8")
texts = st.text(letters, max_size=300)
thai = st.text(st.sampled_from('กขคงจฉชซญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหอะาิีึืุูเแโใไๅ็่้๊๋์ABC abc?=_<>"\\,;:.'), max_size=300)


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def test_an_enclosure_arrives_byte_for_byte_beside_both_texts() -> None:
    file = mime.Enclosure("MH-4K7T-29Q6.pdf", "application/pdf", bytes(range(256)) * 40)
    content = mime.message([("Subject", "a")], plain="สวัสดี", html="<p>สวัสดี</p>", enclosed=file)
    message = read(content)
    (attached,) = message.iter_attachments()
    both = [message.get_body((kind,)) for kind in ("plain", "html")]
    assert [one.get_content().strip() for one in both if one] == ["สวัสดี", "<p>สวัสดี</p>"]
    assert (attached.get_filename(), attached.get_content_type()) == (file.name, file.media_type)
    assert attached.get_content() == file.content
    assert max(map(len, content.splitlines())) <= 78


def one_line(text: str) -> str:
    return " ".join(text.split())


def raw_header(content: bytes, name: str) -> str:
    """As most mail programs read it: the newer parser of the library keeps the spaces of folding in display names."""
    return str(message_from_bytes(content, policy=policy.compat32)[name])


@given(st.one_of(texts, thai))
def test_a_subject_is_read_as_it_was_meant(subject: str) -> None:
    content = mime.message([("Subject", mime.text(subject))], plain="", html="")
    assert (read(content)["Subject"] or "") == one_line(subject)


@given(st.one_of(texts, thai))
def test_a_senders_name_is_shown_as_it_was_meant(name: str) -> None:
    content = mime.message([("From", mime.mailbox(name, "a.b@example.org"))], plain="", html="")
    (address,) = read(content)["From"].addresses
    assert address.addr_spec == "a.b@example.org"
    shown, plain = parseaddr(raw_header(content, "From"))
    assert (str(make_header(decode_header(shown))), plain) == (one_line(name), "a.b@example.org")


@given(st.one_of(texts, thai), texts)
def test_both_bodies_are_read_as_they_were_meant(plain: str, html: str) -> None:
    message = read(mime.message([("Subject", "x")], plain=plain, html=html))
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    for part, meant in zip(parts, (plain, html), strict=True):
        assert part.get_content().splitlines() == meant.splitlines()


@given(st.one_of(texts, thai), st.one_of(texts, thai), texts)
def test_it_is_ascii_in_short_lines_that_all_end_alike(subject: str, name: str, body: str) -> None:
    headers = [("Subject", mime.text(subject)), ("From", mime.mailbox(name, "onestop@maehia.example"))]
    content = mime.message(headers, plain=body, html=body)
    assert content.isascii()
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert not [line for line in lines if b"\r" in line or b"\n" in line]


def test_a_header_that_only_looks_encoded_is_encoded() -> None:
    content = mime.message([("Subject", mime.text("=?utf-8?b?eA==?="))], plain="", html="")
    assert read(content)["Subject"] == "=?utf-8?b?eA==?="


def test_no_text_can_add_a_header() -> None:
    evil = "x\r\nBcc: all@example.org"
    content = mime.message([("Subject", mime.text(evil)), ("From", mime.mailbox(evil, "a@b.c"))], plain="", html="")
    assert read(content)["Bcc"] is None

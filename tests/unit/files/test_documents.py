"""A document is opened whole before it is kept: what nobody could read, or what would act by itself, is refused."""

import io
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image

from shared.files import judge
from shared.files.documents import Document, judge_file
from shared.files.scanner import Scanner
from shared.kernel import Reject, Transient
from tests.support import papers
from tests.support.papers import CARELESS, paper, picture
from tests.support.source import ROOT

UNSCANNED = Scanner("")


def verdict(tmp_path: Path, content: bytes) -> judge.Verdict:
    """In this process, for the many that do it no harm."""
    file = tmp_path / "file"
    file.write_bytes(content)
    found = judge.judge(file, tmp_path / "clean")
    assert file.read_bytes() == content  # as it came: a signed document stays signed
    return found


@pytest.mark.parametrize(
    "content",
    [
        paper(),
        paper(papers.turns_to_its_page),
        paper(papers.behind_a_link(papers.web())),
        paper(papers.carries("data.xml")),  # documents of the state carry their data so
        paper(encryption=pikepdf.Encryption(owner="only to print", user="")),
        paper(object_stream_mode=pikepdf.ObjectStreamMode.generate),
        CARELESS,
        b"\xef\xbb\xbf" + CARELESS,
        b"\n" + paper(),
        b"%" * 1000 + b"\n" + paper(),
        paper() + b"\0" * 100,
    ],
)
def test_a_pdf_that_opens_is_taken(tmp_path: Path, content: bytes) -> None:
    assert verdict(tmp_path, content) == judge.Verdict("application/pdf", pages=1)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "unknown"),
        (b"<html>", "unknown"),
        (b"MZ\x90\x00", "unknown"),
        (b" " * 2000 + paper(), "unknown"),
        (b"%PDF-", "unreadable"),
        (b"%PDF-1.7 ...", "unreadable"),
        (paper()[:200], "unreadable"),
        (paper(lambda pdf: pdf.pages.__delitem__(0)), "unreadable"),
        (paper(encryption=pikepdf.Encryption(owner="a", user="b")), "locked"),
        (CARELESS.replace(b"trailer<<", b"trailer<</Encrypt 9 0 R "), "locked"),
        (paper(papers.runs_when_opened), "active"),
        (paper(papers.runs_when_pressed), "active"),
        (paper(papers.runs_when_pressed, object_stream_mode=pikepdf.ObjectStreamMode.generate), "active"),
        (paper(papers.launches), "active"),
        (paper(papers.plays), "active"),
        (paper(papers.has_a_dynamic_form), "active"),
        (paper(papers.carries("invoice.exe")), "active"),
        (paper(papers.carries_under_two_names), "active"),
        *(
            (paper(papers.behind_a_link(Dictionary(S=Name(name)))), "active")
            for name in ("/GoToR", "/GoToE", "/Thread")
        ),
        (paper(papers.opens_with(papers.web())), "active"),
        (paper(papers.opens_then(papers.web())), "active"),
        (paper(papers.when_a_page_shows(papers.web())), "active"),
        (paper(papers.leads_elsewhere), "active"),
        (paper(papers.reads_another_file), "active"),
        (paper(papers.carries("invoice.pdf.docm")), "active"),
        (b"\xff\xd8\xff", "unreadable"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, "unreadable"),
        (picture("JPEG")[:-200], "unreadable"),
        (picture("PNG")[:-60], "unreadable"),
    ],
)
def test_a_file_that_nobody_should_open_is_refused_by_its_fault(tmp_path: Path, content: bytes, fault: str) -> None:
    assert verdict(tmp_path, content).fault == fault


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_picture_is_written_anew_upright_and_without_what_the_phone_noted(
    tmp_path: Path, kind: str, media_type: str
) -> None:
    found = verdict(tmp_path, picture(kind))
    clean = (tmp_path / "clean").read_bytes()

    assert (found.media_type, found.clean, found.fault) == (media_type, True, None)
    assert b"SecretPhone" not in clean
    with Image.open(io.BytesIO(clean)) as image:
        assert (image.format, image.size, dict(image.getexif())) == (kind, (40, 60), {})


@pytest.mark.parametrize(
    "size", [(9000, 7000), (12_000, 8000), (16_320, 12_240)], ids=str
)  # the last: a phone's 200 MP
def test_a_picture_that_would_fill_the_memory_is_refused_by_its_header(tmp_path: Path, size: tuple[int, int]) -> None:
    assert verdict(tmp_path, picture("PNG", size, "1")).fault == "too-many-pixels"


async def kept(tmp_path: Path, content: bytes) -> tuple[Document, bytes]:
    file = tmp_path / "file"
    file.write_bytes(content)
    async with judge_file(file, UNSCANNED) as document:
        return document, document.path.read_bytes()


async def test_what_is_sound_is_kept_as_it_is_or_written_anew(tmp_path: Path) -> None:
    document, content = await kept(tmp_path, paper())
    assert (document.media_type, content, document.sha256) == ("application/pdf", paper(), document.sent)

    document, content = await kept(tmp_path, picture("JPEG"))
    assert (document.media_type, document.size) == ("image/jpeg", len(content))
    assert document.sha256 != document.sent
    assert (await kept(tmp_path, picture("JPEG")))[0].sha256 == document.sha256


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"GIF89a", "unknown-file", 415),
        (b"%PDF-", "unreadable-file", 422),
        (paper(encryption=pikepdf.Encryption(owner="a", user="b")), "locked-file", 422),
        (paper(papers.runs_when_opened), "active-file", 422),
    ],
)
async def test_a_refusal_says_which(tmp_path: Path, content: bytes, code: str, status: int) -> None:
    with pytest.raises(Reject) as refused:
        await kept(tmp_path, content)
    assert (refused.value.code, refused.value.status) == (code, status)


def reader(root: Path, body: str) -> None:
    """Another reader than ours, below `root`."""
    place = root / "shared/files/judge.py"
    place.parent.mkdir(parents=True)
    place.write_text(body)


async def test_a_file_that_takes_its_reader_down_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.files.apart._ROOT", tmp_path)
    reader(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(Reject, match="unreadable-file"):
        await kept(tmp_path, paper())


@pytest.mark.parametrize("body", ["raise SystemExit(1)", 'print(\'{"failure": "ImportError"}\')'])
async def test_a_reader_that_fails_by_itself_says_nothing_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr("shared.files.apart._ROOT", tmp_path)
    reader(tmp_path, body)
    with pytest.raises(Transient, match="cannot be judged now"):
        await kept(tmp_path, paper())


FORBIDDEN = """
import os
from shared.files import judge

def forbidden(_: int) -> int:
    raise PermissionError(1, "Operation not permitted")

os.nice = forbidden
judge.main()
"""


def test_a_reader_that_may_not_change_its_priority_judges_all_the_same(tmp_path: Path) -> None:
    """As under a filter of system calls; in a process of its own, for its limits stay."""
    file = tmp_path / "file"
    file.write_bytes(paper())
    command = (sys.executable, "-c", FORBIDDEN, str(file), str(tmp_path / "clean"))
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)

    assert json.loads(done.stdout) == asdict(judge.Verdict("application/pdf", pages=1))


def test_what_keeps_every_file_from_being_judged_is_said(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "shared.files.judge", str(tmp_path / "missing"), str(tmp_path / "clean"))
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)

    assert done.returncode == 1
    assert done.returncode == 1
    assert json.loads(done.stdout)["failure"].startswith("FileNotFoundError")

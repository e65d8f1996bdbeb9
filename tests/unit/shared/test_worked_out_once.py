"""What a run works out once is what it would be each time: nothing that has changed is answered as it was before."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from jinja2 import DictLoader, Environment, TemplateSyntaxError

from deploy.local.secured import secure
from services.permits import request_form
from shared.files import apart, judge
from shared.town import loader
from shared.town.problems import Problem
from tests.support import once
from tests.support.once import SHIPPED, Compiled, Towns, judge_papers_once
from tests.support.uploads import photo
from tools.play.paper import pdf


def read(path: Path) -> once.Examined:
    return None, [Problem(str(path), 1, f"read of {len(list(path.iterdir()))} files")]


class Asked(list[Path]):
    """Of which folders the files were read."""

    def read(self, path: Path) -> once.Examined:
        self.append(path)
        return read(path)


def test_a_shipped_town_is_read_again_when_a_file_of_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "SHIPPED", tmp_path)
    asked = Asked()
    towns = Towns(asked.read)
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "town.yaml").write_text("code: one")
    before = towns(folder)
    before[1].clear()  # whoever asks next has problems of their own
    assert (towns(folder), len(asked)) == (read(folder), 1)

    (folder / "town.yaml").write_text("code: two")
    towns(folder)
    (folder / "more.yaml").touch()
    assert (towns(folder), len(asked)) == (read(folder), 3)


def test_a_town_that_a_test_has_made_is_read_each_time(tmp_path: Path) -> None:
    asked = Asked()
    towns = Towns(asked.read)
    assert [towns(tmp_path), towns(tmp_path)] == [read(tmp_path)] * 2
    assert asked == [tmp_path] * 2


def test_a_town_that_is_remembered_is_the_one_that_is_read() -> None:
    real = loader.examine._examine  # type: ignore[attr-defined]  # remembered by every run of tests
    assert loader.examine(SHIPPED / "maehia") == real(SHIPPED / "maehia")
    assert loader.examine(SHIPPED / "maehia")[0] is loader.examine(SHIPPED / "maehia")[0]


def test_a_template_is_compiled_again_when_its_text_is_another() -> None:
    kept, texts = Compiled(), {"page.html": "{{ 1 + 1 }}"}

    def drawn() -> str:
        env = Environment(autoescape=True, loader=DictLoader(texts), bytecode_cache=kept)
        return env.get_template("page.html").render()

    assert [drawn(), drawn()] == ["2", "2"]
    texts["page.html"] = "{{ 2 + 1 }}"
    assert drawn() == "3"
    texts["page.html"] = "{{ 2 +"
    with pytest.raises(TemplateSyntaxError):
        drawn()


async def test_a_paper_is_judged_once_and_a_picture_is_written_anew_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def ask(_: apart.Room, module: str, file: Path, clean: Path) -> Mapping[str, Any] | None:
        asked.append(module)
        return vars(judge.judge(file, clean))

    monkeypatch.setattr(once, "_JUDGED", {})
    monkeypatch.setattr(apart.Room, "ask", ask)
    judge_papers_once(monkeypatch)
    paper, picture, faults = pdf("one"), photo(), []
    for number, content in enumerate((paper, paper, pdf("another"), b"nothing", picture, picture)):
        file, clean = tmp_path / f"{number}", tmp_path / f"{number}-clean"
        file.write_bytes(content)
        told = await apart.Room(tmp_path).ask("shared.files.judge", file, clean)
        assert told
        assert told["clean"] == clean.exists() == (content is picture)
        faults.append(told["fault"])

    assert faults == [None, None, None, "unknown", None, None]
    assert len(asked) == 5


async def test_a_copy_is_checked_once_against_each_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(_: apart.Room, _module: str, copy: Path, letter: Path) -> Mapping[str, Any] | None:
        asked.append(f"{copy.name} {letter.name}")
        return {"worth": asked[-1]}

    asked: list[str] = []
    monkeypatch.setattr(once, "_JUDGED", {})
    monkeypatch.setattr(apart.Room, "ask", ask)
    judge_papers_once(monkeypatch)
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    pairs = [(tmp_path / copy, tmp_path / letter) for copy, letter in ("aa", "ab", "aa", "ba")]
    told = [await apart.Room(tmp_path).ask("services.permits.seal_check", *pair) for pair in pairs]

    assert told == [{"worth": "a a"}, {"worth": "a b"}, {"worth": "a a"}, {"worth": "b a"}]
    assert asked == ["a a", "a b", "b a"]


async def test_what_is_no_form_is_laid_over_one_form_only_and_a_form_over_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def is_unsigned(file: Path) -> bool:
        asked.append(file.name)
        return file.name == "printed"

    monkeypatch.setattr(once, "_NO_FORMS", set())
    monkeypatch.setattr(request_form, "is_unsigned", is_unsigned)
    judge_papers_once(monkeypatch)
    for name in ("signed", "printed"):
        (tmp_path / name).write_text(name)
    told = [await request_form.is_unsigned(tmp_path / name) for name in ("signed", "signed", "printed", "printed")]  # type: ignore[call-arg]

    assert told == [False, False, True, True]
    assert asked == ["signed", "printed", "printed"]


def test_a_program_trusts_whom_it_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def trusted(**told: Any) -> ssl.SSLContext:
        with httpx.Client(**told) as client:
            return client._transport._pool._ssl_context  # type: ignore[attr-defined, no-any-return]

    once.read_authorities_once(monkeypatch)
    usual, own = trusted(), ssl.create_default_context()

    assert trusted() is usual
    assert usual.verify_mode is ssl.CERT_REQUIRED
    assert trusted(verify=own) is own
    assert trusted(verify=False).verify_mode is ssl.CERT_NONE
    monkeypatch.setenv("SSL_CERT_FILE", str(secure(tmp_path).ca))
    assert len(trusted().get_ca_certs()) == 1
    assert trusted() is not usual

"""One word for one thing in each language, wherever people read it: on pages, in mails, in towns' own files."""

import re
from pathlib import Path

import pytest
import yaml

from tests.support.source import ROOT

FILES = sorted(
    path
    for folder in ("services", "shared", "deploy/municipalities")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".yaml", ".html"} and path.is_file()
)
OTHER_NAMES = re.compile(r"ศูนย์บริการ(?!เบ็ดเสร็จ)|จุดเดียวเบ็ดเสร็จ|[Oo]ne-stop (?!service centre)")


def test_the_files_are_found() -> None:
    assert len(FILES) > 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_service_is_called_by_its_one_name(path: Path) -> None:
    assert OTHER_NAMES.findall(path.read_text(encoding="utf-8")) == []


# In a town hall สัญญา is a contract: what was promised to residents is kept within its time, or is the town's word.
PROMISE = re.compile(r"(?:ตาม|เรา|ที่|เทศบาล|อบต\.)สัญญา(?!ณ|จ้าง|เช่า|ซื้อ)")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_promise_is_not_called_a_contract(path: Path) -> None:
    assert PROMISE.findall(path.read_text(encoding="utf-8")) == []


def test_a_kind_of_report_is_called_the_same_by_whoever_brings_and_whoever_reads_it() -> None:
    intake, dispatch = (
        yaml.safe_load((ROOT / f"services/{name}/pages/strings.yaml").read_text(encoding="utf-8"))
        for name in ("intake", "dispatch")
    )
    for kind in ("suggestion", "question", "consultation"):
        assert intake[f"kind.{kind}"]["th"] == dispatch[f"kinds.{kind}"]["th"]

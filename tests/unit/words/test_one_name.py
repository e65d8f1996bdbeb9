"""The service has one name in each language, wherever people read it: on pages, in mails, in towns' own files."""

import re
from pathlib import Path

import pytest

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

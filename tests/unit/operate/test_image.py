"""The image holds an operator's commands, and they need nothing that it does not hold."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.source import ROOT, modules

IMAGE = (ROOT / "deploy/image/Dockerfile").read_text(encoding="utf-8")


def test_the_image_holds_the_commands() -> None:
    copied = re.findall(r"^COPY (\S+) \S+$", IMAGE, re.MULTILINE)
    assert {"tools/__init__.py", "tools/operate"} <= set(copied)


def test_a_command_imports_nothing_of_ours_but_what_runs() -> None:
    for module in modules("tools"):
        if module.path.startswith("tools/operate/"):
            ours = [name for name in module.imports() if name.partition(".")[0] in ("deploy", "tests", "tools")]
            assert [name for name in ours if not name.startswith(("tools.operate", "tools.piped"))] == [], module.path
            assert [name for name in module.imports() if re.match(r"services\.\w+\.app\b", name)] == [], module.path


def test_the_image_has_it_in_its_path() -> None:
    assert "ln -s /app/tools/operate/onestop /usr/local/bin/onestop" in IMAGE


def test_the_command_is_found_under_its_name_from_whatever_folder(tmp_path: Path) -> None:
    (tmp_path / "onestop").symlink_to(ROOT / "tools/operate/onestop")
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["./onestop", "topics", "list"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "internal.reports.v1" in done.stdout

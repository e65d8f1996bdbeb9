"""The image holds an operator's commands, and they need nothing that it does not hold."""

import re

from tests.support.source import ROOT, modules

IMAGE = (ROOT / "deploy/image/Dockerfile").read_text(encoding="utf-8")


def test_the_image_holds_the_commands() -> None:
    copied = re.findall(r"^COPY (\S+) \S+$", IMAGE, re.MULTILINE)
    assert {"tools/__init__.py", "tools/operate"} <= set(copied)


def test_a_command_imports_nothing_of_ours_but_what_runs() -> None:
    for module in modules("tools"):
        if module.path.startswith("tools/operate/"):
            ours = [
                name for name in module.imports() if name.partition(".")[0] in ("deploy", "services", "tests", "tools")
            ]
            assert [name for name in ours if not name.startswith("tools.operate")] == [], module.path

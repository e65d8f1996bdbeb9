"""The image as it is built: who runs, what is inside, and that a town's day passes with only /tmp to write in.

Building takes minutes the first time, so these are campaigns. What a cluster does with the images: `make cluster`.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from deploy.image.__main__ import NEEDED
from deploy.image.build import build, source
from deploy.local.machine import ROOT, has_program, list_lacking
from deploy.local.part import Part
from shared.events.catalogue import SERVICES
from tests.support.containers import TOWNS, Containers, Image, containers, unpacked
from tests.support.kernel import eventually
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(os.geteuid() != 0, reason="containers are made by root here"),
    pytest.mark.skipif(
        bool(list_lacking({**NEEDED, "runc": has_program("runc")})),
        reason="needs buildah, mmdebstrap and runc: apt-get install buildah mmdebstrap runc",
    ),
]


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    with unpacked(build("service")) as service:
        yield service


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Containers]:
    with containers(tmp_path) as found:
        yield found


def test_its_labels_name_the_source(image: Image) -> None:
    said = image.config["Labels"]

    assert said["org.opencontainers.image.revision"] == source().revision
    assert said["org.opencontainers.image.version"] == source().version


def test_nobody_special_runs_it_and_only_tmp_can_be_written(image: Image, runner: Containers) -> None:
    tried = """
import os, pathlib
print(os.getuid(), os.getgid(), *[line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")])
for folder in ("/", "/app", "/venv", "/etc", "/usr", "/var/tmp", "/root", "/tmp"):
    try:
        pathlib.Path(folder, "written").write_text("x")
        print(folder)
    except OSError:
        pass
"""
    done = runner.run(image, "python", "-c", tried)

    assert done.stdout.split() == ["10001", "10001", "0" * 16, "/tmp"], done.stderr


def test_nothing_is_left_to_compile(image: Image) -> None:
    """What cannot write would compile each module anew at each start, and by its time a copied file looks changed."""
    ours = [path for folder in ("app", "venv/lib") for path in (image.tree / folder).rglob("*.py")]
    compiled = {path: path.parent / "__pycache__" / f"{path.stem}.cpython-311.pyc" for path in ours}
    lacking_it = [path for path, made in compiled.items() if not made.exists()]
    by_time = [made for made in compiled.values() if made.exists() and made.read_bytes()[4:8] != b"\x01\0\0\0"]

    assert len(ours) > 1000
    assert [path for path in lacking_it if "/test" not in str(path)] == []
    assert by_time == []


def test_its_bill_names_all_that_is_inside(image: Image, runner: Containers) -> None:
    listed = """
import importlib.metadata as m, subprocess
print(*[f"pypi/{d.name.lower().replace('_', '-').replace('.', '-')}@{d.version}" for d in m.distributions()])
print(subprocess.run(["dpkg-query", "-Wf", "deb/debian/${Package} "], capture_output=True, text=True).stdout)
"""
    inside = runner.run(image, "python", "-c", listed).stdout.split()
    bill = json.loads((image.tree / "app/bill.cdx.json").read_text("utf-8"))
    named = unquote(" ".join(part["purl"] for part in bill["components"]))

    assert len(inside) > 100
    assert [part for part in inside if f"pkg:{part}" not in named] == []


def test_an_operators_commands_work_in_it(image: Image, runner: Containers) -> None:
    done = runner.run(image, "onestop", "town", "check", f"{TOWNS}/maehia", ENVIRONMENT="local")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def in_containers(image: Image, runner: Containers) -> Iterator[Stack]:
    """The whole stack, with each service in a container."""
    with Stack() as stack:
        for name in SERVICES:
            stack.change(name, lambda part: _contained(part, runner, image))
        yield stack.up()


def _contained(part: Part, runner: Containers, image: Image) -> Part:
    own = {"SERVICE": part.name, "PORT": str(part.ports[0]), "BIND": "127.0.0.1", "TOWN_DIR": f"{TOWNS}/maehia"}
    return replace(part, argv=runner.make(image, {**part.env, **own}), env={})


async def test_a_towns_day_passes_in_containers(in_containers: Stack) -> None:
    stack = in_containers
    played = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "deploy.demo"],
        cwd=ROOT, env={**os.environ, **stack.env}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert played.returncode == 0, played.stdout + played.stderr
    assert len(re.findall(r"^ *\d+ MH-\w{4}-\w{4} ", played.stdout, re.MULTILINE)) == 41

    with closing(stack.data()) as data:
        applications = data["onestop_permits"]["applications"]

        async def made() -> bool:
            return await applications.count_documents({"state.letter.sha256": {"$nin": [None, ""]}}) > 0

        await eventually(made, seconds=90)


async def test_a_stopped_container_ends_in_order(in_containers: Stack) -> None:
    for name in SERVICES:
        in_containers.stop(name)

        assert "Finished server process" in in_containers.logs(name), name

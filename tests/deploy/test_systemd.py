"""The units of a bare Debian are ones that systemd takes, shut the services in, and set only what the code knows."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.ports import Ports
from services.dispatch import rules_apart
from services.intake.settings import Settings as Intake
from services.notify.settings import Settings as Notify
from services.permits.settings import Settings as Permits
from shared.events.catalogue import SERVICES
from shared.files import limited
from shared.files.apart import AT_ONCE
from shared.settings import ServerSettings
from shared.web import supervised
from tests.support.source import ROOT
from tools.operate.backups.settings import BackupSettings

UNITS = ROOT / "deploy/systemd"
RUNNING = [f"onestop@{name}.service" for name in SERVICES]
MOST_EXPOSED = 15  # tenths, of systemd's scale to 100; a unit that says nothing has 96
KNOWN = {
    name.upper()
    for settings in (ServerSettings, Intake, Notify, Permits, BackupSettings)
    for name in settings.model_fields
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze: apt-get install systemd"
)


def _all_but_targets(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".target")]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine's root with the units in their places."""
    units = tmp_path / "etc/systemd/system"
    shutil.copytree(UNITS, units, ignore=shutil.ignore_patterns("bin", "etc", "*.sysusers"))
    shutil.copytree(
        "/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True, ignore=_all_but_targets
    )
    program = tmp_path / "opt/onestop/current/.venv/bin/python"
    program.parent.mkdir(parents=True)
    shutil.copy("/usr/bin/true", program)
    return tmp_path


def verified(machine: Path, *units: str) -> str:
    """What systemd has against them."""
    asked = ["systemd-analyze", "verify", f"--root={machine}", "--man=no", *units]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    return done.stderr + ("" if done.returncode == 0 else f"exit status {done.returncode}")


def test_systemd_takes_every_unit(machine: Path) -> None:
    once = ["onestop-topics.service", "onestop-backup.service", "onestop-backup.timer"]

    assert verified(machine, *RUNNING, *once, "onestop.target") == ""


def test_a_word_that_systemd_does_not_know_is_found(machine: Path) -> None:
    unit = machine / "etc/systemd/system/onestop@.service"
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHouse="))

    assert "ProtectHouse" in verified(machine, RUNNING[0])


def test_the_services_are_shut_in(machine: Path) -> None:
    asked = ["systemd-analyze", "security", "--offline=true", f"--root={machine}", f"--threshold={MOST_EXPOSED}"]
    done = subprocess.run([*asked, "--no-pager", *RUNNING], check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_a_process_that_hangs_is_started_anew_and_leaves_no_copy_of_its_memory() -> None:
    said = dict(re.findall(r"^(\w+)=(\S+)$", (UNITS / "onestop@.service").read_text(), re.MULTILINE))

    assert (said["Type"], said["Restart"], said["WatchdogSignal"]) == ("notify", "always", "SIGKILL")
    assert int(said["WatchdogSec"]) >= 3 * supervised.EVERY_SECONDS


def test_whoever_opens_files_may_step_back_behind_the_pages() -> None:
    """The reader of handed-in files lowers its own priority."""
    denied = re.findall(r"^SystemCallFilter=~(.+)", (UNITS / "onestop@.service").read_text(), re.MULTILINE)
    asked = ["systemd-analyze", "syscall-filter", *" ".join(denied).split()]
    listed = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()

    assert not {"setpriority", "@resources"} & set(listed)


def test_a_file_that_swells_takes_down_its_reader_and_not_permits() -> None:
    read = (UNITS / "onestop@permits.service.d/files.conf").read_text()
    (most,) = re.findall(r"^MemoryMax=(\d+)G$", read, re.MULTILINE)

    assert int(most) * 1024**3 > AT_ONCE * limited.MEMORY_MOST + 1024**3, "and the service itself"
    assert "\nOOMPolicy=continue\n" in read


def test_a_rule_file_that_swells_takes_down_its_reader_and_not_dispatch() -> None:
    (most,) = re.findall(r"^MemoryMax=(\d+)G$", (UNITS / "onestop@.service").read_text(), re.MULTILINE)

    assert int(most) * 1024**3 >= rules_apart.MEMORY_MOST + 640 * 1024**2, "two photos, and the service itself"


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """`NAME=value` of an environment file, and of the `Environment=` of a unit."""
    for line in path.read_text().splitlines():
        given = line.removeprefix("Environment=") if path.suffix != ".env" else line
        if given != line or path.suffix == ".env":
            yield from re.findall(r"(\w+)=(\S+)", given.partition("#")[0])


FILES = [*UNITS.glob("etc/*.env"), *UNITS.rglob("*.service"), *UNITS.rglob("*.conf")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(UNITS)))
def test_only_settings_that_exist_are_set(path: Path) -> None:
    ours = {name for name, _ in lines(path) if not name.startswith("PYTHON")} - {"HOME"}

    assert {name if name in KNOWN else name.removesuffix("_FILE") for name in ours} <= KNOWN


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix != ".env"], ids=lambda path: path.name)
def test_every_secret_is_handed_over_and_used(path: Path) -> None:
    handed = set(re.findall(r"^LoadCredential=([\w-]+):", path.read_text(), re.MULTILINE))
    used = {value.removeprefix("%d/") for _, value in lines(path) if value.startswith("%d/")}

    assert handed == used


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_listens_where_the_proxy_looks(service: str) -> None:
    assert dict(lines(UNITS / f"etc/{service}.env")) | {"SERVICE": service, "PORT": str(getattr(Ports(), service))} == (
        dict(lines(UNITS / f"etc/{service}.env"))
    )


def test_the_target_starts_every_service() -> None:
    wanted = re.findall(r"onestop@\w+\.service", (UNITS / "onestop.target").read_text())

    assert sorted(wanted) == sorted(RUNNING)


def test_what_the_backup_tells_of_itself_lies_where_its_unit_may_write_and_others_may_read() -> None:
    unit = (UNITS / "onestop-backup.service").read_text()
    (figures,) = re.findall(r"--figures (\S+)", unit)
    (folder,) = re.findall(r"^CacheDirectory=(\S+)$", unit, re.MULTILINE)

    assert Path(figures).parent == Path("/var/cache") / folder
    assert "CacheDirectoryMode=0755" in unit
    assert f"ln -s {figures} " in (ROOT / "docs/operations/alarms.md").read_text("utf-8")

"""The blocks of the page for a bare Debian, run one after the other as they stand there, on a machine that is a folder.

What belongs to the real machine alone (packages, npm, units that start, Kafka's own command) is noted and not run.
"""

import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.events.catalogue import SERVICES
from tests.support.source import ROOT

PAGE = (ROOT / "docs/operations/systemd.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ELSEWHERE = ("/opt/kafka", "/opt/onestop", "/etc/", "/usr/local/sbin", "/root/")
NOTED = (
    "apt-get", "npm", "python3", "pip", "systemctl", "systemd-sysusers", "journalctl", "jq", "curl", "onestop",
    "kafka-configs.sh",
)  # fmt: skip
SECRETS = re.findall(r"`((?:\w+/)?[a-z]+(?:-[a-z]+)+)`", PAGE.partition("what it holds |")[2].partition("\n\n")[0])


@dataclass(frozen=True)
class Machine:
    """Its root, and a clone of the release in its place."""

    root: Path

    @property
    def release(self) -> Path:
        return self.root / "opt/onestop/0.1.0"

    def run(self, block: str) -> str:
        """As root's shell runs it; what it only noted. Any command that fails fails it."""
        text = block.replace(".venv/bin/pip", "pip").replace(".venv/bin/python", "python3")
        text = re.sub(rf"(?<![\w.])({'|'.join(ELSEWHERE)})", rf"{self.root}\1", text)
        noted = self.root / "noted"
        noted.write_text("")
        env = {**os.environ, "PATH": f"{self.root}/programs:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-eu", "-c", text],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.release,
            env=env,
        )
        assert done.returncode == 0, done.stderr
        return noted.read_text()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    root = tmp_path_factory.mktemp("machine")
    programs = root / "programs"
    for folder in ("programs", "etc/sysusers.d", "etc/systemd/system", "etc/caddy", "usr/local/sbin", "opt/kafka/bin"):
        (root / folder).mkdir(parents=True)
    for name in NOTED:
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {root}/noted\n')
        (programs / name).chmod(0o755)
    shutil.copy(programs / "kafka-configs.sh", root / "opt/kafka/bin")
    made = Machine(root)
    for version in ("0.1.0", "0.2.0"):
        clone = root / "opt/onestop" / version
        clone.mkdir(parents=True)
        shutil.copytree(ROOT / "deploy", clone / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
        for unit in (*clone.glob("deploy/systemd/*.service"), *clone.glob("deploy/systemd/*/*.conf")):
            unit.write_text(unit.read_text().replace(":/etc/", f":{root}/etc/"))  # where secrets are handed over from
    return made


def block(said: str) -> str:
    """The one block that says so."""
    (found,) = [str(one) for one in BLOCKS if said in one]
    return found


def test_every_block_of_the_page_is_run_here() -> None:
    assert len(BLOCKS) == len({block(said) for said in RUN})


RUN = (
    "git clone", "systemd-sysusers", "onestop users", "topics acls --apply", "enable --now onestop.target",
    "agency-secrets", "auto_https off", "git diff",
)  # fmt: skip


def test_the_release_is_what_the_lock_names(machine: Machine) -> None:
    """Its clone is made by hand here; each later line is the page's."""
    lines = block("git clone").replace("\\\n", " ").splitlines()
    assert (f"/opt/onestop/{'0.1.0'} && cd /opt/onestop/0.1.0") in lines[1]
    noted = machine.run("\n".join(lines[2:4]))
    assert "pip install --require-hashes -r requirements.lock" in noted
    assert "npm ci --omit=dev" in noted
    assert (ROOT / "requirements.lock").exists()


def test_the_machine_is_furnished_once_and_a_second_time_harms_nothing(machine: Machine) -> None:
    etc, units = machine.root / "etc/onestop", machine.root / "etc/systemd/system"
    machine.run(block("systemd-sysusers"))
    (etc / "onestop.env").write_text("edited=1\n")
    machine.run(block("systemd-sysusers"))

    assert (machine.root / "opt/onestop/current").resolve() == machine.release
    assert (etc / "onestop.env").read_text() == "edited=1\n"
    assert {file.name for file in etc.glob("*.env")} == {file.name for file in (ROOT / "deploy/systemd/etc").iterdir()}
    assert (etc / "towns/maehia/routing.yaml").exists()
    assert not (units / "onestop.sysusers").exists()
    shipped = {file.name for file in (ROOT / "deploy/systemd").glob("onestop*")} - {"onestop.sysusers"}
    assert {file.name for file in units.glob("onestop*")} == shipped
    assert os.access(machine.root / "usr/local/sbin/onestop", os.X_OK)
    for folder in ("secrets", *(f"secrets/{name}" for name in (*SERVICES, "operators"))):
        assert stat.S_IMODE((etc / folder).stat().st_mode) == 0o700, folder


def test_users_rights_and_services_are_asked_for_by_commands_that_there_are(machine: Machine) -> None:
    said = machine.run(block("onestop users") + block("topics acls --apply") + block("enable --now onestop.target"))

    commands = re.findall(r"^onestop (.*)$", said, re.MULTILINE)
    assert commands == ["users", "topics acls", "topics acls --apply"]
    assert "--bootstrap-server kafka.town.example:9093" in said
    assert "systemctl enable --now onestop.target" in said
    assert {file.name for file in (ROOT / "deploy/systemd").iterdir()} >= {"onestop.target"}


def test_a_secret_of_agencies_reaches_notify_alone(machine: Machine) -> None:
    machine.run("mkdir -p /etc/systemd/system/onestop@notify.service.d /etc/onestop/secrets/notify")
    machine.run(block("agency-secrets"))

    secret = machine.root / "etc/onestop/secrets/notify/agency-secrets"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert re.fullmatch(r"pea=whsec_[A-Za-z0-9+/]{43}=\n", secret.read_text())
    drop_in = machine.root / "etc/systemd/system/onestop@notify.service.d/agencies.conf"
    assert stat.S_IMODE(drop_in.stat().st_mode) == 0o644
    assert "Environment=AGENCY_SECRETS_FILE=%d/agency-secrets" in drop_in.read_text()


@pytest.mark.skipif(shutil.which("caddy") is None, reason="needs caddy: make setup")
def test_the_proxy_takes_its_table_with_that_one_line_less(machine: Machine) -> None:
    machine.run(block("auto_https off"))

    made = machine.root / "etc/caddy/Caddyfile"
    assert len(made.read_text().splitlines()) == len((ROOT / "deploy/proxy/Caddyfile").read_text().splitlines()) - 1
    drop_in = (machine.root / "etc/systemd/system/caddy.service.d/onestop.conf").read_text()
    said = dict(word.split("=", 1) for word in drop_in.partition("Environment=")[2].split())
    done = subprocess.run(
        ["caddy", "adapt", "--config", made, "--adapter", "caddyfile"],
        check=False, capture_output=True, text=True, env={**os.environ, **said},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "onestop.town.example" in done.stdout


def test_a_new_release_takes_the_place_of_the_old_one(machine: Machine) -> None:
    machine.run(block("systemd-sysusers"))
    for name in SECRETS:
        (machine.root / "etc/onestop/secrets" / name).touch()
    for name in ("mongodb-uri", "kafka-password"):
        for service in SERVICES:
            (machine.root / f"etc/onestop/secrets/{service}/{name}").touch()
    (machine.root / "programs/git").write_text("#!/bin/sh\n")
    (machine.root / "programs/git").chmod(0o755)
    try:
        noted = machine.run(block("git diff"))
    finally:
        (machine.root / "programs/git").unlink()

    assert (machine.root / "opt/onestop/current").resolve() == machine.root / "opt/onestop/0.2.0"
    last = noted.splitlines()[-1].split()
    assert last[:2] == ["systemctl", "restart"]
    assert set(last[2:]) == {"onestop-topics", *(f"onestop@{service}" for service in SERVICES)}
    assert noted.splitlines()[0] == "systemctl start onestop-backup", "before anything is changed"

"""An operator's command on a bare machine has the machine's settings, and what is said before it counts more."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from secrets import token_urlsafe

import pytest
from pyrage import x25519

from shared.events.catalogue import SERVICES
from tests.deploy.test_systemd import KNOWN, UNITS
from tests.support.source import ROOT

COMMAND = (UNITS / "bin/onestop").read_text()
SECRETS = {
    **{name: token_urlsafe(32) for name in ("session-secret", "link-secret", "oidc-client-secret")},
    "operators/kafka-password": "made-up-password",
    "operators/mongodb-uri": "mongodb://operators:made-up-password@127.0.0.1/?replicaSet=rs0&tls=true",
    "permits/signature-secret": token_urlsafe(32),
    "permits/seal-key": "",  # until the town has it
    "permits/seal-password": "",
    "notify/smtp-url": "smtps://onestop:made-up-password@mail.invalid",
}
TYPED = "/opt/onestop/current/tools/operate/onestop"


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def operators(tmp_path: Path) -> Run:
    """The script as it is, with the machine's folders somewhere else."""
    etc = tmp_path / "etc"
    shutil.copytree(UNITS / "etc", etc)
    for name, held in SECRETS.items():
        (etc / "secrets" / name).parent.mkdir(parents=True, exist_ok=True)
        (etc / "secrets" / name).write_text(held)
    return _command(tmp_path, COMMAND)


@pytest.fixture
def told(operators: Run, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """What the command would be told by the script, in the place of the command."""
    run = _command(tmp_path, COMMAND.replace(f'{TYPED} "$@"', "env"))

    def tell(**said: str) -> dict[str, str]:
        done = run(**said)
        assert done.stderr == ""
        return dict(line.split("=", 1) for line in done.stdout.splitlines())

    return tell


def _command(tmp_path: Path, text: str) -> Run:
    script, etc, kept = tmp_path / "onestop", tmp_path / "etc", tmp_path / "kept"
    moved = text.replace("/etc/onestop", str(etc)).replace("/opt/onestop/current", str(ROOT))
    script.write_text(moved)
    script.chmod(0o755)
    (etc / "backup.env").write_text(f"BACKUP_RECIPIENTS={x25519.Identity.generate().to_public()}\nBACKUP_DIR={kept}\n")

    def run(*arguments: str, **said: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], **said}
        return subprocess.run([script, *arguments], check=False, capture_output=True, text=True, cwd=tmp_path, env=env)

    return run


def test_an_operators_commands_have_the_settings_of_the_machine(operators: Run) -> None:
    done = operators("town", "check", str(ROOT / "deploy/municipalities/maehia"))

    assert done.returncode == 0, done.stdout + done.stderr
    given = re.findall(r"^secret(?:_if_there)? ([A-Z_]+) \S+$", COMMAND, re.MULTILINE)
    assert set(given) <= KNOWN
    assert len(given) > 5


def test_a_value_with_spaces_or_in_quotes_is_read_as_systemd_reads_it(
    told: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    with (tmp_path / "etc/onestop.env").open("a") as env:
        env.write('SIGNING_ACR=gold silver  \nRATE_LIMITS="requests=600"\n# LOG_LEVEL=DEBUG\n; LOG_LEVEL=DEBUG\n')
        env.write("OTEL_EXPORTER_OTLP_ENDPOINT=$(touch executed)`touch executed`")
    given = told()
    assert given["SIGNING_ACR"] == "gold silver"
    assert given["RATE_LIMITS"] == "requests=600"
    assert given["OTEL_EXPORTER_OTLP_ENDPOINT"] == "$(touch executed)`touch executed`"
    assert "LOG_LEVEL" not in given
    assert not (tmp_path / "executed").exists()


def test_whoever_types_may_be_somebody_else_for_once(told: Callable[..., dict[str, str]], tmp_path: Path) -> None:
    """As the cluster's administrator, who gives rights."""
    mine, theirs = told(), told(KAFKA_SASL_USERNAME="admin", KAFKA_SASL_PASSWORD="theirs", MONGODB_URI_FILE="/root/uri")
    assert mine["KAFKA_SASL_USERNAME"] == "operators", "and not a service's, which its own file has"
    assert mine["KAFKA_SASL_PASSWORD_FILE"] == str(tmp_path / "etc/secrets/operators/kafka-password")
    assert theirs["KAFKA_SASL_USERNAME"] == "admin"
    assert (theirs["KAFKA_SASL_PASSWORD"], theirs["MONGODB_URI_FILE"]) == ("theirs", "/root/uri")
    assert "KAFKA_SASL_PASSWORD_FILE" not in theirs


def test_it_is_no_service_and_a_secret_that_few_towns_have_is_given_where_it_is(
    told: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    assert {"SERVICE", "PORT", "AGENCY_SECRETS_FILE"} & set(told()) == set()
    (tmp_path / "etc/secrets/notify/agency-secrets").write_text("pea=whsec_x")
    assert told()["AGENCY_SECRETS_FILE"].endswith("notify/agency-secrets")


def test_the_rights_are_given_as_the_page_says() -> None:
    page = (ROOT / "docs/operations/systemd.md").read_text("utf-8")
    assert (
        "\nKAFKA_SASL_USERNAME=admin KAFKA_SASL_PASSWORD_FILE=/root/kafka-admin onestop topics acls --apply\n" in page
    )
    first, _, after = page.partition("systemctl enable --now onestop.target")[0].partition("onestop users")
    assert "onestop topics acls --apply" in after
    assert "umask 077" in first


def test_a_secret_that_a_new_release_brings_is_named_before_its_services_start(tmp_path: Path) -> None:
    """The loop of the page, on a machine that has the secrets of before."""
    page = (ROOT / "docs/operations/systemd.md").read_text("utf-8").partition("## A new release, and back")[2]
    loop = "for service in" + page.partition("for service in")[2].partition("\ndone\n")[0] + "\ndone\n"
    there = tmp_path / "etc"
    for file in ("session-secret", "link-secret", "oidc-client-secret"):
        (there / file).parent.mkdir(exist_ok=True)
        (there / file).touch()
    for service in SERVICES:
        (there / service).mkdir()
        for file in ("mongodb-uri", "kafka-password", *(["smtp-url"] if service == "notify" else [])):
            (there / service / file).touch()
    moved = loop.replace(":/etc/onestop/secrets/", ":").replace("s/%i/", f"s#/etc/onestop/secrets#{there}#; s/%i/")
    done = subprocess.run(["sh", "-c", moved], check=False, capture_output=True, text=True, cwd=ROOT)

    assert sorted(re.findall(rf"{there}/([\w/-]+)", done.stderr)) == [
        "permits/seal-key", "permits/seal-password", "permits/signature-secret",
    ]  # fmt: skip


def test_an_operators_doctor_sees_what_the_services_and_the_backups_of_the_machine_have(operators: Run) -> None:
    """What it finds unsafe must be so, else nobody reads it."""
    said = operators("doctor", "--only", "settings", "--only", "backup").stdout

    assert [line for line in said.splitlines() if line.startswith("unsafe")] == []
    assert [line for line in said.splitlines() if line.startswith("broken")] == [
        line for line in said.splitlines() if "holds no backup: run" in line
    ]


def test_what_an_operator_keeps_belongs_to_whoever_the_folder_does(operators: Run, tmp_path: Path) -> None:
    """The timer, which is not root, goes on with it."""
    if os.geteuid() != 0:
        pytest.skip("needs root, as the command does")
    chain = tmp_path / "kept" / "chain"
    chain.mkdir(parents=True)
    os.chown(tmp_path / "kept", 4321, 4321)

    assert operators("backup", "list").returncode == 1, "nothing is kept"
    assert (chain.stat().st_uid, chain.stat().st_gid) == (4321, 4321)

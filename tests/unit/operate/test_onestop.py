"""One name for every command of an operator: which there are, what each says of itself, and how it fails."""

import argparse
import ast
import importlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pymongo.errors import OperationFailure

from shared.kernel import now
from tests.support.source import ROOT, modules
from tools.operate.__main__ import COMMANDS, main
from tools.operate.asking import at_least_one, moment, need_sure, past, reference, words
from tools.operate.failures import NotDone, explain
from tools.piped import GONE

FOLDER = ROOT / "tools/operate"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_what_it_takes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: onestop {name} ")


def test_the_list_names_every_command_and_what_an_exit_status_means(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert [name for name, does in COMMANDS.items() if f"  {name:10} {does}\n" not in shown] == []
    assert "2    asked wrongly" in shown


def test_what_is_no_command_is_refused_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rebuild"])
    assert ended.value.code == 2
    assert "choose from" in capsys.readouterr().err


def test_there_is_no_second_door() -> None:
    """A module that ran by itself would have errors, exit statuses and a name of its own."""
    doors = [path.name for path in FOLDER.rglob("*.py") if '__name__ == "__main__"' in path.read_text("utf-8")]
    assert doors == ["__main__.py"]
    commands = {
        path.stem for path in FOLDER.glob("*.py")
        if path.stem != "__main__" and "\ndef main(arguments: Sequence[str]) -> int:" in path.read_text("utf-8")
    }  # fmt: skip
    assert commands <= {name.replace("-", "_") for name in COMMANDS}


def test_what_an_operator_reads_and_does_is_the_same_on_a_developers_machine_as_in_a_town() -> None:
    """`ENVIRONMENT` says what a service refuses to start with, which the doctor names; nothing else asks for it."""
    asking = [
        module.path
        for module in modules("shared", "services", "tools")
        if any(isinstance(node, ast.Attribute) and node.attr == "environment" for node in ast.walk(module.tree))
    ]
    assert asking == ["shared/web/safety.py"]


def test_a_fault_of_the_code_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("tools.operate.town"), "main", lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        main(["town"])


def test_a_refused_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SSH-secret")
    assert main(["dlq", "list", "--group", "notify"]) == 2
    told = capsys.readouterr().err
    assert "KAFKA_SECURITY_PROTOCOL" in told
    assert "SSH-secret" not in told


@pytest.mark.parametrize("name", ["status", "audit", "doctor"])
def test_a_secret_that_is_not_there_yet_is_one_sentence(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONGODB_URI_FILE", "/nowhere/mongodb-uri")
    assert main([name]) == (1 if name == "doctor" else 2)
    told = "".join(capsys.readouterr())
    assert "settings are refused: MONGODB_URI_FILE=/nowhere/mongodb-uri: No such file or directory" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("asked", [["users"], ["topics", "acls"], ["topics", "list"]], ids=" ".join)
def test_what_one_needs_to_make_the_secrets_needs_none(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As on a bare machine on the first day: the names are set, and the files are not there."""
    for name, value in {
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_USERNAME": "operators", "MONGODB_PREFIX": "chiang-dao",
        "KAFKA_SASL_PASSWORD_FILE": "/nowhere/kafka-password", "MONGODB_URI_FILE": "/nowhere/mongodb-uri",
        "TOPIC_PREFIX": "chiang-dao.",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert main(asked) == 0
    assert "chiang-dao" in capsys.readouterr().out


def test_a_database_that_answers_and_will_not_is_told_from_one_that_is_away() -> None:
    assert "refuses: OperationFailure: not authorized" in (explain(OperationFailure("not authorized", 13)) or "")


def test_interrupting_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("tools.operate.town"), "main", interrupted)
    assert main(["town"]) == 130


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-26", datetime(2026, 11, 26, tzinfo=UTC)),
        ("2026-11-26T08:30:00+07:00", datetime(2026, 11, 26, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_day_or_a_time(text: str, at: datetime) -> None:
    assert moment(text) == at


def test_a_moment_is_so_long_ago() -> None:
    assert timedelta(hours=6) <= now() - moment("6h") < timedelta(hours=6, seconds=10)


@pytest.mark.parametrize("text", ["yesterday", "6w", "2026-13-01", "26.11.2026", ""])
def test_a_moment_that_cannot_be_read_is_refused_with_what_can(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="write 6h"):
        moment(text)


def test_what_is_yet_to_come_cannot_be_asked_about() -> None:
    assert past("6h") < now()
    with pytest.raises(argparse.ArgumentTypeError, match="2126-01-01 is yet to come"):
        past("2126-01-01")


@pytest.mark.parametrize("typed", ["MH-4K7T-29Q8", "mh-4k7t-29q8", " mh 4k7t 29q8", "MH4K7T29Q8", "mh-4k7t-29q8\u200b"])
def test_a_reference_is_read_however_it_is_typed(typed: str) -> None:
    assert reference(typed) == "MH-4K7T-29Q8"


@pytest.mark.parametrize("typed", ["nope", "mh-4k7t-29q9", "4k7t-29q8", ""])
def test_what_is_no_reference_is_shown_as_it_was_typed(typed: str) -> None:
    assert reference(typed) == typed.upper()


@pytest.mark.parametrize("typed", ["0", "-3", "many", "1.5", ""])
def test_a_number_of_things_is_at_least_one(typed: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        at_least_one(typed)


def test_what_stays_on_record_says_something() -> None:
    assert words(" the rule was wrong ") == "the rule was wrong"
    with pytest.raises(argparse.ArgumentTypeError):
        words("  ")


ASKED = {"reference": "reference", "because": "words", "most": "at_least_one", "since": "past"}


@pytest.mark.parametrize("name", ["audit", "dlq", "republish", "reroute", "resend", "restore", "route", "trace"])
def test_each_command_takes_what_they_have_in_common_in_the_same_way(name: str) -> None:
    """Where one takes any time, number or word, a mistyped one is answered as if all were well."""
    module = ast.parse((FOLDER / f"{name}.py").read_text("utf-8"))
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument":
            argument = str(getattr(call.args[0], "value", "")).removeprefix("--")
            how = {word.arg: ast.unparse(word.value) for word in call.keywords}
            if argument in ASKED and (name, argument) != ("reroute", "reference"):  # that one knows the town's prefix
                assert how.get("type") == ASKED[argument], f"{name} {argument}"


def test_what_cannot_be_undone_is_never_done_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(NotDone, match="say --yes"):
        need_sure(argparse.Namespace(yes=False), "this erases a contact")
    need_sure(argparse.Namespace(yes=True), "this erases a contact")


@pytest.mark.parametrize(("answer", "goes_on"), [("yes", True), ("y", False), ("", False)])
def test_only_a_whole_yes_goes_on(monkeypatch: pytest.MonkeyPatch, answer: str, goes_on: bool) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    if goes_on:
        need_sure(argparse.Namespace(yes=False), "this erases a contact")
    else:
        with pytest.raises(NotDone, match="nothing was done"):
            need_sure(argparse.Namespace(yes=False), "this erases a contact")


COMMANDS_OF = "tools.operate."
VERBS = {"backup": ("take", "list"), "town": ("check",), "route": ("try", "compare")}


def help_of(name: str, capsys: pytest.CaptureFixture[str], *verb: str) -> str:
    with pytest.raises(SystemExit):
        main([name, *verb, "--help"])
    return capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_answers_programs_and_says_first_what_it_would_change(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [help_of(name, capsys, verb) for verb in VERBS.get(name, ())] or [help_of(name, capsys)]

    assert all("--json" in one for one in told)
    source = importlib.import_module(COMMANDS_OF + name.replace("-", "_")).__file__ or ""
    changes = "add_operator(" in Path(source).read_text("utf-8")
    assert not changes or all("--dry-run" in one for one in told)


@pytest.mark.parametrize(
    "command",
    ["tools.operate topics acls --json", "tools.operate dlq --help", "tools.manifests --help", "deploy.local --help"],
)
def test_a_reader_that_goes_is_no_fault(command: str) -> None:
    """As `| head`: what reads is gone before anything is said."""
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) in [(GONE, ""), (0, "")]  # argparse leaves a help that nobody reads

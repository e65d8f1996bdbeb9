"""What the dead letters' command says and with which exit status, on letters of our own."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from shared.kernel.dlq import DeadLetter, PutBack
from tools.operate import dlq
from tools.operate.__main__ import main

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
BUG = DeadLetter(
    "internal.reports.v1/3/17",
    "internal.reports.v1",
    b"01J",
    b'{"a": 1}',
    [("ce_type", b"onestop.report.submitted.v1")],
    "bug",
    "KeyError: 'drain'",
    AT,
)
NONSENSE = DeadLetter(
    "internal.reports.v1/3/18", "internal.reports.v1", None, b"\xff", (), "undecodable", "no ce_type", AT
)


class Letters:
    """Stands where the topic's letters are read."""

    kept: Sequence[DeadLetter] = ()
    replayed: Sequence[DeadLetter] = ()
    by = ""

    def __init__(self, *_: object) -> None:
        """One group's."""

    async def all(self) -> Sequence[DeadLetter]:
        """Those of the test."""
        return self.kept

    async def replay(self, letters: Sequence[DeadLetter], by: str, _put_back: PutBack) -> None:
        """Noted."""
        Letters.replayed, Letters.by = letters, by


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> type[Letters]:
    monkeypatch.setattr(dlq, "DeadLetters", Letters)
    Letters.kept, Letters.replayed = (), ()
    return Letters


def run(*arguments: str) -> int:
    return main(["dlq", *arguments, "--group", "dispatch"])


@pytest.mark.usefixtures("letters")
def test_programs_are_answered_in_json_also_when_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_letter_in_json_has_each_part_under_its_name(
    letters: type[Letters], capsys: pytest.CaptureFixture[str]
) -> None:
    letters.kept = [BUG, NONSENSE]
    assert run("list", "--json") == 0
    bug, nonsense = json.loads(capsys.readouterr().out)
    assert (bug["id"], bug["reason"], bug["event_type"], bug["value"]) == (
        BUG.id, "bug", "onestop.report.submitted.v1", '{"a": 1}',
    )  # fmt: skip
    assert (nonsense["key"], nonsense["value"]) == ("(null)", "\\xff")


def test_who_replays_is_on_record_and_in_a_container_must_say_it(
    letters: type[Letters], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    letters.kept = [BUG]
    monkeypatch.setattr("getpass.getuser", lambda: "onestop")

    assert run("replay", BUG.id) == 2
    assert "say who you are with --by" in capsys.readouterr().err
    assert not letters.replayed

    assert run("replay", BUG.id, "--by", "somchai") == 0
    assert letters.by == "somchai"


@pytest.mark.usefixtures("letters")
def test_no_letters_is_good_news(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert capsys.readouterr().out == "no dead letters\n"


def test_a_letter_that_is_asked_for_by_id_must_be_there(letters: type[Letters]) -> None:
    letters.kept = [BUG]
    assert run("show", "internal.reports.v1/0/0") == 1
    assert run("show", BUG.id) == 0


def test_all_letters_are_replayed_only_when_all_is_said(
    letters: type[Letters], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    letters.kept = [BUG, NONSENSE]
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    assert run("replay") == 2
    assert "say which to replay" in capsys.readouterr().err
    assert not letters.replayed

    assert run("replay", "--all") == 2
    assert "2 dead letters are replayed. This cannot be undone" in capsys.readouterr().err
    assert not letters.replayed

    assert run("replay", "--all", "--dry-run") == 0
    assert not letters.replayed

    assert run("replay", "--all", "--yes") == 0
    assert letters.replayed == [BUG, NONSENSE]


def test_who_replays_what_cannot_be_decoded_is_warned(
    letters: type[Letters], capsys: pytest.CaptureFixture[str]
) -> None:
    letters.kept = [BUG, NONSENSE]

    run("replay", BUG.id)
    assert "decoded" not in capsys.readouterr().err
    run("replay", NONSENSE.id)
    assert "parked again" in capsys.readouterr().err


def test_a_letter_is_shown_with_what_each_part_is_and_who_replayed_it(
    letters: type[Letters], capsys: pytest.CaptureFixture[str]
) -> None:
    letters.kept = [DeadLetter(**{**vars(BUG), "state": "replayed", "note": "somchai", "resolved_at": AT})]

    run("show", BUG.id)

    shown = capsys.readouterr().out
    assert "state:      replayed by somchai at 2026-11-02T09:00:00+00:00\n" in shown
    assert "why:        KeyError: 'drain'\n" in shown
    assert "event type: onestop.report.submitted.v1\n" in shown
    assert 'value:\n  {"a": 1}\n' in shown


def test_a_broker_that_is_away_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")

    assert run("list") == 2

    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        "Kafka at 127.0.0.1:1 gives no answer; `make up` starts it (elsewhere: is KAFKA_BOOTSTRAP_SERVERS right?)"
    )


HOSTILE = DeadLetter(
    "internal.reports.v1/3/19", "internal.reports.v1", b"\x1b[2J", "น้ำ\x1b]0;pwned\x07\u202e".encode(),
    [("ce_type", b"\x1b[31mfake\nstate: replayed"), ("\x9b1m", b"x")], "bug", "why\x1b[2J\r", AT,
)  # fmt: skip


@pytest.mark.parametrize("verb", ["list", "show"])
def test_what_commands_a_terminal_is_shown_and_never_obeyed(
    letters: type[Letters], capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    letters.kept = [HOSTILE]
    assert run(verb) == 0
    shown = capsys.readouterr().out
    assert not [char for char in shown if not char.isprintable() and char != "\n"]
    assert "\\x1b[31mfake\\nstate: replayed" in shown
    assert verb == "list" or "น้ำ" in shown


@pytest.mark.parametrize("order", ["before", "between", "after"])
def test_an_id_may_stand_anywhere_among_the_options(letters: type[Letters], order: str) -> None:
    letters.kept = [BUG, NONSENSE]
    arguments = {
        "before": ["replay", BUG.id, "--reason", "bug"],
        "between": ["replay", "--reason", "bug", BUG.id],
        "after": ["--reason", "bug", "replay", BUG.id],
    }[order]
    assert run(*arguments) == 0
    assert letters.replayed == [BUG]

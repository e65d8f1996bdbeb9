"""The command line: what cannot be tried ends with status 2 and a sentence, never with a traceback."""

from pathlib import Path

import pytest

from tools.play.__main__ import main
from tools.play.options import arguments, columns, pace
from tools.play.rows import Columns


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--file", "none.csv"], "cannot read none.csv"),
        (["--file", "{file}"], "no column 'category'"),
        (["--file", "{file}", "--category", "kind", "--limit", "5"], "holds no rows"),
        (["--file", "{file}", "--category-map", "{file}"], "is no category map"),
    ],
)
def test_a_file_that_cannot_be_used_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], sentence: str
) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("text,kind\n")
    assert main([word.format(file=file) for word in given]) == 2
    assert sentence in capsys.readouterr().err


def test_without_a_broker_it_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    assert main([]) == 2
    assert "no Kafka at 127.0.0.1:1" in capsys.readouterr().err


def test_flags_name_columns() -> None:
    options = arguments().parse_args(["--text", "comment", "--at", "reported_at"])
    assert columns(options) == Columns(text="comment", at="reported_at")


def test_a_file_is_sent_faster_than_the_shipped_cases() -> None:
    assert pace(arguments().parse_args([])).parallel < pace(arguments().parse_args(["--file", "x"])).parallel
    assert pace(arguments().parse_args(["--file", "x", "--parallel", "7"])).parallel == 7


def test_nothing_at_a_time_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments().parse_args(["--parallel", "0"])
    assert "must be 1 or more" in capsys.readouterr().err

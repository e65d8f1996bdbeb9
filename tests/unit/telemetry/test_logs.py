"""One JSON object per line, with the ids of its trace and case, and without a person's data."""

import json
import logging
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from shared.release import read_own
from shared.settings import ServiceSettings
from shared.telemetry import get_log, set_case, setup, shutdown, span
from shared.telemetry.logs import PERSONAL, SPARSE_SECONDS, Sparse
from tests.support.commands import logging_as_it_was

log = get_log("services.intake.api")


@pytest.fixture(autouse=True)
def _telemetry() -> Iterator[None]:
    with logging_as_it_was():
        setup("intake", ServiceSettings(log_level="info"))
        yield
        shutdown()


def _only_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_a_line_says_when_how_bad_who_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    log.warning("broker is away, waiting %d s", 3, extra={"topic": "internal.reports.v1"})

    line = _only_line(capsys)
    time = line.pop("time")
    assert time.endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "services.intake.api",
        "message": "broker is away, waiting 3 s",
        "service": "intake",
        "release": str(read_own()),
        "topic": "internal.reports.v1",
    }


def test_inside_a_span_a_line_carries_the_ids_of_trace_and_case(capsys: pytest.CaptureFixture[str]) -> None:
    with span("request") as current:
        set_case(case_id="01J", reference="MH-1")
        with span("save"):
            log.info("saved")

    line = _only_line(capsys)
    assert line["trace_id"] == f"{current.get_span_context().trace_id:032x}"
    assert len(line["span_id"]) == 16
    assert (line["case_id"], line["reference"]) == ("01J", "MH-1")


@pytest.mark.parametrize("field", sorted(PERSONAL))
def test_a_field_named_like_personal_data_is_refused_by_name(capsys: pytest.CaptureFixture[str], field: str) -> None:
    log.info("received", extra={field: "0812345678"})

    line = _only_line(capsys)
    assert line["refused_fields"] == [field]
    assert "0812345678" not in json.dumps(line)


def test_an_exception_is_shown_without_what_was_sent(capsys: pytest.CaptureFixture[str]) -> None:
    class Reporter(BaseModel):
        age: int

    sent = {"age": "my phone is 0812345678"}
    try:
        Reporter.model_validate(sent)
    except ValidationError:
        log.exception("malformed")

    line = _only_line(capsys)
    assert "ValidationError" in line["exception"]
    assert "input_value=…, input_type=str" in line["exception"]
    assert "0812345678" not in json.dumps(line)


def test_a_duplicate_keys_value_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    log.warning('E11000 duplicate key error index: address_1 dup key: { address: "a@b.example" }')

    assert "a@b.example" not in json.dumps(_only_line(capsys))


def test_a_message_of_many_lines_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.info("first\nsecond ถนน")

    assert _only_line(capsys)["message"] == "first\nsecond ถนน"


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    log.debug("detail")

    assert capsys.readouterr().out == ""


def test_the_servers_own_lines_come_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("uvicorn.error").info("Application startup complete.")

    assert _only_line(capsys)["logger"] == "uvicorn.error"


def test_the_servers_access_lines_with_whole_urls_are_off(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("uvicorn.access").info('"GET /track/MH-1?secret=abc HTTP/1.1" 200')

    assert capsys.readouterr().out == ""


def test_a_client_that_floods_writes_once_a_minute_and_place_and_says_how_much_it_left_out() -> None:
    seconds = 0.0
    sparse = Sparse(lambda: seconds)
    record = partial(logging.LogRecord, "aiokafka", logging.ERROR, "client.py", args=(), exc_info=None)

    assert [sparse.filter(record(lineno=435, msg="Unable connect")) for _ in range(100)] == [True] + [False] * 99
    assert sparse.filter(record(lineno=749, msg="Failed fetch")), "another place has its own line"
    seconds = SPARSE_SECONDS
    again = record(lineno=435, msg="Unable connect")
    assert sparse.filter(again)
    assert vars(again)["left_out"] == 99


def test_what_is_our_own_is_never_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        log.warning("broker is away")
        logging.getLogger("aiokafka.consumer.fetcher").error("Failed fetch messages from 1: away")

    lines = [json.loads(line)["logger"] for line in capsys.readouterr().out.splitlines()]
    assert lines == ["services.intake.api", "aiokafka.consumer.fetcher", "services.intake.api", "services.intake.api"]


def test_what_a_call_adds_is_shown_without_what_was_sent(capsys: pytest.CaptureFixture[str]) -> None:
    log.error("parked", extra={"why": "wrong [type=int, input_value='0812345678', input_type=str]"})

    assert "0812345678" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "cut_off", ["wrong [type=int, input_value='0812345678", 'E11000 dup key: { phone: "0812345678']
)
def test_what_was_sent_is_not_shown_of_a_quotation_that_is_cut_off(
    cut_off: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log.error(cut_off)

    assert "0812345678" not in capsys.readouterr().out


def test_a_command_that_says_nothing_leaves_nobody_silent() -> None:
    with logging_as_it_was():
        logging.root.setLevel("CRITICAL")
        assert not log.isEnabledFor(logging.WARNING)

    assert log.isEnabledFor(logging.WARNING)

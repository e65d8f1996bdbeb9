"""One JSON object per line on stdout, with the trace and the case it belongs to; personal data is left out by name.

What a log call adds goes through `extra=`; the ids are taken from the current span.
"""

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from opentelemetry import trace

from shared.release import read_own
from shared.telemetry.spans import case_of_span

# Field names that suggest personal data. Such a field is dropped, and the log line says which.
PERSONAL: Final = frozenset(
    {
        "first_name",
        "last_name",
        "full_name",
        "phone",
        "telephone",
        "mobile",
        "email",
        "mail",
        "recipient",
        "line_id",
        "address",
        "text",
        "comment",
        "description",
        "latitude",
        "longitude",
        "location",
        "place",
        "contact",
        "reporter",
        "applicant",
        "citizen_id",
        "national_id",
        "secret",
        "token",
        "password",
        "body",
        "payload",
        "value",
        "headers",
        "cookie",
        "authorization",
        "ip",
    }
)
# A client that loses its broker writes a hundred lines a second; each place of its code may write one a minute.
SPARSE: Final = "aiokafka"
SPARSE_SECONDS: Final = 60.0
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
# Pydantic quotes what was sent, MongoDB the duplicate key's value, in the text of their exceptions. A quotation that is
# cut off goes to the end: nothing of it is written, and no text is searched again from each of its beginnings.
_QUOTES: Final = ("input_value=", "dup key: ")
_QUOTED: Final = re.compile(r"(input_value=).*?(?=, input_type=|\Z)|(dup key: )\{.*?(?:\}|\Z)", re.DOTALL)

_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)  # `json.dumps` would make one for each line


def get_log(name: str) -> logging.Logger:
    """The module's logger: `log = get_log(__name__)`."""
    return logging.getLogger(name)


def configure(service_name: str, level: str) -> None:
    """Sends every logger of the process, uvicorn's too, through one JSON handler."""
    handler = _Stdout()
    handler.setFormatter(JsonLines(service_name))
    handler.addFilter(Sparse())
    logging.root.handlers = [handler]
    # Which thread or process wrote a line stands in none.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    # Lines of these two hold whole URLs, and those hold secret links; `HttpTelemetry` writes one per request instead.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("httpx").setLevel(logging.WARNING)


class _Stdout(logging.StreamHandler[TextIO]):
    """Looks stdout up at each line: test runners and supervisors replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)


class Sparse(logging.Filter):
    """Lets each place of the client's code write once a minute; `left_out` counts what it would have written since."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(SPARSE)
        self._clock = clock
        self._written: dict[tuple[str, int], float] = {}
        self._left_out: dict[tuple[str, int], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not super().filter(record) or record.levelno < logging.INFO:
            return True
        place = (record.name, record.lineno)
        written = self._written.get(place)
        if written is not None and self._clock() - written < SPARSE_SECONDS:
            self._left_out[place] = self._left_out.get(place, 0) + 1
            return False
        self._written[place] = self._clock()
        if left_out := self._left_out.pop(place, 0):
            record.left_out = left_out
        return True


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def __init__(self, service_name: str) -> None:
        super().__init__()
        self._service = service_name
        self._release = str(read_own())

    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in _OWN}
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _cut_quotes(record.getMessage()),
            "service": self._service,
            "release": self._release,
            **_ids(),
            **{
                name: _cut_quotes(value) if isinstance(value, str) else value
                for name, value in extra.items()
                if name not in PERSONAL
            },
        }
        if refused := sorted(PERSONAL & extra.keys()):
            line["refused_fields"] = refused
        if record.exc_info and record.exc_info[1]:
            line["exception"] = _cut_quotes("".join(traceback.format_exception(record.exc_info[1])))
        return _ENCODER.encode(line)


def _ids() -> dict[str, str]:
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    ids = {"trace_id": trace.format_trace_id(context.trace_id), "span_id": trace.format_span_id(context.span_id)}
    return ids | {name.removeprefix("onestop.").replace(".", "_"): value for name, value in case_of_span().items()}


def _cut_quotes(text: str) -> str:
    if not any(begins in text for begins in _QUOTES):
        return text
    return _QUOTED.sub(lambda match: f"{match[1] or match[2]}…", text)

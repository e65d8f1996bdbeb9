"""An operator's commands on a running stack, as in a shell with the stack's addresses."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from tests.support.stack import Stack
from tools.operate.__main__ import main


def onestop(stack: Stack, *arguments: str, status: int | None = 0, town: Path | None = None) -> Any:
    """The answer in JSON; `status` None: either will do."""
    env = {**stack.env, **({"TOWN_DIR": str(town)} if town else {})}
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as said, logging_as_it_was():
        for name, value in env.items():
            patch.setenv(name, value)
        ended = main([*arguments, "--json"])
    assert status in (None, ended)
    return json.loads(said.getvalue())


@contextmanager
def logging_as_it_was() -> Iterator[None]:
    """A command is a process of its own elsewhere, and sends its process's lines where it likes."""
    before = logging.root.handlers, logging.root.level
    try:
        yield
    finally:
        logging.root.handlers = before[0]
        logging.root.setLevel(before[1])  # not `level =`: loggers remember what they may say until they are told so

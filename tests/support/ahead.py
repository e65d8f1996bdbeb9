"""Dispatch with a clock that is an hour ahead: `python -m tests.support.ahead …` is `python -m services …`."""

import sys
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from deploy.local.part import Part, http_ready
from shared.kernel import clock

AHEAD = "dispatch-ahead"


class HourAhead(datetime):
    """What the one place that asks for the time is told."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(hours=1)


def ahead(part: Part, port: int) -> Part:
    """The same service on its own port. It answers only: by its clock everything of the next hour is due."""
    argv = [sys.executable, "-m", "tests.support.ahead", *part.argv[3:]]
    argv[argv.index("--port") + 1] = str(port)
    env = {**part.env, "ROLES": "api"}
    return replace(part, name=AHEAD, argv=argv, env=env, ports=(port,), ready=lambda: http_ready(port, "/readyz"))


if __name__ == "__main__":
    from services.__main__ import main

    clock.datetime = HourAhead  # type: ignore[attr-defined]
    main(sys.argv[1:])

"""The next release of dispatch as a part of a stack, beside the one that runs."""

import sys
from dataclasses import replace

from deploy.local.part import Part, http_ready

NEWER = "dispatch-newer"


def newer(part: Part, port: int) -> Part:
    """The same service a release further on, on its own port."""
    argv = [sys.executable, "-m", "tests.support.newer", *part.argv[3:]]
    argv[argv.index("--port") + 1] = str(port)
    return replace(part, name=NEWER, argv=argv, ports=(port,), ready=lambda: http_ready(port, "/readyz"))

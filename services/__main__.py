"""`python -m services intake`: one process of a service, served alike at a desk, under systemd and in the image."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import httpx
import uvicorn
from pydantic import ValidationError

from shared.events.catalogue import SERVICES
from shared.kernel.garbage import collect_later
from shared.settings import MissingFile, ServerSettings
from shared.telemetry.logs import configure, get_log
from shared.town import TownError
from shared.web import crowd, supervised
from shared.web.safety import UnsafeConfiguration
from shared.web.slow_readers import ReadInTime

log = get_log(__name__)

# What somebody wrote that cannot be: settings, a town's profile. A traceback would only hide the sentence.
REFUSALS = (ValidationError, MissingFile, TownError, UnsafeConfiguration)
# The last wall, of probes too: those of a proxy that are kept but idle count. Requests are bounded in `Crowd`.
CONNECTIONS = 5 * crowd.MOST
# Longer than any client of ours waits before it comes again (Retry-After) and than the proxy keeps an idle connection
# (deploy/proxy/Caddyfile): who closes last never meets a request on its way.
IDLE_SECONDS = 75
READY_SECONDS = 1.0  # between two looks
NOT_STARTED = 3  # exit status, as uvicorn's own
OPEN_SECONDS = 5  # for open requests when it stops; the service's own stop (`SHUTDOWN_SECONDS`) comes after them


def main(arguments: Sequence[str]) -> None:
    """Serve; what is not said on the command line stands in the environment. Exit status 1: it must not start, and has
    logged each reason."""
    given = ServerSettings()
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    parser.add_argument("service", nargs="?", default=given.service or None, choices=SERVICES, metavar="SERVICE")
    parser.add_argument("--host", default=given.bind, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=given.port, help="port to listen on (%(default)s)")
    parser.add_argument("--prepare", action="store_true", help="make the indexes that this release needs, and end")
    asked = parser.parse_args(arguments)
    if not asked.service:
        parser.error(f"which service? Name it or set SERVICE: {', '.join(SERVICES)}")
    try:
        if asked.prepare:
            asyncio.run(prepare(asked.service))
        else:
            serve(asked.service, asked.host, asked.port)
    except REFUSALS as error:
        configure(asked.service, "INFO")
        log.critical("does not start", extra={"reasons": str(error).splitlines()})
        raise SystemExit(1) from None


def serve(service: str, host: str, port: int) -> None:
    """Until a signal comes; raises one of the `REFUSALS` when it must not start like this."""
    config = uvicorn.Config(
        f"services.{service}.app:create_app",
        factory=True,
        host=host,
        port=port,
        access_log=False,
        http=ReadInTime,
        ws="none",
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=OPEN_SECONDS,
    )
    server = Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(NOT_STARTED)


class Server(uvicorn.Server):
    """Tells who supervises it that it serves, as long as it does."""

    async def main_loop(self) -> None:
        """Begins when it serves, and ends when it is told to stop."""
        telling = asyncio.create_task(supervised.keep_telling())
        try:
            await super().main_loop()
        finally:
            telling.cancel()


async def prepare(service: str) -> None:
    """Returns once this release could serve: while it makes what it needs, the one before serves on."""
    os.environ["ROLES"] = ","  # none: it answers nobody, hears and publishes nothing, and does nothing that is due
    app = import_module(f"services.{service}.app").create_app()
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://here") as me:
        while (await me.get("/readyz")).is_error:  # noqa: ASYNC110 - asks as a probe does; nothing announces it
            await asyncio.sleep(READY_SECONDS)
    log.info("prepared")


if __name__ == "__main__":
    collect_later()
    main(sys.argv[1:])

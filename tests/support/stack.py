"""The real stack for tests: private instances on free ports with throw-away data, any subset, and faults on demand."""

import atexit
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local.machine import ROOT
from deploy.local.part import START_SECONDS, Part
from deploy.local.parts.edge import proxy
from deploy.local.parts.kafka import brokers, kafka
from deploy.local.parts.mongo import mongo, mongo_uri
from deploy.local.parts.services import environment, services, topics
from deploy.local.parts.watch import prometheus
from deploy.local.plan import IS_SECURED
from deploy.local.ports import Ports
from deploy.local.providers import DEVELOPMENT, Provider
from deploy.local.runner import Runner
from deploy.local.secured import ADMIN, secure
from deploy.local.token import token
from shared.brokers import Brokers
from shared.events.catalogue import SERVICES
from tests.support.guarded import kcat_options, ways_out
from tests.support.mailbox import Mailbox
from tests.support.traces import Traces
from tests.support.waiting import until
from tests.support.warm.processes import WarmProcesses

INSIDE = ("mail", "traces")  # run in the test process itself, so that what arrived can be looked at
EVERYTHING = ("mail", "traces", "kafka", "mongo", "oidc", "proxy", "topics", *SERVICES)


class Stack:
    """Nothing runs until `up`; leaving the `with` block (or dying) leaves neither processes nor data.

    Parts: kafka, mongo, oidc, proxy, topics (a task, no process), intake, dispatch, permits, notify, mail, traces, and
    prometheus, which is started only when it is named.
    """

    def __init__(
        self,
        *,
        is_secured: bool = IS_SECURED,
        provider: Provider = DEVELOPMENT,
        known_as: tuple[str, ...] = (),
        is_warm: bool = False,
        **env: str,
    ) -> None:
        """`env`: environment variables for all services, beside the addresses; `is_secured`: everybody signs in to
        broker and database, which `SECURE=1` makes of every stack; `provider`: where people do; `known_as`: names by
        which a secured one is met from elsewhere; `is_warm`: services are forked, where an operator's are imported anew
        at each start: for a stack that starts them often, and for none that is measured."""
        self.home = Path(tempfile.mkdtemp(prefix="onestop-"))
        self.ports = Ports.free()
        self.secured = secure(self.home, known_as, env.get("TOPIC_PREFIX", "")) if is_secured else None
        self.mailbox = Mailbox(self.ports.smtp, self.secured)
        self.traces = Traces(self.ports.zipkin, self.secured)
        self.env = {**environment(self.ports, {}, self.secured, provider), **self._test_environment(), **env}
        around = [kafka(self.home, self.ports, self.secured), mongo(self.home, self.ports, self.secured)]
        around += [build(self.home, self.ports) for build in (provider.part, proxy)]
        made = topics(self.env, self.ports, self.secured)
        own = services(self.ports, self.env, self.secured)
        self._runner = Runner(self.home, [*around, made, *own, prometheus(self.home, self.ports, self.env)])
        if is_warm:
            self._runner.processes = WarmProcesses(self.home)
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "tests.support.guard", str(self.home)],
            cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        atexit.register(self.close)

    # What tests connect to

    @property
    def kafka(self) -> str:
        """Bootstrap address."""
        return self.env["KAFKA_BOOTSTRAP_SERVERS"]

    @property
    def mongo(self) -> str:
        """Connection string."""
        return mongo_uri(self.ports, self.secured, ADMIN)

    def brokers(self, name: str) -> Brokers:
        """The broker's address, met as that principal where everybody signs in."""
        return brokers(self.ports, self.secured, name)

    @property
    def kafka_options(self) -> dict[str, Any]:
        """For an aiokafka client that may do everything."""
        return self.brokers(ADMIN).options()

    @property
    def kcat_options(self) -> list[str]:
        """The same for kcat."""
        return kcat_options(self.ports, self.secured) if self.secured else ["-b", self.kafka]

    def data(self) -> AsyncIOMotorClient[dict[str, Any]]:
        """A client that sees what the services see: only what the majority has, so that what it finds they find too."""
        return AsyncIOMotorClient(self.mongo, tz_aware=True, readConcernLevel="majority")

    @property
    def origin(self) -> str:
        """The one address that browsers see."""
        return self.env["PUBLIC_URL"]

    def url(self, service: str) -> str:
        """A service's own address, past the proxy (health, metrics)."""
        return f"http://127.0.0.1:{getattr(self.ports, service)}"

    def token(self, sub: str) -> str:
        """A bearer token of someone in `deploy/local/people.yaml`."""
        return token(
            sub,
            issuer=self.env["OIDC_ISSUER"],
            client=("onestop", "onestop-local"),
            redirect_uri=f"{self.origin}/auth/callback",
        )

    # Up and down

    def up(self, *parts: str) -> Self:
        """Start the named parts (all), in order; what runs already is left alone."""
        wanted = parts or EVERYTHING
        for name in INSIDE:
            if name in wanted:
                self._inside(name).start()
        if outside := [name for name in wanted if name not in INSIDE]:
            self._runner.up(outside)
        return self

    def rest(self) -> None:
        """Stop the services; what they stand on goes on."""
        for service in SERVICES:
            self._runner.stop(service)

    def close(self) -> None:
        """Stop everything and forget the data; may be called twice."""
        atexit.unregister(self.close)
        if self._guard.stdin is None or self._guard.stdin.closed:
            return
        for name in INSIDE:
            self._inside(name).stop()
        for name in reversed(self._runner.parts):
            if self._runner.processes.find(name) is not None:
                self._runner.processes.kill(name)
        self._guard.stdin.close()
        self._guard.wait(timeout=20)
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    # Faults

    def start(self, part: str) -> None:
        """Start one part and wait until it is ready."""
        self.up(part)

    def stop(self, part: str) -> None:
        """Stop one part as an operator would."""
        if part in INSIDE:
            self._inside(part).stop()
        else:
            self._runner.stop(part)

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End one part without warning."""
        self._runner.processes.kill(part, number)

    def restart(self, part: str) -> None:
        """Stop, start, ready."""
        self.stop(part)
        self.start(part)

    def pause(self, part: str) -> None:
        """The part hangs: connections stay open and nothing answers. Returns when its last thread stands still: on a
        busy machine one goes on for a moment after the signal, and answers."""
        self._runner.processes.send(part, signal.SIGSTOP)
        until(lambda: _stands_still(self.pid(part)), f"{part} to stand still")

    def resume(self, part: str) -> None:
        """The part goes on where it was."""
        self._runner.processes.send(part, signal.SIGCONT)

    def configure(self, service: str, **env: str) -> None:
        """Environment of one service from its next start on (`up` starts a running one anew)."""
        part = self._runner.parts[service]
        self._runner.parts[service] = replace(part, env={**part.env, **env})

    def part(self, name: str) -> Part:
        """How it is started, and with what."""
        return self._runner.parts[name]

    def change(self, name: str, how: Callable[[Part], Part]) -> None:
        """Anything else about a part, from its next start on."""
        self._runner.parts[name] = how(self._runner.parts[name])

    # Looking

    def wait_ready(self, part: str, seconds: float = START_SECONDS) -> None:
        """Return when the part is ready; StackError with its last words when it died or the time is up."""
        if part not in INSIDE:
            self._runner.wait_ready(part, seconds)

    def running(self, part: str) -> bool:
        """Its process lives (ready or not)."""
        return self._runner.processes.find(part) is not None

    def pid(self, part: str) -> int:
        """The process to look at; LookupError when it does not run."""
        record = self._runner.processes.find(part)
        if record is None:
            raise LookupError(f"{part} does not run")
        return record.pid

    def logs(self, part: str) -> str:
        """Everything the part printed."""
        log = self._runner.processes.log(part)
        return log.read_text(errors="replace") if log.exists() else ""

    def _inside(self, name: str) -> Mailbox | Traces:
        return self.mailbox if name == "mail" else self.traces

    def _test_environment(self) -> dict[str, str]:
        return {
            "ENVIRONMENT": "test",
            # Tests of one service speak in the name of its neighbours, who do not know those cases and refuse them.
            "PARK_REFUSED": "true",
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.ports.zipkin}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",  # ms: tests wait for spans
            **(ways_out(self.ports, self.secured) if self.secured else {}),
        }


def _stands_still(pid: int) -> bool:
    try:
        states = [one.read_text().rpartition(")")[2].split()[0] for one in Path(f"/proc/{pid}/task").glob("*/stat")]
    except (FileNotFoundError, ProcessLookupError):  # a thread has just ended
        return False
    return set(states) == {"T"}

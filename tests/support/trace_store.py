"""A store of traces as a town's collector meets it: OTLP over gRPC. It is the collector's own program once more, which
hands on what it takes to where a test looks at it.
"""

import json
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.cluster.programs import program
from deploy.local.part import Part, tcp_ready
from deploy.local.ports import free_ports
from deploy.local.runner import Runner
from tests.support.traces import Traces


class TraceStore:
    """`with TraceStore(home) as store`; it may be taken away and come back."""

    def __init__(self, home: Path) -> None:
        self.port, behind = free_ports(2)
        self.traces = Traces(behind)
        home.mkdir(parents=True, exist_ok=True)
        config = home / "store.json"
        config.write_text(json.dumps({
            "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"127.0.0.1:{self.port}"}}}},
            "exporters": {"otlphttp": {"endpoint": f"http://127.0.0.1:{behind}", "compression": "none"}},
            "service": {
                "telemetry": {"metrics": {"level": "none"}},
                "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["otlphttp"]}},
            },
        }))  # fmt: skip
        argv = [str(program("collector")), f"--config={config}"]
        self._runner = Runner(home, [Part("trace-store", argv, ready=lambda: tcp_ready(self.port))])

    def __enter__(self) -> Self:
        self.traces.start()
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()
        self.traces.stop()

    def start(self) -> None:
        """It takes what comes."""
        self._runner.up()

    def stop(self) -> None:
        """Nobody listens there any more."""
        self._runner.down()

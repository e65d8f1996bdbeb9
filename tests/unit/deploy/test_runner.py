"""The runner, on small real programs: order, idempotence, failures that name themselves, nothing left behind."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread, Timer

import pytest

from deploy.local.part import Part, service_trouble
from deploy.local.parts import services
from deploy.local.ports import free_ports
from deploy.local.processes import Processes
from deploy.local.runner import Runner, StackError

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
DEAF = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder whose programs are ended with the test."""
    yield tmp_path
    processes = Processes(tmp_path)
    for record in (tmp_path / "run").glob("*.json"):
        with suppress(LookupError):
            processes.kill(record.stem)


def test_parts_start_after_what_they_need(home: Path) -> None:
    order: list[str] = []

    def slowly() -> None:
        time.sleep(0.2)
        order.append("first")

    parts = [
        Part("first", SLEEP, settle=slowly),
        Part("task", [], needs=("first",), settle=lambda: order.append("task")),
        Part("last", SLEEP, needs=("task",), prepare=lambda: order.append("last")),
    ]
    Runner(home, parts).up()
    assert order == ["first", "task", "last"]


def test_an_extra_part_is_started_only_when_it_is_named(home: Path) -> None:
    stack = Runner(home, [Part("usual", SLEEP), Part("extra", SLEEP, is_extra=True)])
    stack.up()
    assert (stack.state("usual"), stack.state("extra")) == ("ready", "stopped")
    stack.up(["extra"])
    assert stack.state("extra") == "ready"
    assert stack.down() == ["extra", "usual"]


@pytest.mark.parametrize(("file", "anew"), [("pages/static/form.mjs", True), ("__pycache__/app.pyc", False)])
def test_a_service_is_started_anew_for_what_people_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, *, anew: bool
) -> None:
    monkeypatch.setattr(services, "ROOT", tmp_path)
    changed = tmp_path / "services/intake" / file
    changed.parent.mkdir(parents=True)
    (tmp_path / "services/intake/app.py").touch()
    before = services._code_version("intake", Path("town"))
    changed.touch()
    os.utime(changed, (2_000_000_000, 2_000_000_000))
    assert (services._code_version("intake", Path("town")) != before) is anew


def test_a_second_up_starts_nothing_anew(home: Path) -> None:
    runner = Runner(home, [Part("one", SLEEP)])
    runner.up()
    first = runner.processes.find("one")
    Runner(home, [Part("one", SLEEP)]).up()
    assert runner.processes.find("one") == first


def test_up_starts_anew_what_died_and_what_changed(home: Path) -> None:
    parts = [Part("dead", SLEEP), Part("changed", SLEEP)]
    runner = Runner(home, parts)
    runner.up()
    before = {name: runner.processes.find(name) for name in runner.parts}
    runner.processes.kill("dead")
    Runner(home, [parts[0], replace(parts[1], version="2")]).up()
    after = {name: runner.processes.find(name) for name in runner.parts}
    assert None not in after.values()
    assert before["dead"] != after["dead"]
    assert before["changed"] != after["changed"]


def test_down_ends_even_who_does_not_listen_and_says_so_once(home: Path) -> None:
    deaf = Part("deaf", DEAF, grace=0.3)
    runner = Runner(home, [replace(deaf, ready=lambda: "deaf" in runner.processes.log("deaf").read_text())])
    runner.up()
    assert runner.down() == ["deaf"]
    assert runner.processes.find("deaf") is None
    assert runner.down() == []


def test_a_paused_part_hears_that_it_is_to_stop(home: Path) -> None:
    runner = Runner(home, [Part("one", SLEEP, grace=30)])
    runner.up()
    runner.processes.send("one", signal.SIGSTOP)
    began = time.monotonic()
    assert runner.down() == ["one"]
    assert time.monotonic() - began < 10  # it heard the request and was not killed when its grace was over


def test_a_part_that_dies_is_reported_with_its_last_words(home: Path) -> None:
    dying = Part("dying", (sys.executable, "-c", "raise SystemExit('no such file: x.yaml')"), ready=lambda: False)
    with pytest.raises(StackError, match=r"dying ended while starting(.|\n)*no such file: x.yaml"):
        Runner(home, [dying]).up()


LATE = Part("traces", SLEEP, ready=lambda: False, start_seconds=0.2, can_wait=True)
DEAD = replace(LATE, argv=(sys.executable, "-c", ""), start_seconds=30)


@pytest.mark.parametrize(("part", "said"), [(LATE, "starting or stuck"), (DEAD, "stopped")])
def test_a_part_that_can_wait_is_named_and_fails_nothing_when_it_is_late_or_dead(
    home: Path, part: Part, said: str
) -> None:
    told: list[str] = []
    runner = Runner(home, [Part("one", SLEEP), part], say=told.append)
    runner.up()
    assert runner.state("one") == "ready"
    assert f"traces     is {said}: nothing else needs it; `make status` shows it" in told


@pytest.mark.parametrize("part", [LATE, DEAD])
def test_who_names_a_part_that_can_wait_is_told_that_it_failed(home: Path, part: Part) -> None:
    with pytest.raises(StackError, match=r"traces (was not ready|ended while starting)"):
        Runner(home, [Part("one", SLEEP), part]).up(["traces"])


def test_a_part_that_can_wait_hides_no_failure_of_another(home: Path) -> None:
    dying = Part("dying", (sys.executable, "-c", ""), ready=lambda: False)
    told: list[str] = []
    with pytest.raises(StackError, match="dying ended"):
        Runner(home, [dying, replace(LATE, start_seconds=30)], say=told.append).up()
    assert told == []


def test_a_second_up_lets_a_part_that_can_wait_go_on_starting(home: Path) -> None:
    well = home / "well"
    part = replace(LATE, ready=well.exists)
    runner = Runner(home, [part])
    runner.up()
    before = runner.processes.find("traces")
    assert before is not None
    again = Runner(home, [replace(part, start_seconds=30)])
    again.patience = 0
    Timer(0.3, well.touch).start()
    again.up()
    assert again.processes.find("traces") == before


def test_what_needs_a_failed_part_is_not_started(home: Path) -> None:
    dying = Part("dying", (sys.executable, "-c", ""), ready=lambda: False)
    runner = Runner(home, [dying, Part("next", SLEEP, needs=("dying",))])
    with pytest.raises(StackError, match="dying ended"):
        runner.up()
    assert runner.processes.find("next") is None


def test_a_busy_port_is_refused_naming_its_holder_and_the_way_out(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        part = Part("kafka", SLEEP, ports=(port,), replace_by="KAFKA_BOOTSTRAP_SERVERS")
        with pytest.raises(
            StackError, match=rf"port {port} \(kafka\) is held by pid \d+ (.|\n)*KAFKA_BOOTSTRAP_SERVERS"
        ):
            Runner(home, [part]).up()


def test_a_part_that_is_asked_for_but_unknown_is_refused(home: Path) -> None:
    with pytest.raises(StackError, match="no part is called kafak; there are kafka"):
        Runner(home, [Part("kafka", SLEEP)]).up(["kafak"])


def test_a_recycled_process_number_is_not_taken_for_ours(home: Path) -> None:
    runner = Runner(home, [Part("one", SLEEP, ports=(free_ports(1)[0],))])
    runner.up()
    record = runner.processes.find("one")
    assert record is not None
    file = home / "run" / "one.json"
    file.write_text(file.read_text().replace(str(record.born), str(record.born - 1)))
    assert runner.processes.find("one") is None
    file.write_text(file.read_text().replace(str(record.born - 1), str(record.born)))


def test_up_gives_a_part_that_runs_time_to_become_ready_again(home: Path) -> None:
    well = home / "well"
    part = Part("one", SLEEP, ready=well.exists)
    well.touch()
    runner = Runner(home, [part])
    runner.up()
    before = runner.processes.find("one")
    well.unlink()
    Timer(0.3, well.touch).start()

    runner.up()

    assert runner.processes.find("one") == before


def test_up_starts_anew_what_does_not_become_ready_again(home: Path) -> None:
    answers = iter([True, False, False, False, True, True])
    runner = Runner(home, [Part("one", SLEEP, ready=lambda: next(answers))])
    runner.up()
    before = runner.processes.find("one")
    runner.patience = 0.15

    runner.up()

    assert runner.processes.find("one") not in (None, before)


class Hindered(BaseHTTPRequestHandler):
    """A service whose consumer does not go on."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == self.server.serves else 503)  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(b'{"problems": {"consumer": "Kafka is away"}}')

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize(("serves", "said"), [("/readyz", "serves; hindered"), ("nothing", "does not serve")])
def test_a_service_that_is_not_ready_says_why_and_whether_it_serves(home: Path, serves: str, said: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hindered)
    server.serves = serves  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    part = Part("one", SLEEP)
    Runner(home, [part]).up()
    with closing(server.socket):
        stuck = replace(part, ready=lambda: False, trouble=lambda: service_trouble(server.server_port))
        assert Runner(home, [stuck]).state("one") == f"{said}: consumer: Kafka is away"
        server.shutdown()
    assert Runner(home, [stuck]).state("one") == "starting or stuck"

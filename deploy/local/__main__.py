"""`python -m deploy.local up|down|status|logs|run|token|setup`: the commands behind the Makefile."""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from deploy.local import downloads, machine, seal
from deploy.local import token as flow
from deploy.local.keycloak import fetch as fetch_keycloak
from deploy.local.parts.kafka import archive_classes
from deploy.local.parts.services import environment
from deploy.local.parts.watch import alarms_page
from deploy.local.plan import HOME, choose_secured, list_parts, provider
from deploy.local.ports import Ports
from deploy.local.runner import Runner, StackError
from tools.piped import run_piped


def up(options: argparse.Namespace) -> None:
    """Start what does not run yet (all, or the parts named); returns when it is ready."""
    began = time.monotonic()
    ports = Ports.from_environment()
    with alone():
        runner(ports).up(options.parts or None)
    print(f"\nonestop is ready ({time.monotonic() - began:.1f} s)\n{addresses(ports)}")
    if "prometheus" in options.parts:
        print(f"  {'alarms':22} {alarms_page(ports)}")


def down(options: argparse.Namespace) -> None:
    """Stop everything; the data stays unless asked."""
    with alone():
        stopped = runner(Ports.from_environment()).down()
        if options.drop_data:
            shutil.rmtree(HOME / "data", ignore_errors=True)
    print(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")


def status(_options: argparse.Namespace) -> None:
    """One line for each part; fails when one of them is not ready."""
    stack = runner(Ports.from_environment())
    asked = {name for name, part in stack.parts.items() if part.argv and not part.is_extra}
    asked |= {name for name in stack.parts if stack.processes.find(name)}
    states = {name: stack.state(name) for name in stack.parts if name in asked}
    for name, state in states.items():
        print(f"{name:10} {state}")
    if set(states.values()) != {"ready"}:
        raise SystemExit(1)


def logs(options: argparse.Namespace) -> None:
    """The end of the logs, all that comes with --follow, or every line --about a case."""
    if options.about:
        lines = lines_about(options.about, HOME / "logs", options.part or "*")
        if not lines:
            raise StackError(f"no line names {options.about}: only requests and troubles are logged; try make trace")
        print("\n".join(lines))
        return
    files = (
        [str(HOME / "logs" / f"{options.part}.log")]
        if options.part
        else sorted(map(str, (HOME / "logs").glob("*.log")))
    )
    how = ["-n", "20", "-F"] if options.follow else ["-n", "200" if options.part else "20"]
    if not files:
        raise StackError("there are no logs yet: make up")
    ended = subprocess.run(["tail", *how, *files], check=False).returncode
    if ended not in (0, -signal.SIGPIPE):
        raise StackError(f"tail ended with {ended}")


def lines_about(text: str, folder: Path, part: str = "*") -> list[str]:
    """Every line of the whole logs that holds the text, capitals or not, by time (a line of ours begins with it)."""
    found: list[str] = []
    for file in (*folder.glob(f"{part}.log.1"), *folder.glob(f"{part}.log")):
        with file.open(encoding="utf-8", errors="replace") as log:
            found += [line.rstrip("\n") for line in log if text.lower() in line.lower()]
    return sorted(found)


def run(options: argparse.Namespace) -> None:
    """A module's command with the addresses that `up` gives the services, so that it obeys PORT_OFFSET too."""
    ports = Ports.from_environment()
    if options.needs:
        await_started(runner(ports), options.needs)
    env = {**os.environ, **environment(ports, os.environ, choose_secured(HOME), provider())}
    raise SystemExit(subprocess.run([sys.executable, "-m", *options.module], env=env, check=False).returncode)


def await_started(stack: Runner, name: str) -> None:
    """`up` goes on without a part that can wait; who asks it something waits for it. One that does not run is the
    command's own to name."""
    if name in stack.parts and stack.processes.find(name):
        stack.wait_ready(name)


def token(options: argparse.Namespace) -> None:
    """Nothing but the token on standard output."""
    ports = Ports.from_environment()
    issuer = os.environ.get("OIDC_ISSUER") or provider().issuer(ports)
    try:
        sub = flow.choose(options.role, options.team, options.user)
        print(
            flow.token(
                sub,
                issuer=issuer,
                client=(
                    os.environ.get("OIDC_CLIENT_ID") or "onestop",
                    os.environ.get("OIDC_CLIENT_SECRET") or "onestop-local",
                ),
                redirect_uri=f"http://localhost:{ports.proxy}/auth/callback",
            )
        )
    except (LookupError, RuntimeError, OSError, httpx.HTTPError) as error:
        raise StackError(f"no token: {error}") from error


def setup(_options: argparse.Namespace) -> None:
    """The machine's programs, the Java parts, Prometheus, and the key that letters are sealed with."""
    if not machine.install():
        raise StackError("the machine lacks what is named above")
    downloads.fetch()
    archive_classes()
    downloads.fetch_prometheus()
    seal.development_key()


def keycloak(_options: argparse.Namespace) -> None:
    """The provider that a town would run, for KEYCLOAK=1 and its tests."""
    print(f"Keycloak is in {fetch_keycloak()}: make up KEYCLOAK=1, make campaign ARGS=tests/integration/identity")


def runner(ports: Ports) -> Runner:
    """The runner of this clone's stack."""
    return Runner(HOME, list_parts(HOME, ports), say=lambda text: print(text, flush=True))


def addresses(ports: Ports) -> str:
    """Where to go next."""
    origin = f"http://localhost:{ports.proxy}"
    return "\n".join(
        f"  {what:22} {where}"
        for what, where in {
            "report a problem": f"{origin}/report",
            "crews, officers": f"{origin}/crew   {origin}/desk",
            "permits": f"{origin}/permits",
            "mail that was sent": f"http://localhost:{ports.mail}",
            "traces": f"http://localhost:{ports.zipkin}/zipkin/",
            "sign in as": "crew-water, crew-roads, …, officer, examiner, signatory, cashier, supervisor, admin",
            "bearer token": "make token ROLE=crew TEAM=works-water",
            "logs, stop": "make logs PART=dispatch   make down",
        }.items()
    )


@contextmanager
def alone() -> Iterator[None]:
    """When two people type `make up` at once, the second waits for the first."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    command.__name__: command for command in (up, down, status, logs, run, token, setup, keycloak)
}


def arguments() -> argparse.ArgumentParser:
    """One sub-command each."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {name: commands.add_parser(name, help=command.__doc__) for name, command in COMMANDS.items()}
    parsers["up"].add_argument("parts", nargs="*")
    parsers["down"].add_argument("--drop-data", action="store_true", help="forget topics, cases and mails too")
    parsers["logs"].add_argument("part", nargs="?")
    parsers["logs"].add_argument("--follow", action="store_true")
    parsers["logs"].add_argument("--about", metavar="TEXT", help="a case's id or reference, or a trace's id")
    parsers["run"].add_argument("--needs", metavar="PART", help="wait until it is ready, if it runs")
    parsers["run"].add_argument("module", nargs=argparse.REMAINDER, help="its name and arguments")
    parsers["token"].add_argument("--role")
    parsers["token"].add_argument("--team")
    parsers["token"].add_argument("--user")
    return parser


def main() -> int:
    """Run the command; a StackError is a message, not a traceback."""
    options = arguments().parse_args()
    try:
        COMMANDS[options.command](options)
    except (StackError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(run_piped(main))

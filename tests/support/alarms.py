"""A real Prometheus over a real town, with the shipped rules at a sixtieth of their times: an hour is a minute."""

import os
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml

from deploy.local.parts.watch import RULES, prometheus
from tests.support.kernel import eventually
from tests.support.stack import Stack

SHORTER = 60
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_RANGE = re.compile(r"\[(\d+)([smhd])\]")
_FOR = re.compile(r"^( *for: )(\d+)([smhd])$", re.MULTILINE)
# Of one moment; or of the later of two, which ends on a line of its own (in a quoted text a backslash and an n).
_AGE = re.compile(r"((?:_seconds(?:\{[^}]*\})?|^ *|\\n *)\) > )([1-9]\d*)( \* 3600)?(?!\.?\d)", re.MULTILINE)


def shortened(text: str) -> str:
    """The same rules with every range, every `for` and every bound of an age divided; shares and counts stay."""
    text = _RANGE.sub(lambda found: f"[{_seconds(found[1], found[2])}s]", text)
    text = _FOR.sub(lambda found: f"{found[1]}{_seconds(found[2], found[3])}s", text)
    return _AGE.sub(lambda found: f"{found[1]}{_bound(found[2], found[3])}", text)


def _seconds(number: str, unit: str) -> int:
    return max(1, int(number) * _UNITS[unit] // SHORTER)


def _bound(number: str, hours: str | None) -> int:
    return max(1, int(number) * (3600 if hours else 1) // SHORTER)


class Alarms:
    """What a Prometheus at this address tells."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def ringing(self) -> Mapping[str, set[str]]:
        """The alarms that ring, each with what its labels say."""
        async with httpx.AsyncClient(timeout=10) as http:
            answer = (await http.get(f"{self._url}/api/v1/alerts")).json()
        found: dict[str, set[str]] = {}
        for alert in answer["data"]["alerts"]:
            if alert["state"] == "firing":
                found.setdefault(alert["labels"]["alertname"], set()).update(alert["labels"].values())
        return found

    async def rings(self, alarm: str, *said: str, seconds: float = 90.0) -> None:
        """Return when the alarm rings and its labels say all that."""

        async def heard() -> bool:
            return {*said} <= (await self.ringing()).get(alarm, set()) if said else alarm in await self.ringing()

        await eventually(heard, seconds)

    async def falls_silent(self, *alarms: str, seconds: float = 120.0) -> None:
        """Return when none of them rings; without names: when nothing does."""

        async def silent() -> bool:
            heard = await self.ringing()
            return not (heard.keys() & {*alarms} if alarms else heard)

        await eventually(silent, seconds)


class Watch(Alarms):
    """The alarms of a stack, over which it starts a Prometheus."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(f"http://127.0.0.1:{stack.ports.prometheus}")
        self.town = Path(stack.env["TOWN_DIR"]).name
        self._stack = stack

    def start(self) -> None:
        """Write the shortened rules and start Prometheus, which looks every second."""
        rules = self._stack.home / "rules"
        rules.mkdir()
        for file in RULES.glob("*.yaml"):
            (rules / file.name).write_text(shortened(file.read_text("utf-8")), "utf-8")
        part = prometheus(self._stack.home, self._stack.ports, self._stack.env, rules=rules, seconds=1)
        self._stack.change("prometheus", lambda _: part)
        self._stack.up("prometheus")

    @contextmanager
    def also_scrape(self, port: int, **labels: str) -> Iterator[None]:
        """One target more, with these labels. What it told is forgotten at once when it is none any more."""
        before = (self._stack.home / "prometheus.yaml").read_text("utf-8")
        content = yaml.safe_load(before)
        (job,) = content["scrape_configs"]
        job["static_configs"].append({"targets": [f"127.0.0.1:{port}"], "labels": labels})
        self._configure(yaml.safe_dump(content))
        try:
            yield
        finally:
            self._configure(before)

    def _configure(self, content: str) -> None:
        """Read anew and not started anew, which would leave what was told there for five minutes."""
        (self._stack.home / "prometheus.yaml").write_text(content, "utf-8")
        os.kill(self._stack.pid("prometheus"), signal.SIGHUP)

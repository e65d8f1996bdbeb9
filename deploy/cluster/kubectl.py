"""The one way in which anything here asks the API server: as an operator would."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.cluster.programs import program


class Refused(Exception):
    """What kubectl said, and did not do."""


@dataclass(frozen=True)
class Kubectl:
    """As one user, by the kubeconfig; in one namespace, or where each object says that it is."""

    kubeconfig: Path
    namespace: str = ""

    def __call__(self, *arguments: str, stdin: str | None = None, seconds: float = 120) -> str:
        """What it printed; `Refused` when it did not succeed."""
        return self.run_whole(*arguments, stdin=stdin, seconds=seconds)[0]

    def run_whole(self, *arguments: str, stdin: str | None = None, seconds: float = 120) -> tuple[str, str]:
        """What it printed, and what it said beside it: warnings."""
        within = [f"--namespace={self.namespace}"] if self.namespace else []
        ran = subprocess.run(
            [str(program("kubectl")), f"--kubeconfig={self.kubeconfig}", *within, *arguments],
            input=stdin, capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
        if ran.returncode:
            raise Refused(f"kubectl {' '.join(arguments)}: {ran.stderr.strip() or ran.stdout.strip()}")
        return ran.stdout, ran.stderr

    def get(self, *arguments: str) -> dict[str, Any]:
        """Objects as they are."""
        found: dict[str, Any] = json.loads(self("get", *arguments, "--output=json"))
        return found

    def items(self, *arguments: str) -> list[dict[str, Any]]:
        """A list of them."""
        return list(self.get(*arguments)["items"])

    def apply(self, text: str) -> str:
        """By server-side apply, refusing fields that the kind does not have; the warnings."""
        return self.run_whole("apply", "--server-side", "--validate=strict", "--filename=-", stdin=text)[1]

    def make(self, *objects: Mapping[str, Any]) -> str:
        """The same, of objects."""
        return self.apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))

    def within(self, namespace: str) -> "Kubectl":
        """The same user in another namespace."""
        return Kubectl(self.kubeconfig, namespace)

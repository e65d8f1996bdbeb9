"""The cluster's programs, built from Go modules of pinned versions and kept in the user's cache.

Each folder of `modules/` is a Go module: `go.mod` says every version, `go.sum` every checksum. A folder that changes is
built again, the others are not.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.downloads import base
from deploy.local.runner import StackError

MODULES = Path(__file__).with_name("modules")
KUBERNETES = "v1.34.4"
_MAJOR, _MINOR, _ = KUBERNETES.removeprefix("v").split(".")
_STAMP = {"gitVersion": KUBERNETES, "gitMajor": _MAJOR, "gitMinor": _MINOR, "gitTreeState": "clean"}


@dataclass(frozen=True)
class Module:
    """One Go module and what is built in it: the program's name, and its package."""

    name: str
    programs: Mapping[str, str]
    stamp: Mapping[str, str] = field(default_factory=dict)  # variables that the linker sets: the version it reports

    @property
    def sources(self) -> Path:
        """`go.mod`, `go.sum`, and a `main.go` where the program is our own choice of parts."""
        return MODULES / self.name

    @property
    def home(self) -> Path:
        """Where its programs are kept, by content."""
        files = sorted(file for file in self.sources.iterdir() if file.is_file())
        what = hashlib.sha256(b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in files))
        return base() / f"cluster-{self.name}-{what.hexdigest()[:12]}"


ALL = (
    Module("etcd", {"etcd": "go.etcd.io/etcd/server/v3"}),
    Module(
        "kubernetes",
        {
            name: f"k8s.io/kubernetes/cmd/{name}"
            for name in (
                "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl",
            )
        },
        {f"k8s.io/component-base/version.{name}": value for name, value in _STAMP.items()},
    ),
    Module("pause", {"pause": "."}),
    Module("coredns", {"coredns": "."}),
    Module("metrics-server", {"metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server"}),
    Module("kube-state-metrics", {"kube-state-metrics": "k8s.io/kube-state-metrics/v2"}),
    Module("collector", {"collector": "."}),
)  # fmt: skip


def program(name: str) -> Path:
    """The built program; StackError when it has not been built."""
    for module in ALL:
        if name in module.programs and (found := module.home / name).is_file():
            return found
    raise StackError(f"{name} is not built: make cluster builds it")


def go() -> str:
    """The compiler that all of them can be built with: the newest that one asks for."""
    asked = [re.search(r"^go (\S+)$", (module.sources / "go.mod").read_text(), re.MULTILINE) for module in ALL]
    return max((found[1] for found in asked if found), key=lambda version: [int(part) for part in version.split(".")])


def build(say: Callable[[str], None]) -> None:
    """Build what is missing; takes about a quarter of an hour the first time, nothing after that."""
    missing = [module for module in ALL if not module.home.is_dir()]
    if not missing:
        return
    if shutil.which("go") is None:
        raise StackError(f"the cluster's programs are built from source: Go {go()} or newer is needed on the PATH")
    scratch = base() / "cluster-go"  # sources and compiled packages, kept until all is built
    for module in missing:
        for said in _build(module, scratch):
            say(said)
    shutil.rmtree(scratch, ignore_errors=True)  # some 8 GB that nobody needs again


def _build(module: Module, scratch: Path) -> Iterator[str]:
    """Elsewhere first, then renamed: an interrupted build never looks like a finished one."""
    base().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base()) as aside:
        for name, package in module.programs.items():
            began = time.monotonic()
            _compile(module, package, Path(aside) / "built" / name, scratch)
            yield f"built {name} in {time.monotonic() - began:.0f} s"
        if not module.home.is_dir():  # another clone may have been quicker
            (Path(aside) / "built").rename(module.home)


def _compile(module: Module, package: str, into: Path, scratch: Path) -> None:
    flags = " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in module.stamp.items())])
    env = {
        **os.environ,
        "CGO_ENABLED": "0",  # static: it has to run in an image that holds nothing else
        "GOTOOLCHAIN": "local",
        "GOGC": "400",  # the compiler has the memory, and collects its garbage less often: a fifth of its time
        "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false -trimpath",
        "GOMODCACHE": str(scratch / "modules"),
        "GOCACHE": str(scratch / "compiled"),
    }
    # One package at a time and behind everybody else: whoever builds this works on something in the meantime.
    subprocess.run(
        ["nice", "-n", "19", "go", "build", "-p", "1", "-ldflags", flags, "-o", str(into), package],
        cwd=module.sources, env=env, check=True,
    )  # fmt: skip

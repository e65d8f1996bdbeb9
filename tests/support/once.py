"""What is worked out once in a run, or quickly: hundreds of tests start a service of their own, and each would read the
same files, compile the same templates and have the same paper judged. The first to ask has the real answer, the others
have that.
"""

import hashlib
import os
import ssl
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from shared.files import apart
from shared.town import Town, loader
from shared.town.problems import Problem
from shared.web import pages
from tests.support.source import ROOT

SHIPPED = ROOT / "deploy" / "municipalities"
Examined = tuple[Town | None, list[Problem]]
Stamps = tuple[tuple[str, int, int, int], ...]


def read_yaml_quickly(patch: pytest.MonkeyPatch) -> None:
    """By libyaml, as the services do: half a dozen catalogues of words are read while tests are collected."""
    for name, real in (("safe_load", yaml.load), ("safe_load_all", yaml.load_all)):
        patch.setattr(yaml, name, partial(real, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def read_towns_once(patch: pytest.MonkeyPatch) -> None:
    """The towns of this repository; one that a test has made is read each time."""
    patch.setattr(loader, "examine", Towns(loader.examine))


def compile_templates_once(patch: pytest.MonkeyPatch) -> None:
    """For each town alone: what a filter of its own makes of a fixed text is worked out when a template is compiled."""
    patch.setattr(pages, "_environment", partial(_with_code, pages._environment, defaultdict(Compiled)))


def read_authorities_once(patch: pytest.MonkeyPatch) -> None:
    """Whom a program trusts that is told nothing else: a hundred and more certificates, of which a test that talks to a
    town of its own needs none."""
    known: dict[tuple[str | None, ...], ssl.SSLContext] = {}

    def context(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
        if verify is not True or cert is not None or not trust_env:
            return httpx.create_ssl_context(verify, cert, trust_env)
        named = tuple(map(os.environ.get, ("SSL_CERT_FILE", "SSL_CERT_DIR")))
        if named not in known:
            known[named] = httpx.create_ssl_context()
        return known[named]

    patch.setattr("httpx._transports.default.create_ssl_context", context)


def judge_papers_once(patch: pytest.MonkeyPatch) -> None:
    """While `patch` holds, a paper or a copy of a letter that was judged before is not opened again by a process of its
    own, and what was no form as it was printed is not laid over the next application's."""
    from services.permits import request_form  # who asks for this has permits in this process; not every run has

    real = apart.Room.ask

    async def ask(room: apart.Room, module: str, *arguments: object) -> Mapping[str, Any] | None:
        return await _ask(partial(real, room), module, *arguments)

    patch.setattr(apart.Room, "ask", ask)
    patch.setattr(request_form, "is_unsigned", partial(_is_unsigned, request_form.is_unsigned))


class Towns:
    """What each shipped town's files say, as long as none of them has changed."""

    def __init__(self, examine: Any) -> None:
        self._examine = examine
        self._known: dict[Path, tuple[Stamps, Examined]] = {}

    def __call__(self, path: Path) -> Examined:
        if path.absolute().parent != SHIPPED:
            return self._examine(path)  # type: ignore[no-any-return]
        stamps = tuple(sorted(_stamp(path, one) for one in path.rglob("*")))
        known = self._known.get(path)  # as it was written: problems and pictures are told by it
        if known is None or known[0] != stamps:
            known = self._known[path] = (stamps, self._examine(path))
        town, problems = known[1]
        return town, [*problems]


class Compiled(BytecodeCache):
    """Templates of this very text as code."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_READ = {"shared.files.judge": 1, "services.permits.seal_check": 2}  # files of which nothing else decides what is said
_JUDGED: dict[tuple[str, ...], Mapping[str, Any]] = {}
_NO_FORMS: set[str] = set()


async def _ask(real: Any, module: str, *arguments: Any) -> Mapping[str, Any] | None:
    """As `Room.ask`; a picture, which is written anew, goes to the judge each time."""
    told: Mapping[str, Any] | None
    if module not in _READ:
        told = await real(module, *arguments)
        return told
    asked = (module, *map(_digest, arguments[: _READ[module]]))
    if asked not in _JUDGED:
        told = await real(module, *arguments)
        if told is None or told.get("clean"):
            return told
        _JUDGED[asked] = told
    return _JUDGED[asked]


async def _is_unsigned(real: Any, file: Path, *about: Any) -> bool:
    digest = _digest(file)
    if digest not in _NO_FORMS:
        if await real(file, *about):
            return True
        _NO_FORMS.add(digest)
    return False


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _stamp(folder: Path, file: Path) -> tuple[str, int, int, int]:
    status = file.stat()
    return str(file.relative_to(folder)), status.st_size, status.st_mtime_ns, status.st_ino


def _with_code(real: Any, known: dict[Path, Compiled], town: Town, folders: list[Path]) -> Environment:
    env: Environment = real(town, folders)
    env.bytecode_cache = known[town.directory]
    return env

"""Fixtures of the real stack: started when first asked for, shared by the whole run, gone when it ends."""

import gc
import inspect
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser
from xdist.scheduler import LoadScopeScheduling

from deploy.local import ports
from shared.kernel.garbage import collect_seldom
from tests.support import once
from tests.support.browser import KeptChromium
from tests.support.stack import Stack

# Time limits of single examples say more about the machine than about the code.
hypothesis.settings.register_profile("desk", deadline=None)
# The same examples on every run: what is red is red for everyone.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "desk")

# Ten thousand tests are read into one process: by its usual habits the garbage collector looks through them so often
# that it takes a third of the time of reading them.
SELDOM = (50_000, 20, 50)
gc.set_threshold(*SELDOM)

# Two workers choose ports side by side, and a part that a test has stopped holds none: each takes from its own.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    ports.FREE = ports.FREE[int(worker.removeprefix("gw")) :: int(os.environ["PYTEST_XDIST_WORKER_COUNT"])]
# What one worker runs whole, because its tests share a town or a stack; taken up in this order. The longest come first;
# those that mostly wait (resilience, kernel, secured, operate) come one at a time, beside others that keep a processor
# busy; the many small files come last, so that all workers end at about the same time.
PIECES = (
    "tests/e2e/", "tests/resilience/", "tests/integration/intake/", "tests/integration/dispatch/",
    "tests/integration/kernel/", "tests/integration/secured/", "tests/integration/access/",
    "tests/integration/permits/", "tests/resilience/test_protocol_is_sharp.py", "tests/integration/identity/",
    "tests/integration/operate/",
)  # fmt: skip
APART = (  # in those folders, and yet with parts of their own or none
    "tests/integration/test_real_stack.py", "tests/integration/notify/test_mail.py", "tests/e2e/test_second_town.py",
    "tests/resilience/test_liveness_is_sharp.py", "tests/resilience/test_protocol_is_sharp.py",
    "tests/resilience/test_real_parts_are_sharp.py",
)  # fmt: skip
STARTING = ("tests/integration/", "tests/e2e/", "tests/resilience/")
TOGETHER = {"tests/integration/test_operators_commands.py": "tests/e2e/"}  # not in that folder, and yet on its town
TOWNS = {  # by fixture: for one piece alone
    "keycloak": "tests/integration/identity/", "battered": "tests/resilience/", "stack": "tests/e2e/",
}  # fmt: skip

CHROMIUM = KeptChromium()
SHARED: list[Stack] = []


def _piece(test: str) -> str:
    """The piece that a test belongs to, by its node id; of most the file."""
    file = test.partition("::")[0]
    if file in TOGETHER:
        return TOGETHER[file]
    return file if test.startswith(APART) else next((one for one in PIECES if test.startswith(one)), file)


def _take_turn(item: pytest.Item) -> tuple[int, bool]:
    """When it is taken up: the pieces in their order, then what starts something of its own, then what is small."""
    piece = _piece(item.nodeid)
    return (*PIECES, piece).index(piece), not piece.startswith(STARTING)


class ByPiece(LoadScopeScheduling):  # type: ignore[misc]  # its base is not typed
    """All tests of a piece run in one worker, one piece after the other, in the order in which they were collected.

    Not by `xdist_group`: with pytest 9.2 its marks have no effect, and nothing says so (pytest-xdist#1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return _piece(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByPiece:
    """How the workers share the tests out, whatever `--dist` says."""
    config.option.loadscopereorder = False  # it would take the pieces with most tests first
    return ByPiece(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """What is the same for every service that a test starts in this process is worked out once. No fixture: files of
    tests read a town while they are collected, and what a fixture of a whole package starts would come before it."""
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    once.read_yaml_quickly(patch)
    once.read_towns_once(patch)
    once.compile_templates_once(patch)
    once.read_authorities_once(patch)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """An operator's command that a test has run in this process may have left it silent: each test speaks again. And
    the browser is gone before a test that might start an event loop."""
    if logging.root.level != logging.WARNING:
        logging.root.setLevel(logging.WARNING)
    CHROMIUM.make_room(item.path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Services that wait for the next event are not idle: those of a town take a tenth of a processor, and where pieces
    are shared out nobody asks for them once theirs has ended."""
    yield
    if worker and nextitem is not None and _piece(nextitem.nodeid) != _piece(item.nodeid):
        for stack in SHARED:
            stack.rest()


def pytest_sessionfinish() -> None:
    """Nobody looks at pages any more."""
    CHROMIUM.close()


def pytest_collection_finish() -> None:
    """What was read stays until the end: nobody looks through it again, nor does a service that a test starts."""
    collect_seldom()
    gc.set_threshold(*SELDOM)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long pieces first where workers share them out; and no town is started twice."""
    for item in items:
        asked = {TOWNS[name] for name in set(TOWNS) & set(getattr(item, "fixturenames", ()))}
        if asked - {_piece(item.nodeid)}:
            raise pytest.UsageError(f"{item.nodeid} belongs to {_piece(item.nodeid)} and asks for {asked}: see TOWNS")
    with_loops = {item.path for item in items if inspect.iscoroutinefunction(getattr(item, "obj", None))}
    CHROMIUM.files = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())} - with_loops
    if worker:
        items.sort(key=_take_turn)


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Browser:
    """Chromium; each test opens visitors of its own in it."""
    return CHROMIUM.open(request.path)


@pytest.fixture(scope="session")
def shared_stack() -> Iterator[Stack]:
    """The run's one stack, nothing of it started yet; ask for `stack`, `kafka` or `mongo` instead."""
    with Stack() as stack:
        SHARED.append(stack)
        yield stack
    SHARED.clear()


@pytest.fixture(scope="session")
def stack(shared_stack: Stack) -> Stack:
    """Everything, ready. Do no harm to it: a test that stops parts takes `new_stack`."""
    return shared_stack.up()


@pytest.fixture(scope="session")
def kafka(shared_stack: Stack) -> str:
    """The bootstrap address of a real broker, without topics of ours unless somebody made them."""
    _need_open(shared_stack)
    return shared_stack.up("kafka").kafka


@pytest.fixture(scope="session")
def mongo(shared_stack: Stack) -> str:
    """The connection string of a real replica set; take a database name of your own."""
    _need_open(shared_stack)
    return shared_stack.up("mongo").mongo


def _need_open(stack: Stack) -> None:
    if stack.secured is not None:
        pytest.skip("meets broker and database by their addresses alone: run it without SECURE=1")


@pytest.fixture
def new_stack() -> Iterator[Callable[..., Stack]]:
    """Makes stacks of the test's own, to be broken: `new_stack(SETTING="…").up("kafka", "mongo", …)`."""
    with ExitStack() as stacks:
        yield lambda **env: stacks.enter_context(Stack(is_warm=True, **env))

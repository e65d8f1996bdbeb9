"""Fixtures of the real stack: started when first asked for, shared by the whole run, gone when it ends."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import hypothesis
import pytest

from deploy.local import ports
from tests.support.stack import Stack

# Time limits of single examples say more about the machine than about the code.
hypothesis.settings.register_profile("desk", deadline=None)
# The same examples on every run: what is red is red for everyone.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "desk")

# Two workers choose ports side by side, and a part that a test has stopped holds none: each takes from its own.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    ports.FREE = ports.FREE[int(worker.removeprefix("gw")) :: int(os.environ["PYTEST_XDIST_WORKER_COUNT"])]
TOWNS = ("shared_stack", "battered")  # fixtures that start a town for the whole run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of one town run in one worker, so that it is started once; the others wherever there is room."""
    for item in items:
        for town in set(TOWNS) & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(town))


@pytest.fixture(scope="session")
def shared_stack() -> Iterator[Stack]:
    """The run's one stack, nothing of it started yet; ask for `stack`, `kafka` or `mongo` instead."""
    with Stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def stack(shared_stack: Stack) -> Stack:
    """Everything, ready. Do no harm to it: a test that stops parts takes `new_stack`."""
    return shared_stack.up()


@pytest.fixture(scope="session")
def kafka(shared_stack: Stack) -> str:
    """The bootstrap address of a real broker, without topics of ours unless somebody made them."""
    return shared_stack.up("kafka").kafka


@pytest.fixture(scope="session")
def mongo(shared_stack: Stack) -> str:
    """The connection string of a real replica set; take a database name of your own."""
    return shared_stack.up("mongo").mongo


@pytest.fixture
def new_stack() -> Iterator[Callable[..., Stack]]:
    """Makes stacks of the test's own, to be broken: `new_stack(SETTING="…").up("kafka", "mongo", …)`."""
    with ExitStack() as stacks:
        yield lambda **env: stacks.enter_context(Stack(**env))

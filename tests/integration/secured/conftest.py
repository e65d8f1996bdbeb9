"""One town in which nobody is anonymous, for this folder."""

from collections.abc import Iterator

import pytest

from tests.support.stack import Stack


@pytest.fixture(scope="package")
def secured() -> Iterator[Stack]:
    """Everything, ready. Do no harm to it."""
    with Stack(is_secured=True, is_warm=True) as stack:
        yield stack.up()

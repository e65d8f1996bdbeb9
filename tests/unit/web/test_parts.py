"""What an app holds for its requests is found by its class, and nothing is found that was not put there."""

import pytest
from fastapi import FastAPI, Request

from shared.settings import ServiceSettings
from shared.web.parts import add_part, part_of


class OwnSettings(ServiceSettings):
    """Of a service."""


def asked(app: FastAPI) -> Request:
    return Request({"type": "http", "app": app})


def test_a_part_is_found_by_its_class_or_by_the_base_it_is_looked_up_by() -> None:
    app, settings, number = FastAPI(), OwnSettings(), 5
    add_part(app, number)
    add_part(app, settings, ServiceSettings)

    assert part_of(asked(app), int) == number
    assert part_of(asked(app), ServiceSettings) is settings


def test_two_apps_share_nothing() -> None:
    one, other = FastAPI(), FastAPI()
    add_part(one, 1)
    add_part(other, 2)

    assert (part_of(asked(one), int), part_of(asked(other), int)) == (1, 2)


def test_what_was_not_put_there_is_named() -> None:
    app = FastAPI()
    add_part(app, 1)

    with pytest.raises(KeyError, match="str"):
        part_of(asked(app), str)

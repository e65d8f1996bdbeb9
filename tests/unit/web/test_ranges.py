"""A part of a file is what was asked for, and whatever cannot be read as a part is the whole."""

import pytest
from fastapi import Request

from shared.web.problem import Problem
from shared.web.ranges import Part, read_wanted_part

ETAG = '"abc"'
WHOLE = Part(0, 1000, 1000)


def asked(**headers: str) -> Part:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return read_wanted_part(Request({"type": "http", "headers": raw}), 1000, ETAG)


@pytest.mark.parametrize(
    ("said", "start", "length"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=990-", 990, 10),
        ("bytes=-10", 990, 10),
        ("bytes=990-5000", 990, 10),
        ("bytes=-5000", 0, 1000),
        ("bytes=0-", 0, 1000),
        ("bytes=999-999", 999, 1),
    ],
)
def test_the_part_that_is_asked_for(said: str, start: int, length: int) -> None:
    part = asked(range=said)
    assert (part.start, part.length) == (start, length)
    assert part.headers["Content-Length"] == str(length)
    if length < 1000:
        assert (part.status, part.headers["Content-Range"]) == (206, f"bytes {start}-{start + length - 1}/1000")
    else:
        assert part.status == 200


@pytest.mark.parametrize(
    "said",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-1,5-6", "pages=1-2", "bytes=๑-๒", f"bytes={'9' * 99}-"],
)
def test_what_is_no_part_is_the_whole(said: str) -> None:
    assert asked(range=said) == WHOLE


def test_of_a_file_that_has_changed_since_it_is_the_whole() -> None:
    assert asked(range="bytes=1-2", if_range=ETAG).length == 2
    assert asked(range="bytes=1-2", if_range='"other"') == WHOLE


@pytest.mark.parametrize("said", ["bytes=1000-", "bytes=5-4", "bytes=-0"])
def test_what_lies_behind_the_end_is_told_so(said: str) -> None:
    with pytest.raises(Problem) as refused:
        asked(range=said)
    assert (refused.value.status, refused.value.headers["Content-Range"]) == (416, "bytes */1000")

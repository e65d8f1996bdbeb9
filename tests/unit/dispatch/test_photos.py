"""Photos of the work: the id under which they are found."""

from services.dispatch.photo_store import photo_id


def test_the_same_picture_of_the_same_work_has_one_id() -> None:
    assert photo_id("a", b"x") == photo_id("a", b"x")
    assert photo_id("a", b"x") != photo_id("b", b"x")

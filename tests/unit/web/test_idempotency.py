"""The key by which a client sends the same again: it has a form, and is sealed where it arrives."""

import pytest

from shared.settings import ServiceSettings
from shared.web.idempotency import seal
from tests.support.sample_pages import Client


@pytest.mark.parametrize(
    ("key", "status"), [("a" * 8, 201), ("!" * 128, 201), ("a" * 7, 400), ("a" * 129, 400), ("a b c d e f", 400)]
)
async def test_idempotency_keys_have_a_form(client: Client, key: str, status: int) -> None:
    answer = await client().post("/api/v1/things", headers={"idempotency-key": key}, json={"text": "a"})
    assert answer.status_code == status
    if status == 201:
        assert answer.json()["key"] == seal(ServiceSettings().link_secret, key)


def test_a_key_cannot_be_found_again_from_what_is_derived_of_it() -> None:
    assert seal("one town", "12345678") != seal("another town", "12345678")
    assert "12345678" not in seal("one town", "12345678")

"""Lists page by cursor: to their end, and never by a cursor of somebody's own making."""

import pytest

from tests.support.sample_pages import Client


async def test_lists_page_to_their_end_without_gap_or_repeat(client: Client) -> None:
    api, seen, after = client(), [], None
    while True:
        answer = (await api.get("/api/v1/things", params={"limit": 3, **({"after": after} if after else {})})).json()
        seen += answer["items"]
        after = answer["next"]
        if after is None:
            break
    assert seen == [1, 2, 3, 4, 5, 6, 7]


# The last two: text with half a character, and no base64 at all.
@pytest.mark.parametrize(
    "cursor", ["rubbish", "!!", "eyIkbmUiOjF9", "W3siJG5lIjoxfV0", "bnVsbA", "WyJcdWQ4MDAiXQ", "ก"]
)
async def test_a_made_up_cursor_is_a_400_problem_and_never_a_query(client: Client, cursor: str) -> None:
    answer = await client().get("/api/v1/things", params={"after": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor")

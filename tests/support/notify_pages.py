"""Notify's pages as people open them: a citizen by the link of their own, staff signed in."""

import httpx

from services.notify.domain.file import FOLLOWER
from shared.secret_links import case_secret
from tests.support.notify_events import Story
from tests.support.notify_in_memory import BROWSER, SECRET
from tests.support.oidc import FakeIssuer


def staff(issuer: FakeIssuer, *roles: str, team: str | None = None) -> dict[str, str]:
    """The headers of somebody who works for the town."""
    return {"authorization": f"Bearer {issuer.token(sub='s', roles=list(roles), team=team, town='maehia')}"}


def inbox_link(story: Story, party: str) -> httpx.URL:
    """The inbox by that party's own secret."""
    own = {"party": party} if party.startswith(FOLLOWER) else {}
    secret = case_secret(SECRET, story.case_id, own.get("party", ""))
    return httpx.URL("/inbox", params={"reference": story.reference, **own, "secret": secret})


async def open_inbox(client: httpx.AsyncClient, story: Story, party: str) -> httpx.Response:
    """By that link, to the page that it leads to."""
    return await client.get(inbox_link(story, party), headers=BROWSER, follow_redirects=True)

"""Whoever looks, by whatever way: page, API, lists, inbox, mail and public topics tell them the same words and no more.

Six reports are played, each text in them with a word of its own and a telephone number: an ordinary one, a sensitive
one, one of a private category, one that is moved into such a category, one that is moved out, and one that is merged.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from secrets import token_hex
from typing import Any

import httpx
import pytest

from shared.events.topics import TOPICS
from tests.support import api_calls
from tests.support.confirming import confirm_address
from tests.support.reconciliation import caught_up, everything
from tests.support.stack import Stack
from tests.support.uploads import photo
from tests.support.waiting import until

NUMBER = "081-234-5678"
OPEN, SENSITIVE, PRIVATE = "obstruction", "noise", "welfare"
TEXT, COMMENT, NOTE = "text", "comment", "note"
ALL = {TEXT, COMMENT, NOTE}
THE_END = "ได้รับการแก้ไขเรียบร้อยแล้ว"  # so says the last message to a follower
# Which words everybody may read, and a follower, whatever way they look. The reporter and staff read all of them.
FOR_EVERYBODY: Mapping[str, set[str]] = {
    "normal": ALL, "sensitive": set(), "private": set(), "moved-in": set(), "moved-out": {NOTE}, "merged": {TEXT},
}  # fmt: skip
UNSEEN = ("private", "moved-in")  # of these nobody else may know that there is one
PLACES = ("/api/v1/reports?limit=500", "/api/v1/open-data/reports.geojson", "/api/v1/open-data/reports.csv",
          "/feeds/reports.atom", "/map/points.geojson?show=all", "/", "/map?show=all",
          f"/api/v1/suggest?category={OPEN}&lat=18.7431&lon=98.9638")  # fmt: skip


@dataclass
class Played:
    """A report that has come to its end, with the links of its reporter and of a follower."""

    kind: str
    made: dict[str, str]
    followed: dict[str, str] | None = None
    words: dict[str, str] = field(default_factory=dict)
    picture: str = ""  # the crew's

    @property
    def reference(self) -> str:
        return self.made["reference"]

    def key(self, reader: str) -> dict[str, str]:
        """What this reader's own link carries."""
        if reader == "reporter":
            return {"secret": self.made["secret"]}
        if reader == "follower" and self.followed:
            return {name: self.followed[name] for name in ("party", "secret")}
        return {}

    def said_in(self, told: str) -> set[str]:
        """Which of its texts are there."""
        return {name for name, word in self.words.items() if word in told}


class Town:
    """People who report, follow and work."""

    def __init__(self, stack: Stack, api: httpx.Client) -> None:
        self.stack, self.api = stack, api
        self.officer = api_calls.bearer(stack, "officer")
        self.supervisor = api_calls.bearer(stack, "supervisor")

    def report(self, kind: str, category: str) -> Played:
        """Somebody writes; whoever wants to follows."""
        words = {name: f"kham{token_hex(5)}".translate(_LETTERS) for name in ALL}
        address = f"{token_hex(6)}@resident.example"
        made = api_calls.report(
            self.api, photos=1, category=category, text=_with_number(words[TEXT]), reporter={"email": address}
        )
        confirm_address(self.stack, address)
        played = Played(kind, {**made, "email": address}, words=words)
        self.confirm(address)
        if category != PRIVATE:
            self.follow(played)
        return played

    def follow(self, played: Played) -> None:
        email = f"{token_hex(6)}@follower.example"
        answer = self.api.post(f"/api/v1/reports/{played.reference}/follow", json={"email": email}).raise_for_status()
        confirm_address(self.stack, email)
        played.followed = {**answer.json(), "email": email}
        self.confirm(email)

    def confirm(self, address: str) -> None:
        """Whoever reads mail there wants to be told more."""
        asked = until(lambda: re.findall(r"/inbox/confirm/[\w.-]+", _mails(self.stack, address)), "the question")
        answer = self.api.post(asked[0], data={"answer": "yes"}, headers={"Origin": self.stack.origin})
        assert answer.status_code == 303, answer.text

    def comment(self, played: Played) -> None:
        said = {"text": _with_number(played.words[COMMENT])}
        path = f"/api/v1/reports/{played.reference}/comments"
        self.api.post(path, json=said, headers=self.officer).raise_for_status()

    def move(self, played: Played, category: str) -> None:
        order = self.order(played)
        path = f"/api/v1/reports/{played.reference}"
        self.api.patch(path, json={"category": category}, headers=self.officer).raise_for_status()
        until(lambda: self._category(order) == category, f"the work of category {category}")

    def finish(self, played: Played) -> None:
        """The work is done, with a note and a photo."""
        path = f"/api/v1/work-orders/{self.order(played)}"
        file = {"photo": ("a.jpg", photo(), "image/jpeg")}
        sent = self.api.post(f"{path}/photos", files=file, headers=self.supervisor).raise_for_status().json()
        played.picture = sent["path"]
        done = {"note": _with_number(played.words[NOTE]), "photos": [sent["path"]]}
        for act, body in (("acknowledge", {}), ("start", {}), ("start", {}), ("complete", done)):
            self.api.post(f"{path}/{act}", json=body, headers=self.supervisor).raise_for_status()

    def order(self, played: Played) -> str:
        return api_calls.work_order(self.api, self.supervisor, played.reference)

    def _category(self, order: str) -> object:
        return self.api.get(f"/api/v1/work-orders/{order}", headers=self.supervisor).json()["category"]


_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def _with_number(word: str) -> str:
    return f"คุยกับนายสมมุติ {word} โทร{NUMBER}"


@pytest.fixture(scope="module")
def cases(stack: Stack) -> Iterator[Mapping[str, Played]]:
    """Each played to its end; what was said of it has arrived."""
    with httpx.Client(base_url=stack.origin, timeout=30) as api:
        town = Town(stack, api)
        played = {kind: town.report(kind, category) for kind, category in _CATEGORIES.items()}
        other = town.report("other", OPEN)
        for kind in ("normal", "sensitive", "private", "moved-in", "moved-out"):
            town.comment(played[kind])
        town.move(played["moved-in"], PRIVATE)
        town.move(played["moved-out"], OPEN)
        town.follow(played["moved-out"])
        path = f"/api/v1/reports/{played['merged'].reference}/merge"
        api.post(path, json={"into": other.reference}, headers=town.officer).raise_for_status()
        for kind in ("normal", "sensitive", "private", "moved-in", "moved-out"):
            town.finish(played[kind])
        town.finish(other)
        played["merged"].words = {**other.words, TEXT: played["merged"].words[TEXT]}
        for one in played.values():
            for reader in ("reporter", "follower"):
                until(partial(_has_heard, stack, one, reader), f"word of {one.kind} for its {reader}")
        yield {**played, "other": other}


_CATEGORIES = {"normal": OPEN, "sensitive": SENSITIVE, "private": PRIVATE, "moved-in": OPEN, "moved-out": PRIVATE,
               "merged": OPEN}  # fmt: skip


def looked_at(origin: str, path: str, **asked: Any) -> str:
    """A browser of its own opens it; "" when there is nothing for them."""
    with httpx.Client(base_url=origin, timeout=30, follow_redirects=True, headers={"Accept": "text/html"}) as browser:
        answer = browser.get(path, params=asked)
        return answer.text if answer.status_code == 200 else ""


def _has_heard(stack: Stack, one: Played, reader: str) -> bool:
    """They have the last notice that they get: of the end, in the inbox and by mail."""
    if not one.key(reader):
        return True
    told = looked_at(stack.origin, "/inbox", reference=one.reference, **one.key(reader))
    if reader == "reporter":
        return NOTE in one.said_in(told)
    return THE_END in told and THE_END in _mails(stack, (one.followed or {})["email"])


def _mails(stack: Stack, address: str) -> str:
    found = stack.mailbox.to(address)
    parts = [part for mail in found for part in mail.walk() if part.get_content_maintype() == "text"]
    return "".join(str(part.get_content()) for part in parts) + "".join(str(mail["Subject"]) for mail in found)


def ways_to_look(stack: Stack, one: Played, reader: str) -> dict[str, str]:
    """All that this reader finds of the report, by the way they look."""
    key, path = one.key(reader), f"/api/v1/reports/{one.reference}"
    headers = api_calls.bearer(stack, "officer") if reader == "staff" else {}
    found: dict[str, str] = {}
    with httpx.Client(base_url=stack.origin, timeout=30, headers=headers) as api:
        for name, address in (("api", path), ("timeline", f"{path}/timeline")):
            answer = api.get(address, params=key)
            found[name] = answer.text if answer.status_code == 200 else ""
    if reader != "staff":  # they sign in there, which test_people.py looks at
        found["page"] = looked_at(stack.origin, f"/track/{one.reference}", **key)
    if key:
        found["inbox"] = looked_at(stack.origin, "/inbox", reference=one.reference, **key)
        who = one.made if reader == "reporter" else one.followed
        found["mail"] = _mails(stack, who["email"]) if who else ""
    return found


@pytest.mark.parametrize("kind", _CATEGORIES)
@pytest.mark.parametrize("reader", ["public", "follower"])
def test_others_are_told_what_everybody_may_read_and_no_more(
    stack: Stack, cases: Mapping[str, Played], kind: str, reader: str
) -> None:
    one = cases[kind]
    if reader == "follower" and one.followed is None:
        pytest.skip("nobody can follow what nobody may know of")
    found = ways_to_look(stack, one, reader)
    for way, told in found.items():
        assert one.said_in(told) <= FOR_EVERYBODY[kind] | ({NOTE} if kind == "merged" else set()), way
        assert NUMBER not in told, way
    if reader == "follower":
        spoken = FOR_EVERYBODY[kind] - {TEXT} | ({NOTE} if kind == "merged" else set())
        assert one.said_in(found["inbox"]) == spoken
        assert one.said_in(found["mail"]) == spoken & {NOTE}
    for way in ("api", "page"):
        assert one.said_in(found[way]) == FOR_EVERYBODY[kind], way
        if kind != "merged":
            assert (one.picture in found[way]) == (NOTE in FOR_EVERYBODY[kind]), way


@pytest.mark.parametrize("kind", _CATEGORIES)
def test_its_reporter_and_staff_read_everything_as_it_was_written(
    stack: Stack, cases: Mapping[str, Played], kind: str
) -> None:
    one, own = cases[kind], {TEXT} if kind == "merged" else ALL  # the other report's words are its own reporter's
    mine = ways_to_look(stack, one, "reporter")
    for told in (mine["api"], mine["page"], ways_to_look(stack, one, "staff")["api"]):
        assert one.said_in(told) == own
        assert NUMBER in told
    assert NOTE in one.said_in(mine["inbox"])
    assert (NUMBER in mine["inbox"]) == (kind != "merged")
    assert NUMBER not in mine["mail"] or kind != "merged"


@pytest.mark.parametrize("kind", UNSEEN)
def test_nobody_else_learns_that_there_is_such_a_report(stack: Stack, cases: Mapping[str, Played], kind: str) -> None:
    assert ways_to_look(stack, cases[kind], "public") == {"api": "", "timeline": "", "page": ""}
    for place in PLACES:
        assert cases[kind].reference not in looked_at(stack.origin, place), place


def test_a_follower_of_what_was_hidden_learns_neither_its_category_nor_whose_it_is(
    stack: Stack, cases: Mapping[str, Played]
) -> None:
    found = ways_to_look(stack, cases["moved-in"], "follower")
    assert "fixed" in found["api"]
    for way, told in found.items():
        assert not [name for name in (PRIVATE, "สวัสดิการ", "ผู้เดือดร้อน") if name in told], way


def test_lists_and_files_hold_words_of_nobody_that_are_not_for_everybody(
    stack: Stack, cases: Mapping[str, Played]
) -> None:
    for place in PLACES:
        told = looked_at(stack.origin, place)
        assert told, place
        assert NUMBER not in told, place
        for kind, one in cases.items():
            assert one.said_in(told) <= FOR_EVERYBODY.get(kind, ALL), (place, kind)


async def test_public_topics_hold_no_words_at_all(stack: Stack, cases: Mapping[str, Played]) -> None:
    await caught_up(stack)
    public = await everything(stack, [name for name in TOPICS if name.startswith("public.")])
    told = "".join(f"{one.value!r}{one.headers!r}" for one in public)
    assert not [word for one in cases.values() for word in one.words.values() if word in told]
    assert cases["private"].made["id"] not in "".join(f"{one.key!r}{one.value!r}" for one in public)

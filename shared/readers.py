"""Who may read what of a report: the one rule, which every way out of the house asks.

Pages, API, feeds, inbox, mail and public topics show what `sight_of` says, and of texts the form that everybody may
read, which the owner of the text makes when it is written (`public_words`). No other file compares `sensitive` or
whether a category is public to decide who reads something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.words.mask import mask_text

# public: everybody, also programs and public topics. follower: whoever asked to be told, which anybody may; also the
# people of a report that was merged into this one. reporter: who sent it (of an application: who applied). agency: a
# body outside the town to which an officer has given the work. staff: officers, and the crew that holds it.
Reader = Literal["public", "follower", "reporter", "agency", "staff"]
# sensitive: everybody may know that there is such a case, and neither exactly where nor what was said.
# hidden: nobody but its reporter and staff may know that there is one.
Openness = Literal["open", "sensitive", "hidden"]
Words = Literal["written", "public", "none"]
Where = Literal["exact", "coarse", "none"]

_DEGREES: tuple[Openness, ...] = ("open", "sensitive", "hidden")  # each tells less than the one before


@dataclass(frozen=True)
class Sight:
    """What one kind of reader sees of a case."""

    case: bool = True  # that there is one: its reference, kind, state, outcome and times
    matter: bool = True  # what it is about: category, zone, and whoever has it in hand
    ways: bool = True  # how it was judged (rule, priority, service level, due times): that tells what was answered
    words: Words = "public"
    pictures: bool = True
    where: Where = "exact"
    private: bool = False  # address, answers, notes for the reporter alone, what became of the reporter's notices


_ALL = Sight(words="written", private=True)
_OPEN = Sight()
_SENSITIVE = Sight(ways=False, words="none", pictures=False, where="coarse")
_NEWS = Sight(matter=False, ways=False, words="none", pictures=False, where="none")  # that something happened
# What an agency may be given of a case that others may not read: enough to find it, and the pictures that the officer
# chose. What is to be done there the officer writes; the reporter's own words stay in the house.
_GIVEN = Sight(words="none")
_NOTHING = Sight(case=False, matter=False, ways=False, words="none", pictures=False, where="none")

RULE: Mapping[tuple[str, str], Sight] = {
    ("public", "open"): _OPEN,
    ("public", "sensitive"): _SENSITIVE,
    ("public", "hidden"): _NOTHING,
    ("follower", "open"): _OPEN,
    ("follower", "sensitive"): _SENSITIVE,
    ("follower", "hidden"): _NEWS,  # it was open when they began to follow: they are told how it ends
    ("reporter", "open"): _ALL,
    ("reporter", "sensitive"): _ALL,
    ("reporter", "hidden"): _ALL,
    ("agency", "open"): _OPEN,
    ("agency", "sensitive"): _GIVEN,
    ("agency", "hidden"): _GIVEN,
    ("staff", "open"): _ALL,
    ("staff", "sensitive"): _ALL,
    ("staff", "hidden"): _ALL,
}


def sight_of(reader: str, openness: str) -> Sight:
    """What that reader sees of a case that is so open; a reader or a degree that only a newer release knows sees and
    shows nothing."""
    return RULE.get((reader, openness), _NOTHING)


def openness_of(*, sensitive: bool, shown: bool) -> Openness:
    """Of a case whose category the town marks so; `shown`: the public may hear of the category at all."""
    return ("sensitive" if sensitive else "open") if shown else "hidden"


def least_open(*degrees: str) -> Openness:
    """What was said when a case was closed stays so when it opens, and what was open closes with its case."""
    return max((_degree(one) for one in degrees), key=_DEGREES.index, default="open")


def public_words(text: str | None, openness: str) -> str | None:
    """The form of a text that everybody may read: its personal data covered; None where nobody else may read it.

    Made by the owner of the text when it is written, by how open its case is then, and kept beside the original.
    """
    return mask_text(text) if sight_of("public", openness).words == "public" else None


def with_public_form(name: str, text: str | None, openness: str) -> dict[str, Any]:
    """Both forms of a text, under its name and as `public_<name>`: for an event, or for a line that is stored."""
    return {name: text, f"public_{name}": public_words(text, openness)}


def words_for(
    reader: str, openness: str, *, meant_for: str, written: str | None, public: str | None = None
) -> str | None:
    """The form of a text that this reader is given; `meant_for`: everybody, agency, owner, asked or staff."""
    words = sight_of(reader, openness).words
    given = reader == "agency" and meant_for in ("agency", "asked")
    if reader == "staff" or given or (words == "written" and meant_for not in ("asked", "staff")):
        return written
    return public if words == "public" and meant_for == "everybody" else None


def _degree(code: str) -> Openness:
    """A degree that only a newer release knows counts as the least open."""
    return next((one for one in _DEGREES if one == code), "hidden")

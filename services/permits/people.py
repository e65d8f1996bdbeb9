"""Looking up applications by the people in them, for the staff: each use leaves a line in the trail, which says who
asked and what was found, and not for whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.permits.access import teams_of
from services.permits.commands import Desk
from services.permits.domain.application import Application
from services.permits.domain.search_keys import make_telephone_key, words_of
from shared.kernel import Case, Cause, Reject
from shared.kernel.trail import Change, Line
from shared.people import Person

FOUND_MOST = 20  # who has more of them is to be asked for more of the name
_LETTERS_LEAST = 3
_DIGITS_LEAST = 6


@dataclass(frozen=True)
class Found:
    """Applications that this person works on; `more`: there are others that are alike."""

    cases: Sequence[Case[Application]]
    more: bool


async def find_by_person(desk: Desk, who: Person, typed: str) -> Found:
    """Of the holder or applicant with that name or telephone number, or of one before. The line is written before the
    answer is given."""
    by, keys = _read(typed)
    cause = Cause.request()
    cases = await desk.store.register.find_people(keys, await teams_of(desk, who), FOUND_MOST + 1)
    shown = cases[:FOUND_MOST]
    told = (Change("by", None, by), Change("found", None, [case.state.reference for case in shown]))
    line = Line(cause.id, cause.at, None, "", "", "find-person", who, told)
    await desk.store.trail.add(desk.store.applications.name, line)
    return Found(shown, len(cases) > FOUND_MOST)


def _read(typed: str) -> tuple[str, Sequence[str]]:
    """Which of the two it is, and the keys of it."""
    number, named = make_telephone_key(typed), any(map(str.isalpha, typed))
    if number and not named and sum(map(str.isdecimal, typed)) >= _DIGITS_LEAST:
        return "telephone", [number]
    words = words_of(typed)
    if not named or max(map(len, words), default=0) < _LETTERS_LEAST:
        raise Reject("person-search", "three letters of a name, or a telephone number, are needed", status=422)
    return "name", words

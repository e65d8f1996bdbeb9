"""Which categories a text is about, from the keywords of the town's profile, and whether it tells of danger."""

from collections.abc import Collection, Mapping, Sequence

from shared.town import Town
from shared.town.models import Category, EmergencyNumber
from shared.words.match import comparable, count_covered

MOST = 3


def suggest_categories(text: str, categories: Mapping[str, Category]) -> list[str]:
    """Up to three category codes, the best first; empty when no keyword is in the text.

    The more of the text is a category's keywords, the better it fits: "น้ำท่วมขัง" is more than "น้ำท่วม".
    """
    looked_at = comparable(text)
    found = {code: count_covered(category.keywords, looked_at) for code, category in categories.items()}
    ranked = sorted((code for code, weight in found.items() if weight), key=lambda code: -found[code])
    return ranked[:MOST]


def list_numbers_to_call(town: Town, text: str, categories: Collection[str]) -> Sequence[EmergencyNumber]:
    """Whom to call at once instead of writing, the agency that the rule names first; empty where no words of danger
    are in the text. The same rules make the report an emergency once it is sent."""
    alarm = town.routing.alarm(text, categories)
    if alarm is None:
        return ()
    agency = town.agencies[alarm.then.agency] if alarm.then.agency else None
    first = (EmergencyNumber(name=agency.name, phone=agency.phone),) if agency else ()
    return (*first, *town.emergency)

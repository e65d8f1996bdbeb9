"""Which categories a text is about, from the keywords of the town's profile; the resident confirms."""

from collections.abc import Mapping

from shared.town.models import Category

MOST = 3


def suggest_categories(text: str, categories: Mapping[str, Category]) -> list[str]:
    """Up to three category codes, the best first; empty when no keyword is in the text.

    A long keyword says more than a short one, and Thai has no spaces to split at, so lengths are added up.
    """
    found = {code: _weight(text.casefold(), category) for code, category in categories.items()}
    ranked = sorted((code for code, weight in found.items() if weight), key=lambda code: -found[code])
    return ranked[:MOST]


def _weight(text: str, category: Category) -> int:
    words = {word.casefold() for word in category.keywords if word.casefold() in text}
    # "น้ำท่วมขัง" also holds "น้ำท่วม" and "น้ำขัง": what lies inside a longer word is not said twice.
    return sum(len(word) for word in words if not any(word != other and word in other for other in words))

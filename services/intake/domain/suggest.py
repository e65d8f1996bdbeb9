"""Which categories a text is about, from the keywords of the town's profile; the resident confirms."""

from collections.abc import Mapping

from shared.town.models import Category
from shared.words.match import comparable, covered

MOST = 3


def suggest_categories(text: str, categories: Mapping[str, Category]) -> list[str]:
    """Up to three category codes, the best first; empty when no keyword is in the text.

    The more of the text is a category's keywords, the better it fits: "น้ำท่วมขัง" is more than "น้ำท่วม".
    """
    looked_at = comparable(text)
    found = {code: covered(category.keywords, looked_at) for code, category in categories.items()}
    ranked = sorted((code for code, weight in found.items() if weight), key=lambda code: -found[code])
    return ranked[:MOST]

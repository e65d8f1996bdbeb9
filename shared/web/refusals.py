"""Why something was refused, in the reader's words: the domain speaks one language and knows no catalogue."""

from fastapi import Request

from shared.kernel import Reject
from shared.web.language import language_of
from shared.web.pages import Pages
from shared.web.parts import part_of
from shared.web.problem import Problem


def say_refusal(request: Request, refusal: Reject | Problem) -> str:
    """What this service's catalogue says of its code (`refused.<code>`), else its own detail."""
    return words_of(request, refusal.code) or refusal.detail or refusal.code


def words_of(request: Request, code: str) -> str | None:
    """None where the catalogue has no words, or such that name who or what: only a page that knows them fills those."""
    words, key = part_of(request, Pages).words, f"refused.{code}"
    said = words(language_of(request), key) if words.has(key) else ""
    return said if said and "{" not in said else None

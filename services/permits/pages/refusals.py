"""Refusals in the reader's words."""

from fastapi import Request

from shared.kernel import Reject
from shared.web import language_of, web_of


def say_refusal(request: Request, error: Reject) -> str:
    """Why it was refused; the plain detail where the catalogue has no words."""
    words, key = web_of(request).pages.words, f"refused.{error.code}"
    return words(language_of(request), key) if words.has(key) else error.detail

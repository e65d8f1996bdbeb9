"""How wrong fields are told in this service's words, where the shared layer's are too general."""

from dataclasses import replace

from fastapi import Request
from pydantic import ValidationError

from shared.web import FieldProblem, field_errors, language_of, web_of


def field_problems(request: Request, error: ValidationError) -> list[FieldProblem]:
    """Each wrong field and what to do about it; the shared words where the catalogue has none of its own."""
    language, words = language_of(request), web_of(request).pages.words
    problems = field_errors(error, language)
    keys = [f"wrong.{one.field.rpartition('.')[2]}.{one.code}" for one in problems]
    return [
        replace(one, message=words(language, key)) if words.has(key) else one
        for one, key in zip(problems, keys, strict=True)
    ]

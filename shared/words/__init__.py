"""Words for people, without the web: catalogues of texts, dates as residents read them, and text that people typed."""

from shared.words.catalogue import LANGUAGES, Words
from shared.words.typed import CleanLine, CleanText

__all__ = ["LANGUAGES", "CleanLine", "CleanText", "Words"]

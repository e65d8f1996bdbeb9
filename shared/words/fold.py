"""One spelling for what people type, paste and dictate in many: for comparing only, never shown and never stored.

Thai keyboards and screens let the same word be written in several sequences of code points that look alike.
"""

import re
import unicodedata

# Marks above and below a Thai consonant, in the order in which they are written: vowels, tones, the rest.
THAI_MARKS = "ัิีึืฺุู็่้๊๋์ํ๎"
_ORDER = {mark: place for place, mark in enumerate(THAI_MARKS)}
_NIKHAHIT, _SARA_I, _SARA_UE = "ํ", "ิ", "ึ"
_SARA_AA, _SARA_AM = "า", "ำ"
_CLUSTER = re.compile(f"[{THAI_MARKS}]+(?:[ะา][{THAI_MARKS}]*)?|[ะา][{THAI_MARKS}]+")
_MINUS = "\u2212"
_SPACES = re.compile(" {2,}")
_LETTER_OR_DIGIT = ("L", "N")

MARKS_MOST = 3  # on one letter: what Thai can use; more are drawn over the lines around
_MARKS_MOST_ELSEWHERE = 8  # Burmese and Tibetan stack more than Thai
_STACKING = re.compile(f"[{THAI_MARKS}\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
# Letters that are marks once they are normalised (NFKC): the sound marks of half-width Katakana. There are no others.
_HALF_WIDTH_MARKS = "\uff9e\uff9f"
# Marks are neither letters nor digits nor space: without so many of such in a row nothing is stacked too high.
_MAY_STACK = re.compile(rf"(?:[^\w\s]|[{_HALF_WIDTH_MARKS}]){{{MARKS_MOST + 1}}}")
# Letters, marks and a symbol by category, and yet nothing is seen of them: blank letters, joiners, variation selectors.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def is_ignorable(character: str) -> bool:
    """Whether nothing is drawn for it: zero width, direction marks, tags, variation selectors, blank letters."""
    return unicodedata.category(character) == "Cf" or _BLANK.match(character) is not None or is_noncharacter(character)


def may_hide(text: str) -> bool:
    """False where none of it is ignorable, which is said of a whole text without looking at each of its letters."""
    return not text.replace("\n", "").isprintable() or _BLANK.search(text) is not None


def is_noncharacter(character: str) -> bool:
    """Code points that Unicode keeps for programs' own use."""
    return 0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE


def with_fewer_marks(text: str) -> str:
    """No letter carries more marks than its script can use."""
    if text.isascii() or not _MAY_STACK.search(text):
        return text
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if _is_mark(character) else 0
        if run <= (MARKS_MOST if _STACKING.match(character) else _MARKS_MOST_ELSEWHERE):
            kept.append(character)
    return "".join(kept)


def _is_mark(character: str) -> bool:
    """Drawn on the letter before it, or sorted into its marks when text is normalised."""
    if unicodedata.category(character) in ("Mn", "Me") or unicodedata.combining(character) > 0:
        return True
    return character in _HALF_WIDTH_MARKS


class _Plain(dict[int, str]):
    """For `str.translate`: digits of every script, small letters, plain spaces, and nothing for what is unseen."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if is_ignorable(character):
            plain = ""
        elif unicodedata.category(character) == "Nd":
            plain = str(unicodedata.decimal(character))
        elif unicodedata.category(character) == "Pd":
            plain = "-"
        elif character != "\n" and character.isspace():
            plain = " "
        else:
            plain = _SAME.get(character, character.casefold())
        self[code] = plain
        return plain


# Two letters for one sound that many confuse, and a vowel sign that looks as the long AA.
_SAME = {"ใ": "ไ", "ๅ": "า"}
_PLAIN = _Plain()


def fold_text(text: str) -> str:
    """The text as it is compared: one sequence of code points for all that look the same, small letters, digits 0-9."""
    # Marks first: normalising sorts a run of them in the square of its length.
    text = unicodedata.normalize("NFKC", with_fewer_marks(text)).translate(_PLAIN).replace("เเ", "แ")
    return _SPACES.sub(" ", _CLUSTER.sub(_in_order, text)).strip()


def plain_digits(text: str) -> str:
    """A number, code or telephone number as people type it, with digits 0-9 and signs of ordinary width."""
    return "".join(_plain_sign(one) for one in text if not is_ignorable(one))


def _plain_sign(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if "\uff00" <= character <= "\uffef":  # full and half width; what NFKC makes of others means something else: 10²
        return unicodedata.normalize("NFKC", character)
    return "-" if character == _MINUS or unicodedata.category(character) == "Pd" else character


def letters_and_digits(text: str) -> str:
    """What is left of a code without its dashes, spaces and invisible signs: capitals and digits 0-9."""
    return "".join(one for one in plain_digits(text).upper() if unicodedata.category(one)[0] in _LETTER_OR_DIGIT)


def _in_order(cluster: re.Match[str]) -> str:
    """The marks of one syllable, each once and in order, before the vowel beside them; SARA AM in one piece."""
    marks = set(cluster[0])
    beside = "".join(marks & {"ะ", _SARA_AA})
    marks -= set(beside)
    if _NIKHAHIT in marks and beside == _SARA_AA:
        marks.discard(_NIKHAHIT)
        beside = _SARA_AM
    elif {_NIKHAHIT, _SARA_I} <= marks:
        marks -= {_NIKHAHIT, _SARA_I}
        marks.add(_SARA_UE)
    return "".join(sorted(marks, key=_ORDER.__getitem__)) + beside

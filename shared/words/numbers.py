"""Finds people's numbers in a text with digits 0-9: of telephones, citizens and bank accounts.

A number is bounded by digits, not by words: Thai writes no space before it. Its digits stand in groups with up to three
signs between, and a number begins and ends with whole groups.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Span = tuple[int, int]

_DIGITS = re.compile(r"[0-9]+")
_SIGNS = re.compile(r"[\W_ๆฯ]{1,3}")
# Letters typed for the zero and the one with which a mobile number begins.
_LETTERS = re.compile(r"(?<![a-z0-9])(?:o[689][0-9il]|0[689][il])(?=(?:[\W_]{0,3}[0-9]){6,7}(?![0-9]))")
_AS_DIGITS = str.maketrans("oil", "011")

_GROUPS_MOST = 15  # digits one by one
_CITIZEN = 13
_USUAL_CITIZEN = (1, 4, 5, 2, 1)
_USUAL_PHONES = {(3, 3, 4), (3, 7), (2, 4, 4), (2, 3, 4), (3, 6), (3, 3, 3), (1, 4, 4), (3, 4, 3), (2, 7), (2, 8)}
_USUAL_ACCOUNT = (3, 1, 5, 1)
_MOBILE, _LANDLINE = 10, 9  # digits with the leading 0
_FOREIGN = range(8, 16)  # digits behind a +
_SHORT_NUMBER = re.compile(r"1[0-9]{2,3}")  # 191, 1669: nobody's own

# Behind these a number of any shape is somebody's. Thai without its marks: โทร, เบอร์, มือถือ, บัญชี, พร้อมเพย์ …
_ANNOUNCED = re.compile(
    r"(?:โทร|เบอร|มอถอ|บญช|พรอมเพย|พาสปอรต|หนงสอเดนทาง|ปชช|ประชาชน|phone|tel|mobile|call|whatsapp|account|promptpay|passport)"
    r"[^0-9\n]{0,12}$"
)
_LOOK_BACK = 28
_ANNOUNCED_DIGITS = range(7, 16)
_PASSPORT = re.compile(
    r"(?:passport|พาสปอรต|หนงสอเดนทาง)[^0-9\n]{0,12}?(?P<number>(?<![a-z])[a-z]{1,2}[0-9]{6,8})(?![0-9])"
)


@dataclass(frozen=True)
class _Group:
    """Digits that stand together; `glue`: the signs between the group before and this one, None when words are."""

    start: int
    end: int
    digits: str
    glue: str | None


def personal(text: str) -> Iterator[Span]:
    """Where numbers of people stand in the text (phone, identity card, passport), as spans."""
    text = _LETTERS.sub(lambda typed: typed[0].translate(_AS_DIGITS), text)
    yield from (match.span("number") for match in _PASSPORT.finditer(text))
    groups = _groups(text)
    at = 0
    while at < len(groups):
        near = _chain(groups, at)
        count = _ordinary(near)
        if not count and (count := _number(text, near)):
            yield _with_sign(text, near[0].start, near[count - 1].end), near[count - 1].end
        at += count or 1


def _groups(text: str) -> list[_Group]:
    groups: list[_Group] = []
    for match in _DIGITS.finditer(text):
        before = text[groups[-1].end : match.start()] if groups else " " * 9
        groups.append(_Group(*match.span(), match[0], before if _SIGNS.fullmatch(before) else None))
    return groups


def _chain(groups: Sequence[_Group], at: int) -> list[_Group]:
    """The group and those that only signs part from it."""
    chain = [groups[at]]
    for group in groups[at + 1 : at + _GROUPS_MOST]:
        if group.glue is None:
            break
        chain.append(group)
    return chain


def _with_sign(text: str, start: int, end: int) -> int:
    """Where the number begins with its plus, and with a bracket that closes within it."""
    signs = "+(" if ")" in text[start:end] else "+"
    while start and text[start - 1] in signs:
        start -= 1
    return start


def _number(text: str, chain: Sequence[_Group]) -> int:
    """How many groups of the chain are one person's number, from its first on; 0: none."""
    plus = text[: chain[0].start].endswith(("+", "+("))
    announced = bool(_ANNOUNCED.search(text[max(0, chain[0].start - _LOOK_BACK) : chain[0].start]))
    return _phone(chain, plus) or _citizen(chain) or _account(chain) or (_any(chain) if announced else 0)


def _lengths(chain: Sequence[_Group]) -> tuple[int, ...]:
    return tuple(len(group.digits) for group in chain)


def _sums(chain: Sequence[_Group]) -> Iterator[tuple[int, str]]:
    """The first group, the first two, … as one number."""
    digits = ""
    for count, group in enumerate(chain, 1):
        digits += group.digits
        yield count, digits


def _phone(chain: Sequence[_Group], plus: bool) -> int:
    found = 0
    for count, digits in _sums(chain):
        national = _national(digits, plus)
        if national and _is_phone(chain[:count], national):
            found = count
            if len(national) == (_MOBILE if national[1] in "689" else _LANDLINE):
                break
        if plus and not national and not digits.startswith("66") and len(digits) in _FOREIGN:
            found = count
    return found


def _national(digits: str, plus: bool) -> str | None:
    """The number as it is dialled in Thailand; None when it cannot be one."""
    if digits.startswith("0066"):
        digits = digits[2:]
    elif digits.startswith("0"):
        return digits if len(digits) in (_LANDLINE, _MOBILE) and not plus else None
    if not digits.startswith("66"):
        return None
    national = "0" + digits[2:].removeprefix("0")
    return national if len(national) in (_LANDLINE, _MOBILE) else None


def _is_phone(groups: Sequence[_Group], national: str) -> bool:
    """Numbers in a row, such as measures, are not one because their digits happen to be nine."""
    return (
        len(groups) == 1
        or _lengths(groups) in _USUAL_PHONES
        or (
            national[1] in "23456789" and not (groups[0].digits == "0" and (groups[1].glue or "").strip() in {".", ","})
        )
    )


def _citizen(chain: Sequence[_Group]) -> int:
    for count, digits in _sums(chain):
        if len(digits) == _CITIZEN:
            groups = chain[:count]
            usual = count == 1 or _lengths(groups) == _USUAL_CITIZEN or count == _CITIZEN
            few = count <= len(_USUAL_CITIZEN) + 1 and not _all_short(groups)
            return count if usual or few else 0
    return 0


def _account(chain: Sequence[_Group]) -> int:
    usual = len(_USUAL_ACCOUNT)
    return usual if _lengths(chain[:usual]) == _USUAL_ACCOUNT else 0


def _any(chain: Sequence[_Group]) -> int:
    counts = [count for count, digits in _sums(chain) if len(digits) in _ANNOUNCED_DIGITS]
    return counts[-1] if counts and not _all_short(chain[: counts[-1]]) else 0


def _all_short(groups: Sequence[_Group]) -> bool:
    return all(_SHORT_NUMBER.fullmatch(group.digits) for group in groups)


def _ordinary(chain: Sequence[_Group]) -> int:
    """How many groups are a date, hours from to, or a place in degrees: these are needed, and nobody's."""
    return _date(chain) or _hours(chain) or _degrees(chain)


def _signs(chain: Sequence[_Group]) -> list[str]:
    return [(group.glue or "").strip() for group in chain[1:]]


def _date(chain: Sequence[_Group]) -> int:
    three = chain[:3]
    sizes = _lengths(three)
    if len(three) != 3 or max(sizes) > 4 or len(set(_signs(three))) != 1:
        return 0
    sign = _signs(three)[0]
    first, second, third = (int(group.digits) for group in three)
    if sizes[0] == 4:  # 2026-11-26
        return 3 if sign in ("-", "/") and _is_year(first) and 1 <= second <= 12 and 1 <= third <= 31 else 0
    if sign not in ("/", "-", ".") or max(sizes[:2]) > 2 or not (1 <= first <= 31 and 1 <= second <= 12):
        return 0
    return 3 if (sizes[2] == 4 and _is_year(third)) or (sizes[2] == 2 and sign == "/") else 0


def _is_year(number: int) -> bool:
    return 1900 <= number <= 2100 or 2443 <= number <= 2643  # of the common era, and of the Buddhist


def _hours(chain: Sequence[_Group]) -> int:
    """08.30-16.30; a single time is ordinary by its length alone."""
    four = chain[:4]
    if len(four) < 4 or {_signs(four)[0], _signs(four)[2]} - {".", ":"} or _signs(four)[1] not in ("-", "", "~", ","):
        return 0
    return 4 if all(_is_time(*pair) for pair in (four[:2], four[2:])) else 0


def _is_time(hour: _Group, minute: _Group) -> bool:
    return len(hour.digits) <= 2 == len(minute.digits) and int(hour.digits) <= 24 and int(minute.digits) < 60


def _degrees(chain: Sequence[_Group]) -> int:
    """18.7433, 98.9640"""
    four = chain[:4]
    if len(four) < 4 or _signs(four) not in ([".", ",", "."], [".", "", "."]):
        return 0
    whole, decimals = (four[0], four[2]), (four[1], four[3])
    return 4 if all(len(one.digits) <= 3 for one in whole) and all(len(one.digits) >= 3 for one in decimals) else 0

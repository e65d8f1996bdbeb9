"""Reads a form against the permit type's fields. Numbers stay the text they were written as: 150.00 is not 150.01."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date

from services.permits.domain.permit_type import FormField, PermitType, all_hold, as_decimal
from shared.emails import read_email
from shared.events.times import need_our_day
from shared.kernel import Reject
from shared.words.fold import plain_digits
from shared.words.pattern import fits
from shared.words.typed import clean

_PHONE = re.compile(r"(\+66|0)[0-9]{8,9}")
# A comma stands before each three digits or nowhere: "4,2" may be meant as 4.2, and must not be read as 42.
_NUMBER = re.compile(r"-?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]{1,10})?")
_YES = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}


@dataclass(frozen=True)
class Fault:
    """One wrong field; `code` with `values` is what pages say of it."""

    field: str
    code: str
    values: Mapping[str, str] = default(default_factory=dict)


class FormFaults(Reject):
    """The form holds values that its fields do not take."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("invalid", ", ".join(f"{fault.field}: {fault.code}" for fault in faults), status=422)
        self.faults = faults


def read(permit: PermitType, raw: Mapping[str, object]) -> tuple[dict[str, str], list[Fault]]:
    """What was filled in, cleaned, and what is wrong with it. Fields left open are no fault: a draft may wait. What an
    earlier answer makes needless is left out: a page without scripts asks for it all the same."""
    known = {one.code for one in permit.fields}
    faults = [Fault(name, "unknown") for name in raw if name not in known]
    form: dict[str, str] = {}
    for one in permit.fields:
        text = _text(raw.get(one.code))
        if not text or not all_hold(one.when, form):
            continue
        value, fault = _READERS.get(one.type, _read_words)(one, text)
        if fault:
            faults.append(Fault(one.code, fault, _list_limits(one)))
        else:
            form[one.code] = value
    return form, faults


def list_missing(permit: PermitType, form: Mapping[str, str]) -> list[str]:
    """The codes of required fields that are still empty, of those that this form asks for."""
    return [one.code for one in permit.fields_for(form) if one.required and not form.get(one.code)]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def _list_limits(one: FormField) -> dict[str, str]:
    limits = {
        "minimum": one.minimum,
        "maximum": one.maximum,
        "decimals": one.decimals,
        "max_length": one.max_length,
        "example": one.example,
    }
    return {name: str(limit) for name, limit in limits.items() if limit is not None}


def _read_words(one: FormField, text: str) -> tuple[str, str]:
    try:
        text = clean(text)  # a newline is one character, as a browser counts it
    except ValueError:
        return "", "control-characters"
    if one.pattern and not fits(one.pattern, plain_digits(text)):
        return "", "pattern"
    return (text, "") if len(text) <= one.max_length else ("", "too-long")


def _read_number(one: FormField, text: str) -> tuple[str, str]:
    written = plain_digits(text)
    plain = written.replace(",", "")
    value = as_decimal(plain) if _NUMBER.fullmatch(written) else None
    decimals = 0 if one.type == "integer" else one.decimals
    if value is None:
        return "", "whole-number" if decimals == 0 else "not-a-number"
    if value != round(value, decimals):
        return "", "whole-number" if decimals == 0 else "decimals"
    if (one.minimum is not None and value < one.minimum) or (one.maximum is not None and value > one.maximum):
        return "", "out-of-range"
    return str(int(value)) if decimals == 0 else plain, ""


def _read_choice(one: FormField, text: str) -> tuple[str, str]:
    return (text, "") if text in {choice.code for choice in one.choices} else ("", "no-choice")


def _read_yes_or_no(_: FormField, text: str) -> tuple[str, str]:
    return (_YES[text.lower()], "") if text.lower() in _YES else ("", "no-choice")


def _read_date(_: FormField, text: str) -> tuple[str, str]:
    try:
        return need_our_day(date.fromisoformat(plain_digits(text))).isoformat(), ""
    except ValueError:
        return "", "not-a-date"


def _read_phone(_: FormField, text: str) -> tuple[str, str]:
    plain = re.sub(r"[\s().-]", "", plain_digits(text))
    return (plain, "") if _PHONE.fullmatch(plain) else ("", "not-a-phone")


def _read_email(_: FormField, text: str) -> tuple[str, str]:
    read = read_email(text)
    return (read, "") if read else ("", "not-an-email")


def _read_citizen_id(_: FormField, text: str) -> tuple[str, str]:
    """Thirteen digits, the last one a check on the others (modulo 11)."""
    plain = re.sub(r"[\s-]", "", plain_digits(text))
    if not re.fullmatch(r"[0-9]{13}", plain):
        return "", "not-a-citizen-id"
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(plain[:12]))
    return (plain, "") if (11 - total % 11) % 10 == int(plain[12]) else ("", "not-a-citizen-id")


_READERS = {
    "text": _read_words,
    "longtext": _read_words,
    "integer": _read_number,
    "decimal": _read_number,
    "choice": _read_choice,
    "yesno": _read_yes_or_no,
    "date": _read_date,
    "phone": _read_phone,
    "email": _read_email,
    "citizen-id": _read_citizen_id,
}

"""By what an application is found, in one spelling for what people write in many: its plot, by everybody who looks into
the register; its people, by the staff. Kept with the application, so that a list of a million need not be read."""

import re

from services.permits.domain.application import Application, with_values
from shared.kernel import Step
from shared.words.fold import fold_text
from shared.words.typed import same_number

SPELLING = 1  # of the keys: raised when they are spelled otherwise, so that all are made anew (`timers.py`)
DEED = "deed_number"  # the field of a form that names the parcel
WORD_LEAST = 2  # characters: a single one is found in every other name
_KEY_MOST = 60  # characters of one key
_KEYS_MOST = 40  # of one application: a name has a few words, a permit few holders
_NUMBER_WORD = "เลขที่"
# Numbers that are no house's: of a village, of a lane, and in the names of land papers (น.ส. 3 ก., ส.ป.ก. 4-01).
_OTHERS = re.compile(r"(?:หมู่(?:ที่)?|ม\.|ซอย|ซ\.|moo|soi)\s*[0-9]+|น\.?\s*ส\.?\s*3(?:\s*ก\.?)?|ส\.?\s*ป\.?\s*ก\.?\s*4-01")
_NUMBER = re.compile(r"(?<![0-9a-z])[0-9]+(?:[/-][0-9]+)*(?![0-9a-z])")
# Titles are left out in one name and written in the next. The longer first: นางสาว begins with นาง.
_TITLES = re.compile(r"^(?:นางสาว|นาง|นาย|น\.\s*ส\.|ด\.\s*ช\.|ด\.\s*ญ\.|คุณ|mr\.?\s|mrs\.?\s|ms\.?\s|miss\s)\s*")
_TELEPHONE = "tel:"


def with_search_keys(application: Application) -> Application:
    """The application with the keys that follow from who holds it and where it is."""
    return with_values(
        application, plot_keys=_list_plot_keys(application), person_keys=_person_keys(application), keyed=SPELLING
    )


def key_again(application: Application) -> Step[Application] | None:
    """For an application that was handed in before there were keys, or by a replica that knows of none."""
    if application.submitted_at is None or application.keyed >= SPELLING:
        return None
    return Step(with_search_keys(application))


def find_house_number(text: str) -> str | None:
    """`99/4` of "บ้านเลขที่ 99/4 หมู่ 3": the number that a house has, not its village's or lane's."""
    plain = _OTHERS.sub(" ", fold_text(text).rpartition(_NUMBER_WORD)[2])  # which leaves single spaces
    for sign in "/-":
        plain = plain.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    found = _NUMBER.search(plain)
    return found[0][:_KEY_MOST] if found else None


def plots_of(typed: str) -> tuple[str, ...]:
    """What somebody typed, as the keys of a plot that it may be: a deed's number or a house's."""
    return tuple(dict.fromkeys(key for key in (_make_deed_key(typed), find_house_number(typed)) if key))


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared, without its title."""
    return tuple(word[:_KEY_MOST] for word in _TITLES.sub("", fold_text(name)).split() if len(word) >= WORD_LEAST)


def make_telephone_key(number: str) -> str | None:
    """A telephone number as it is compared: however it is written, it is one."""
    same = same_number(number)
    return f"{_TELEPHONE}{same}"[:_KEY_MOST] if same else None


def _make_deed_key(text: str) -> str | None:
    """Only what has a number in it names a deed."""
    key = "".join(fold_text(text).split())[:_KEY_MOST]
    return key if any(map(str.isdecimal, key)) else None


def _list_plot_keys(application: Application) -> tuple[str, ...]:
    deeds = (application.form.get(DEED, ""), application.parcel.deed_number if application.parcel else "")
    keys = [*(key for deed in deeds for key in plots_of(deed)), find_house_number(application.location.address or "")]
    return tuple(dict.fromkeys(key for key in keys if key))


def _person_keys(application: Application) -> tuple[str, ...]:
    """Of its holder and of those before; a number by which one can be reached goes when the contact does."""
    names = (application.applicant.name, *(one.name for one in application.past_holders))
    keys = [word for name in names for word in words_of(name)]
    number = make_telephone_key(application.applicant.phone or "")
    return tuple(dict.fromkeys([*([number] if number else []), *keys]))[:_KEYS_MOST]

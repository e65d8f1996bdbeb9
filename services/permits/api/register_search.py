"""What somebody asks of the register: the same for programs, for the page and for its map."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request

from services.permits.bodies import Search
from services.permits.codes import read_search
from services.permits.register_store import Registered
from shared.town import Town
from shared.web import rate_limit
from shared.words.dates import BUDDHIST_ERA
from shared.words.fold import plain_digits

# Whoever knows a plot finds its permit, as its sign at the site says it. Nobody is to try all plots of the town.
_LIMITED = rate_limit("register-search", per_minute=30, burst=20)
_FIRST_BUDDHIST: Final = 2400  # no town keeps records of then by the other calendar
_YEARS: Final = range(1900, 2900)
Code = Annotated[str, Query(max_length=64)]
_SOUGHT: Final = "A number or its beginning, a reference, a verify code; or a deed's or a house's whole number."


@dataclass(frozen=True)
class Asked:
    """As it was typed; empty: any."""

    q: str = ""
    permit_type: str = ""
    zone: str = ""
    standing: str = ""
    year: str = ""

    @property
    def wrong_year(self) -> bool:
        """Something was typed that is no year."""
        return bool(self.year.strip()) and read_year(self.year) is None

    def encode(self, **more: str) -> str:
        """As the query of an address."""
        return urlencode({name: value for name, value in (asdict(self) | more).items() if value})

    def build_query(self, town: Town) -> Registered:
        """As the store is asked. What is no year leaves every year."""
        year, zone = read_year(self.year), ZoneInfo(town.timezone)
        return Registered(
            permit_type=self.permit_type or None,
            zone=self.zone or None,
            standing=self.standing or None,
            sought=read_search(town.reference_prefix, self.q),
            since=datetime(year, 1, 1, tzinfo=zone) if year else None,
            until=datetime(year + 1, 1, 1, tzinfo=zone) if year else None,
        )


def read_year(typed: str) -> int | None:
    """The year of the Christian era that was typed in either calendar, in any digits."""
    digits = plain_digits(typed).strip()
    year = int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 4 else 0
    year -= BUDDHIST_ERA if year >= _FIRST_BUDDHIST else 0
    return year if year in _YEARS else None


async def read_search_query(
    request: Request,
    q: Annotated[Search, Query(description=_SOUGHT)] = "",
    permit_type: Code = "",
    zone: Code = "",
    standing: Annotated[str, Query(max_length=64, description="What they are worth now.")] = "",
    year: Annotated[str, Query(max_length=10, description="Of the decision, such as 2569 or 2026.")] = "",
) -> Asked:
    """Dependency: what is looked for; a search by words is counted."""
    if q.strip():
        await _LIMITED(request)
    return Asked(q, permit_type, zone, standing, year)


Asking = Annotated[Asked, Depends(read_search_query)]

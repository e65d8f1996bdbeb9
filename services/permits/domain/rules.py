"""By what one application is judged, from the day it is handed in to its end.

The rules are kept by their content, once for all applications of that day, and an application holds the hash alone
(`Pin`): a permit type is some 12 kB, and every step of a case writes the whole case.
"""

import hashlib
from datetime import datetime

from services.permits.domain.permit_type import PermitType, Text
from shared.kernel import StoredModel
from shared.town import Town

VERSION_LENGTH = 12  # characters of the hash: enough to tell the versions of one type apart


class Office(StoredModel):
    """An office that may sign decisions of a permit type."""

    code: str
    title: Text
    acting_for: Text | None = None  # printed under the title when it signs for the office above


class Rules(StoredModel):
    """By what one application is judged: its permit type, and the offices that may sign it, in the order in which they
    stand in for each other."""

    code: str
    permit: PermitType
    offices: tuple[Office, ...] = ()

    @property
    def content(self) -> str:
        """As it is kept: text, so that every number stays the one that was written."""
        return self.model_dump_json()

    @property
    def hash(self) -> str:
        """What tells this content from every other."""
        return hashlib.sha256(self.content.encode()).hexdigest()


class Pin(StoredModel):
    """Which `Rules` an application was handed in under. Their content is kept once for all that share it."""

    hash: str
    version: str  # of the permit type, to be named by people: the beginning of the hash
    team: str | None = None  # whose examiners look at it: events name it
    at: datetime

    @classmethod
    def of(cls, rules: Rules, at: datetime) -> "Pin":
        """The pin by which an application keeps these rules for good, from `at` on."""
        return cls(hash=rules.hash, version=rules.hash[:VERSION_LENGTH], team=rules.permit.team, at=at)


def rules_of(town: Town, code: str) -> Rules:
    """A permit type as the profile has it today; nameless and without a way in when the profile does not have it."""
    permit = town.permits.get(code)
    if permit is None:
        unknown = Text(th=code, en=code)
        return Rules(code=code, permit=PermitType(name=unknown, form_code=unknown, law=unknown))
    signing = [office for office in town.signatories if not office.permits or code in office.permits]
    return Rules.model_validate(
        {
            "code": code,
            "permit": permit.model_dump(mode="json"),
            "offices": [office.model_dump(mode="json", include={"code", "title", "acting_for"}) for office in signing],
        }
    )


def is_offered(town: Town, code: str) -> bool:
    """Whether an application of this type can be begun or handed in today."""
    return code in town.permits

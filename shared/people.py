"""Who acts for the town, without the web: use cases and domains ask a person's roles and team."""

from collections.abc import Collection

from pydantic import BaseModel, ConfigDict

ROLES = (
    "crew",
    "lead",
    "officer",
    "examiner",
    "signatory",
    "cashier",
    "supervisor",
    "admin",
)  # of the town's own people
AGENCY = "agency"  # works for a body outside the town, and sees what was referred to it


class Person(BaseModel):
    """Somebody who has signed in, as the identity provider describes them: the town's staff, or an agency's."""

    model_config = ConfigDict(frozen=True)

    sub: str
    name: str = ""
    roles: frozenset[str] = frozenset()
    team: str | None = None
    town: str | None = None
    level: str | None = (
        None  # of the ladder above the crews, that they hold for their team: head, director, clerk, mayor
    )
    agency: str | None = None  # which agency they work for: a code of the profile's `agencies`
    signs_for: frozenset[str] = frozenset()  # offices whose decisions they sign: codes of the profile's `signatories`

    def may(self, *roles: str) -> bool:
        """Holds one of the roles; `admin` may everything that the town's people may, and no role named means any of
        them. An agency's board is the agency's alone."""
        wanted = {*(roles or ROLES)}
        return bool(self.roles & wanted) or ("admin" in self.roles and wanted != {AGENCY})

    @property
    def acts_by_name(self) -> bool:
        """Whether what they do is written down under their name: they hold a role, of the town or of an agency."""
        return bool(self.roles)


PermitTeams = Collection[str | None] | None  # None: every team's


def permit_teams(who: Person, centre: str, covered: Collection[str] = ()) -> PermitTeams:
    """Whose applications for permits this person works on: a team of None is one that the profile has left open.

    Heads and signatories see all, and so does the one-stop `centre`, where every application comes in; officers and
    examiners of a team see that team's, and examiners those of the teams whose place theirs takes (`covered`). An
    officer of another division has no business with them.
    """
    if who.may("signatory", "supervisor"):
        return None
    if not who.may("officer", "examiner"):
        return ()
    if who.team == centre:
        return None
    return (who.team, None, *(covered if who.may("examiner") else ()))

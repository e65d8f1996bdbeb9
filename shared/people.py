"""Who acts for the town, without the web: use cases and domains ask a person's roles and team."""

from pydantic import BaseModel, ConfigDict

ROLES = ("crew", "officer", "examiner", "signatory", "supervisor", "admin")


class Person(BaseModel):
    """A signed-in member of staff, as the identity provider describes them."""

    model_config = ConfigDict(frozen=True)

    sub: str
    name: str = ""
    roles: frozenset[str] = frozenset()
    team: str | None = None
    town: str | None = None

    def may(self, *roles: str) -> bool:
        """Holds one of the roles; `admin` may everything, no role named means any member of staff."""
        return bool(self.roles & {*(roles or ROLES), "admin"})

"""Who looks at a report: everybody, a follower or the reporter by a secret link, or staff."""

from dataclasses import dataclass
from typing import Literal

from shared.kernel import Reject

Role = Literal["public", "follower", "reporter", "staff"]  # of the readers of `shared.readers`, those who come here


@dataclass(frozen=True)
class Viewer:
    """`reporter` holds the report's secret, `follower` the one of their party."""

    role: Role = "public"
    party: str = ""

    def must_be(self, *roles: Role) -> None:
        """Refuse (403) whoever sees the report as none of these."""
        if self.role not in roles:
            raise Reject("secret-needed", "this needs the secret link of the report", status=403)


EVERYBODY = Viewer()
STAFF = Viewer("staff")

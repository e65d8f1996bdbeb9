"""Who looks at a report: everybody, a follower or the reporter by a secret link, or staff."""

from dataclasses import dataclass

from shared.kernel import Reject
from shared.readers import Reader


@dataclass(frozen=True)
class Viewer:
    """`reporter` holds the report's secret, `follower` the one of their party."""

    role: Reader = "public"
    party: str = ""

    def must_be(self, *roles: Reader) -> None:
        """The refusal for everybody else."""
        if self.role not in roles:
            raise Reject("secret-needed", "this needs the secret link of the report", status=403)


EVERYBODY = Viewer()
STAFF = Viewer("staff")

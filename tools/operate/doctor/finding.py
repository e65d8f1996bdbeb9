"""What is wrong with a set-up, in one sentence that ends with what to do."""

from dataclasses import dataclass
from typing import Literal

# broken: it does not work, or soon will not; unsafe: it works, for others too; unfinished: a town goes live without it;
# unseen: it cannot be looked at from here, and nothing is wrong for all that is known
Grade = Literal["broken", "unsafe", "unfinished", "unseen"]
POD = "KUBERNETES_SERVICE_HOST"  # every pod has it


@dataclass(frozen=True)
class Finding:
    """`about`: which part of the set-up."""

    grade: Grade
    about: str
    text: str

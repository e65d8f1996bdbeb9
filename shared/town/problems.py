"""What is wrong with a town's folder: always file, line and reason, and all of it at once."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One defect; `line` counts from 1, and is 1 when the file is missing or only the whole of it is wrong."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class TownError(Exception):
    """A town's folder is not usable; `problems` holds everything that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems

"""The three ways to fail: never (`Reject`), not now (`Transient` and what `failures` lists), and a bug (all else)."""

WHY_MOST = 2000  # characters of an explanation in a dead letter


class Reject(Exception):
    """This must not happen, ever: poison on the bus, a problem on HTTP. `code` is stable, `detail` is for people."""

    def __init__(self, code: str, detail: str, *, status: int = 409) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status


class Transient(Exception):
    """Something needed is away or asks us to slow down; wait and try again, never skip."""


class Conflict(Exception):
    """Somebody else saved this case since it was loaded."""


class DuplicateKey(Exception):
    """A unique index other than the case id objects; `index` is its first field, as `state.reference`."""

    def __init__(self, index: str) -> None:
        super().__init__(f"another case holds this value of {index}")
        self.index = index


def say_error(error: BaseException, most: int = 300) -> str:
    """An error as one sentence for people: its class once (some drivers say it themselves), and what it says.

    Every log line about a failure has it as `why`; `most` characters, for some drivers describe all they know.
    """
    name, text = type(error).__name__, " ".join(str(error).split())
    return (text if name in text else f"{name}: {text}" if text else name)[:most]


class Stopping(Exception):
    """The process is stopping; what is not done comes again."""


class Halted(Exception):
    """Too large a share of the traffic fails as bugs: the consumer stops rather than empty the topic into the DLQ."""

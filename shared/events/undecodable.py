"""The one answer to a record that is not what it should be."""


class Undecodable(Exception):
    """A record that can never be understood, however often it is tried: poison.

    `reason` is a code (missing-header, duplicate-header, null-header, bad-header, unknown-type, no-value, not-utf8,
    not-json, schema), `detail` says what and where without quoting the data, which may be personal.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

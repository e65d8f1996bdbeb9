"""The OpenID Connect provider for development, with our people in it: click a name to be that person.

For developers and tests only; services refuse it when ENVIRONMENT=production.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

PEOPLE = Path(__file__).with_name("people.yaml")
_SHIFT = 8 * 60 * 60  # seconds that a token is good for


def people() -> Sequence[Mapping[str, Any]]:
    """Who can sign in, as the claims of their tokens."""
    listed: Sequence[Mapping[str, Any]] = yaml.safe_load(PEOPLE.read_text())["people"]
    return listed


def main(arguments: Sequence[str]) -> None:
    """Run the provider; `--host` and `--port` as it knows them."""
    from oidc_provider_mock import _storage
    from oidc_provider_mock.__main__ import run

    # It asks anew each time and does not say so: its click is the proof that `auth_time` tells of.
    setattr(_storage.AuthorizationCode, "get_auth_time", lambda _code: int(time.time()))  # noqa: B010 - not typed
    users = [argument for person in people() for argument in ("--user-claims", json.dumps(person))]
    run([*arguments, "--token-max-age", str(_SHIFT), *users])


if __name__ == "__main__":
    main(sys.argv[1:])

"""`python -m deploy.image [service]`: builds the images and says how large they are and where they lie."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from deploy.image.build import NAMES, TARGETS, build
from deploy.local.machine import has_program, install

NEEDED: Mapping[str, Callable[[], bool]] = {
    "buildah": has_program("buildah"),  # runs the Dockerfile, without a daemon
    "mmdebstrap": has_program("mmdebstrap"),  # makes the base
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 when something could not be built; the step that failed has said why."""
    parser = argparse.ArgumentParser(prog="python -m deploy.image", description=__doc__)
    parser.add_argument(
        "target", nargs="*", default=[*TARGETS], help=f"which of {', '.join(NAMES)} ({' '.join(TARGETS)})"
    )
    parser.add_argument("--base", help="an image to stand on; `pinned`: the one in the Dockerfile, from its registry")
    parser.add_argument("--tag", default="local", help="what the images are called by, after the colon (%(default)s)")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.target) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    if not install(NEEDED):
        return 1
    try:
        for target in asked.target:
            print(build(target, asked.base, asked.tag), flush=True)
    except subprocess.CalledProcessError as error:
        print(f"not built: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.support.newer ARGUMENTS` is `python -m services ARGUMENTS` with dispatch a release further on."""

import sys

from services.__main__ import main
from tests.support.newer.release import arrive

arrive()
main(sys.argv[1:])

"""`python -m tests.support.deadly ARGUMENTS` is `python -m services ARGUMENTS` with the kernel's steps made deadly."""

import sys

from services.__main__ import main
from tests.support.deadly.points import arm

arm()
main(sys.argv[1:])

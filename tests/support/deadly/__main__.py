"""`python -m tests.support.deadly ARGUMENTS` is `python -m uvicorn ARGUMENTS` with the kernel's steps made deadly."""

import sys

import uvicorn

from tests.support.deadly.points import arm

arm()
sys.argv[0] = "uvicorn"
uvicorn.main()

"""`python -m tests.support.newer ARGUMENTS` is `python -m uvicorn ARGUMENTS` with dispatch a release further on."""

import sys

import uvicorn

from tests.support.newer.release import arrive

arrive()
sys.argv[0] = "uvicorn"
uvicorn.main()

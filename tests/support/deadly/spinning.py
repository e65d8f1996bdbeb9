"""A reader of files that its file has taken down: `python -m tests.support.deadly.spinning …`."""

import os
import signal

os.kill(os.getpid(), signal.SIGXCPU)

"""The WSGI application: what a server imports."""

import signal
import sys
from multiprocessing import parent_process

from config import BadSettingError
from portal import create_app

if parent_process() is not None:
    # A worker of granian is forked with its parent's handlers, and would forget a SIGTERM that comes before it has set its own. Until then it just ends.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

try:
    app = create_app()
except BadSettingError as problem:
    sys.exit(str(problem))

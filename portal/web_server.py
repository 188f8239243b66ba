"""``python -m portal.web_server …``: granian, in a process that has loaded the portal before its workers part from it.

So a worker that dies is back in a moment, several start as fast as one, and they share the memory of the code. The arguments are granian's own.
"""

from __future__ import annotations

import gc

from granian.cli import entrypoint

from portal import web as _every_page  # noqa: F401  (loaded here, once)
from portal import worker as _every_domain  # noqa: F401


def main() -> None:
    """Serve until told to stop."""
    gc.collect()
    gc.freeze()  # what is loaded stays for good: a collection in a worker would only copy its pages
    entrypoint()  # type: ignore[no-untyped-call,unused-ignore]


if __name__ == "__main__":
    main()

"""What all pages share that strangers check certificates on: misses are counted per address, and the answers stay with whoever asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.web.limits import limiter

if TYPE_CHECKING:
    from flask import Response

NOT_FOUND = 404


def _missed(answer: Response) -> bool:
    return answer.status_code == NOT_FOUND


# One count for all ways to guess. Hits count for nothing: an office behind one address checks as many as it holds.
misses_limited = limiter.shared_limit("20 per minute; 200 per day", scope="certificate misses", deduct_when=_missed)


def private(answer: Response) -> Response:
    """Search engines keep out: who holds a certificate is for whoever was shown it.

    Nor does the address, which is a secret, stand in the requests that the page makes, and so in no log: they name the host alone.
    """
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer

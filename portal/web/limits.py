"""Rate limits per address, for what strangers can try: shared through Redis when several machines serve, else per process."""

from __future__ import annotations

import logging
from functools import cache
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from flask import Flask, current_app, request
from flask_limiter import Limiter

from portal.web.guard import actor, find_actor

if TYPE_CHECKING:
    from config import Settings

LINE = 64
"""Bits of an IPv6 address that name a line; whoever has it chooses the rest anew for each try."""


def address() -> str:
    """The address that a request comes from, as far as the trusted proxies tell; of IPv6 the network, which is one line's as a whole."""
    if "X-Forwarded-For" in request.headers and not current_app.config["SETTINGS"].trusted_proxies:
        _warn_of_proxy()
    return _counted(request.remote_addr or "unknown")


def _counted(told: str) -> str:
    try:
        found = ip_address(told)
    except ValueError:
        return told
    if isinstance(found, IPv4Address):
        return told
    return str(found.ipv4_mapped or IPv6Network((found.packed, LINE), strict=False))


log = logging.getLogger(__name__)

UPLOADS, NEW_PEOPLE = "30 per hour", "60 per hour"
"""Of one coordinator. Whoever names a person by number learns whether the portal knows it: so not number after number."""

SCANS = "60 per hour"
"""Uploads of scans by one person, each of several files at most."""

LARGEST_FORM = 1024 * 1024
"""Of what is typed. Only a form that brings a file may be larger (``MAX_CONTENT_LENGTH``): taking a long text apart costs seconds."""

LARGEST_SCANS = 32 * 1024 * 1024
"""Of several scans sent at once by somebody who is signed in."""
WITH_SCANS = frozenset({"attendance.documents", "attendance.excuse", "recognition.new", "recognition.correct", "recognition.again"})

limiter = Limiter(address)


def by_person() -> str:
    """Whose tries a limit counts on pages for the signed-in: the person's, from wherever they come."""
    return f"person {actor().person_id}"


@cache
def _warn_of_proxy() -> None:
    """Say it once: behind a proxy that is not counted all visitors have its address, and five wrong passwords of a stranger keep the owner out."""
    log.warning("PORTAL_TRUSTED_PROXIES is 0, but a proxy seems to stand in front: all visitors count as one address")


def limit_typed() -> None:
    """Refuse a body without files that is larger than any form of ours, before anything reads it; only for scans there is more room than usual."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LARGEST_FORM
    elif request.endpoint in WITH_SCANS and find_actor():
        request.max_content_length = LARGEST_SCANS


def init_app(app: Flask, settings: Settings) -> None:
    """Set up the limits. When Redis is out of reach, each process counts for itself."""
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        RATELIMIT_HEADERS_ENABLED=False,
    )
    limiter.init_app(app)
    app.before_request(limit_typed)
    # Views with a limit ask for it themselves. What the limiter asks before every other view is about limits of whole blueprints; there are none.
    app.before_request_funcs[None].remove(limiter._check_request_limit)  # noqa: SLF001

"""Whoever changes attendance after certificates were issued is told which of them must be decided on, when they may see such cases."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import flash
from flask_babel import gettext

from portal import certificates
from portal.access import Permission, can
from portal.web.guard import actor

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def telling_cases(run_id: int) -> Iterator[None]:
    """What is saved within tells the cases that it opens, on the next page."""
    if not can(actor(), Permission.REGISTER_VIEW):
        yield
        return
    before = certificates.numbers_to_decide_on(run_id)
    yield
    for number in sorted(certificates.numbers_to_decide_on(run_id) - before):
        flash(gettext("Attendance corrected: certificate %(number)s must be decided on.", number=number), "warn")

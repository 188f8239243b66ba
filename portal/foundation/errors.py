"""The two ways in which a wish can fail, shared by all floors.

A floor below the pages cannot speak a language: an error carries an English message id, marked with ``N_`` so that the catalogues
find it, and the facts to fill in. The page translates it.
"""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for "mark, do not translate yet")
    """Mark ``message`` for the translation catalogues and return it unchanged."""
    return message


class PortalError(Exception):
    """Base of the errors that a person is told about. ``message`` is an English message id with ``%(name)s`` places for ``facts``."""

    message = N_("That did not work.")

    def __init__(self, message: str | None = None, **facts: object) -> None:
        self.message = message or self.message
        self.facts = facts
        super().__init__(self.message % facts if facts else self.message)


class RefusedError(PortalError):
    """A rule says no; the person is told which one. Nothing was changed. The page answers 422."""


class NotFoundError(PortalError):
    """There is no such thing, or none that this person may know of. The page answers 404."""

    message = N_("This page could not be found.")

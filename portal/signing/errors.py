"""Why something was not signed."""

from __future__ import annotations

from portal.foundation.errors import N_, PortalError


class SigningUnavailableError(PortalError):
    """This process cannot sign: it may not, or its keys are missing, wrong or expired. ``reason`` says which, for whoever runs the portal."""

    message = N_("Signing is not set up: %(reason)s")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)

"""Addresses of this portal as mails, calendars and QR codes carry them: from the configured base URL, never from a request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Addresses:
    """Where the portal stands and to whom people write. ``use`` sets both when the application starts."""

    base_url: str = ""
    contact: str = ""

    def use(self, base_url: str, contact: str) -> None:
        """Take the base URL ("https://training.example", no slash at its end) and the e-mail address that people may write to."""
        self.base_url, self.contact = base_url, contact

    def page(self, path: str, language: str) -> str:
        """Build the full address of the page ``path`` ("/runs/DEMO-OPEN") in ``language``."""
        return f"{self.base_url}/{language}{path}"

    def bare(self, path: str) -> str:
        """Build the full address of ``path`` ("/verify/…"), which stands under no language."""
        return f"{self.base_url}{path}"

    @property
    def host(self) -> str:
        """The name of the host, for identifiers that must be ours alone."""
        return self.base_url.partition("://")[2]


addresses = Addresses()

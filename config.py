"""Settings of the portal: read from the environment once, checked once, frozen.

Nothing else reads the environment, but for ``portal.serving``, which takes a port from it. In production a missing or weak value stops the
start with one clear line.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT_DIR = Path(__file__).resolve().parent
ENVIRONMENTS = ("development", "production", "test")
FIELD_KEY_BYTES = 32
SECRET_KEY_CHARACTERS = 32
OWN_AUTHORITY = "own"
_MAILBOX = re.compile(r"[^@\s<>,]+@[^@\s<>,]+")
_WHITE_SPACE = re.compile(r"\s")


class BadSettingError(RuntimeError):
    """A setting is missing or wrong; the message names the variable and what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the portal takes from its environment.

    ``field_keys`` are 32-byte keys, newest first: the first encrypts, all of them decrypt. ``trusted_proxies`` is the number of
    reverse proxies whose forwarding headers are believed. ``timestamp_url`` is the timestamp authority, if there is one ("own": that of
    development); certificates that are ``open_to_seals`` may be signed by others after their issue. ``signing_token`` is where the key of the
    seal is when it is no file: PKCS#11 module, label of the token, label of the key.
    """

    env: str
    secret_key: str = field(repr=False)
    field_keys: tuple[bytes, ...] = field(repr=False)
    database_url: str
    redis_url: str | None
    mail_url: str | None
    mail_from: str
    base_url: str
    data_dir: Path
    signing_dir: Path
    timestamp_url: str | None
    open_to_seals: bool
    signing_token: tuple[Path, str, str] | None
    trusted_proxies: int

    @property
    def production(self) -> bool:
        """True where real people use the portal: no demo data, no generated secrets, https only."""
        return self.env == "production"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read and check the ``PORTAL_*`` variables. Raises ``BadSettingError`` naming the first that is wrong."""
        env = environ.get("PORTAL_ENV", "development")
        if env not in ENVIRONMENTS:
            raise BadSettingError(f"PORTAL_ENV must be one of {', '.join(ENVIRONMENTS)}; it is {env!r}.")
        data_dir = Path(environ.get("PORTAL_DATA_DIR") or PROJECT_DIR / "var")
        production = env == "production"
        return cls(
            env=env,
            secret_key=_secret_key(environ, data_dir, production=production),
            field_keys=_field_keys(environ, data_dir, production=production),
            database_url=_database_url(environ, data_dir),
            redis_url=_server(environ, "PORTAL_REDIS_URL", ("redis", "rediss", "unix")),
            mail_url=_server(environ, "PORTAL_MAIL_URL", ("smtp", "smtps")),
            mail_from=_mail_from(environ, production=production),
            base_url=_base_url(environ, production=production),
            data_dir=data_dir,
            signing_dir=Path(environ.get("PORTAL_SIGNING_DIR") or data_dir / "signing"),
            timestamp_url=_timestamp_url(environ, production=production),
            open_to_seals=_yes_or_no(environ, "PORTAL_OPEN_TO_SEALS"),
            signing_token=_signing_token(environ),
            trusted_proxies=_count(environ, "PORTAL_TRUSTED_PROXIES"),
        )


def _secret_key(environ: Mapping[str, str], data_dir: Path, *, production: bool) -> str:
    value = environ.get("PORTAL_SECRET_KEY", "").strip()
    if not value and not production:
        value = _development_secret(data_dir / "secret_key")
    if len(value) < SECRET_KEY_CHARACTERS:
        raise BadSettingError(f"PORTAL_SECRET_KEY must be set, with at least {SECRET_KEY_CHARACTERS} characters.")
    return value


def _field_keys(environ: Mapping[str, str], data_dir: Path, *, production: bool) -> tuple[bytes, ...]:
    value = environ.get("PORTAL_FIELD_KEYS", "")
    if not value and not production:
        value = _development_secret(data_dir / "field_key")
    try:
        keys = tuple(base64.urlsafe_b64decode(part.strip()) for part in value.split(",") if part.strip())
    except ValueError:
        keys = ()
    if not keys or any(len(key) != FIELD_KEY_BYTES for key in keys):
        raise BadSettingError(f"PORTAL_FIELD_KEYS must be one or more url-safe base64 keys of {FIELD_KEY_BYTES} bytes, newest first.")
    return keys


def _development_secret(path: Path) -> str:
    """A secret made once for this working copy, so that development survives a restart without a secret in the code."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.write_text(base64.urlsafe_b64encode(secrets.token_bytes(FIELD_KEY_BYTES)).decode(), encoding="ascii")
        draft.chmod(0o600)
        try:
            os.link(draft, path)  # of several processes starting at once, exactly one wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    value = environ.get("PORTAL_DATABASE_URL") or f"sqlite:///{data_dir / 'portal.sqlite3'}"
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")) or value == "sqlite:///":
        raise BadSettingError("PORTAL_DATABASE_URL must be sqlite:/// with the path of a file, or begin with postgresql+psycopg://.")
    return value


def _server(environ: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    """The address of a server, or None where the embedded default serves. It may hold a password, so no message repeats it."""
    value = environ.get(name, "").strip()
    if not value:
        return None
    parts = _split(value)
    if parts is None or parts.scheme not in schemes or not (parts.hostname or parts.scheme == "unix"):
        raise BadSettingError(f"{name} must be an address such as {schemes[0]}://host:port.")
    return value


def _mail_from(environ: Mapping[str, str], *, production: bool) -> str:
    own_host = urlsplit(_base_url(environ, production=production)).hostname if production else "portal.example"
    value = environ.get("PORTAL_MAIL_FROM", "").strip() or f"portal@{own_host}"
    if not _MAILBOX.fullmatch(value):
        raise BadSettingError(f"PORTAL_MAIL_FROM must be an e-mail address such as training@nala.example; it is {value!r}.")
    return value


def _split(address: str) -> SplitResult | None:
    """The parts of ``address``; None for one that is none, or whose port is no number."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return None if _WHITE_SPACE.search(address) else parts


def _base_url(environ: Mapping[str, str], *, production: bool) -> str:
    value = (environ.get("PORTAL_BASE_URL") or ("" if production else f"http://127.0.0.1:{environ.get('PORT', '8000')}")).rstrip("/")
    parts = _split(value)
    allowed = ("https",) if production else ("http", "https")
    if parts is None or parts.scheme not in allowed or not parts.hostname or value != f"{parts.scheme}://{parts.netloc}" or "@" in value:
        raise BadSettingError(
            f"PORTAL_BASE_URL must be an address such as https://training.example ({' or '.join(allowed)}); it is {value!r}."
        )
    return value


def _timestamp_url(environ: Mapping[str, str], *, production: bool) -> str | None:
    """The address of the timestamp authority, "own" for the one that development has, or None."""
    value = environ.get("PORTAL_TIMESTAMP_URL", "").strip()
    if value == OWN_AUTHORITY and not production:
        return value
    try:
        return _server({"PORTAL_TIMESTAMP_URL": value}, "PORTAL_TIMESTAMP_URL", ("http", "https"))
    except BadSettingError:
        raise BadSettingError("PORTAL_TIMESTAMP_URL must be an address such as https://tsa.example, or in development: own.") from None


def _signing_token(environ: Mapping[str, str]) -> tuple[Path, str, str] | None:
    """The module, the label of the token and that of the key on it; None where the key of the seal is a file."""
    module, label = (environ.get(name, "").strip() for name in ("PORTAL_SIGNING_PKCS11", "PORTAL_SIGNING_TOKEN"))
    if not module and not label:
        return None
    if not (label and Path(module).is_file()):
        raise BadSettingError("PORTAL_SIGNING_PKCS11 must be the path of a PKCS#11 module, PORTAL_SIGNING_TOKEN the label of a token.")
    return Path(module), label, environ.get("PORTAL_SIGNING_KEY", "").strip() or "seal"


def _yes_or_no(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name) or "no"
    if value not in {"yes", "no"}:
        raise BadSettingError(f"{name} must be yes or no; it is {value!r}.")
    return value == "yes"


def _count(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name) or "0"
    if not (value.isascii() and value.isdigit() and len(value) == 1):
        raise BadSettingError(f"{name} must be a small whole number; it is {value!r}.")
    return int(value)

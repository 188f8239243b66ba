"""The private keys of this process, loaded once from its folder; in development missing ones are made."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.signing import jwk, making, stored
from portal.signing.errors import SigningUnavailableError
from portal.signing.seal import Seal, seal_with

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography import x509

    from config import Settings
    from portal.signing.stored import Certified

__all__ = ["Keys", "SigningUnavailableError", "keys", "use", "use_settings"]


@dataclass(frozen=True, slots=True)
class Keys:
    """What this process signs with. ``ed25519`` is for proofs of credentials, ``es256`` (P-256) for JWTs, ``seal`` for PDFs.

    The ``kid``s name them in public. ``roots`` are trusted when a signature is prolonged: that of the seal, that of the timestamp authority.
    ``root`` and ``timestamps`` are those of a development's own authority, None in production.
    """

    ed25519: Ed25519PrivateKey = field(repr=False)
    ed25519_kid: str
    es256: EllipticCurvePrivateKey = field(repr=False)
    es256_kid: str
    seal: Seal
    roots: tuple[x509.Certificate, ...] = field(repr=False)
    root: Certified | None = field(default=None, repr=False)
    timestamps: Certified | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """Where a token is found: the PKCS#11 module (a library of its maker), the labels of the token and of the key on it."""

    module: Path
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class _Terms:
    """How this process may sign; see ``use``."""

    folder: Path
    development: bool
    timestamp_url: str | None
    open_to_seals: bool
    token: Token | None


@dataclass(slots=True)
class _Holder:
    """The one set of keys of this process, and on which terms it has them."""

    terms: _Terms | None = None
    loaded: Keys | None = None
    guard: threading.Lock = field(default_factory=threading.Lock)


_holder: Final = _Holder()


def use(
    folder: Path | None,
    *,
    development: bool,
    timestamp_url: str | None = None,
    open_to_seals: bool = False,
    token: Token | None = None,
) -> None:
    """Let this process sign with the keys in ``folder``, loaded when first needed; None lets it sign no more.

    In ``development`` missing keys are made there; otherwise they never are, and files that others may read are refused. At
    ``timestamp_url`` is the timestamp authority, if there is one. What is ``open_to_seals`` may be signed by others afterwards. The key of
    the seal is on ``token``, if that is given.
    """
    terms = None if folder is None else _Terms(folder, development, timestamp_url, open_to_seals, token)
    with _holder.guard:
        if terms != _holder.terms:
            _holder.terms, _holder.loaded = terms, None


def use_settings(settings: Settings) -> None:
    """Let this process sign as its settings say."""
    use(
        settings.signing_dir,
        development=not settings.production,
        timestamp_url=settings.timestamp_url,
        open_to_seals=settings.open_to_seals,
        token=None if settings.signing_token is None else Token(*settings.signing_token),
    )


def timestamp_url() -> str | None:
    """Where this process may ask for timestamps; None: nowhere."""
    return _holder.terms.timestamp_url if _holder.terms else None


def keys() -> Keys:
    """The keys of this process. Raises ``SigningUnavailableError``, and tries again when asked again: files may have been put right."""
    with _holder.guard:
        if _holder.loaded is None:
            if _holder.terms is None:
                raise SigningUnavailableError("this process does not sign.")
            if _holder.terms.development:
                making.make_missing(_holder.terms.folder)
            _holder.loaded = _load(_holder.terms)
        return _holder.loaded


def _load(terms: _Terms) -> Keys:
    folder, guarded = terms.folder, not terms.development
    ed25519, es256 = (stored.read_key(folder / name, guarded=guarded) for name in (stored.ED25519, stored.ES256))
    if not isinstance(ed25519, Ed25519PrivateKey):
        raise SigningUnavailableError(f"{folder / stored.ED25519} must hold an Ed25519 key.")
    if not (isinstance(es256, EllipticCurvePrivateKey) and isinstance(es256.curve, SECP256R1)):
        raise SigningUnavailableError(f"{folder / stored.ES256} must hold a P-256 key.")
    seal = _seal_of(terms)
    return Keys(
        ed25519,
        jwk.kid_of(jwk.of_ed25519(ed25519.public_key())),
        es256,
        jwk.kid_of(jwk.of_es256(es256.public_key())),
        seal,
        (seal.chain[-1], *stored.read_trusted(folder)),
        *(() if guarded else (stored.read_certified(folder, name, guarded=False) for name in (stored.ROOT, stored.TIMESTAMPS))),
    )


def _seal_of(terms: _Terms) -> Seal:
    guarded = not terms.development
    if terms.token is None:
        return seal_with(stored.read_seal(terms.folder, guarded=guarded), open_to_seals=terms.open_to_seals)
    try:
        from portal.signing import token  # noqa: PLC0415  (its library is installed by whoever has a token)
    except ImportError as error:
        raise SigningUnavailableError("a token needs the package python-pkcs11.") from error
    return token.seal_on(terms.token, terms.folder, guarded=guarded, open_to_seals=terms.open_to_seals)

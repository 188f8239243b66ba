"""Keys for development: a root of its own, a seal and a timestamp authority that it vouches for, keys for credentials.

They prove nothing to anybody else; production never makes any.
"""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portal.signing import stored
from portal.signing.stored import Certified

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

ORGANIZATION: Final = "National Association of Local Authorities of Georgia"
FROM: Final = datetime(2010, 1, 1, tzinfo=UTC)
UNTIL: Final = datetime(2099, 12, 31, tzinfo=UTC)
"""Fixed, so that the past of the demo and the years to come are both within."""
_ALL_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def make_missing(folder: Path) -> None:
    """Make the keys that are not in ``folder`` yet. Of several processes at once one makes them, the others wait."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "making.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / stored.ED25519).exists():
            _keep(folder / stored.ED25519, _pem(Ed25519PrivateKey.generate()))
        if not (folder / stored.ES256).exists():
            _keep(folder / stored.ES256, _pem(generate_private_key(SECP256R1())))
        if not any((folder / f"{stored.SEAL}{ending}").exists() for ending in (".key.pem", ".p12")):
            _make_certified(folder)


def _make_certified(folder: Path) -> None:
    """A root, and what it vouches for. The seal is written last: with it all are there."""
    root_key = generate_private_key(SECP256R1())
    root = Certified(root_key, (_certificate("Development Root", root_key, None, ("key_cert_sign", "crl_sign")),))
    _keep_certified(folder, stored.ROOT, root)
    for name, title, usages in (
        (stored.TIMESTAMPS, "Development Timestamps", ("digital_signature",)),
        (stored.SEAL, "Development Seal", ("digital_signature", "content_commitment")),
    ):
        key = generate_private_key(SECP256R1())
        own = _certificate(title, key, root, usages, stamps=name == stored.TIMESTAMPS)
        _keep_certified(folder, name, Certified(key, (own, *root.chain)))


def _certificate(
    title: str, key: EllipticCurvePrivateKey, root: Certified | None, usages: tuple[str, ...], *, stamps: bool = False
) -> x509.Certificate:
    """A certificate for ``key``, by the ``root`` or, None, by itself; ``stamps`` marks a timestamp authority."""
    subject = _name(title)
    issuer_key: CertificateIssuerPrivateKeyTypes = root.key if root else key
    usage = x509.KeyUsage(**{usage: usage in usages for usage in _ALL_USAGES})
    builder = (
        x509.CertificateBuilder(issuer_name=root.chain[0].subject if root else subject, subject_name=subject, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(ca=root is None, path_length=0 if root is None else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(issuer_key, SHA256())


def _name(title: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "GE"), (NameOID.ORGANIZATION_NAME, ORGANIZATION), (NameOID.COMMON_NAME, title))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _keep_certified(folder: Path, name: str, certified: Certified) -> None:
    _keep(folder / f"{name}.pem", b"".join(each.public_bytes(Encoding.PEM) for each in certified.chain))
    _keep(folder / f"{name}.key.pem", _pem(certified.key))


def _pem(key: CertificateIssuerPrivateKeyTypes) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _keep(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)

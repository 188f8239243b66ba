"""Keys and certificates as files: what they are called, and how they are read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

from portal.signing.errors import SigningUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

ED25519: Final = "ed25519.key.pem"
ES256: Final = "es256.key.pem"
SEAL: Final = "seal"
ROOT: Final = "root"
TIMESTAMPS: Final = "timestamps"
"""The last three name pairs of files: NAME.pem, the certificates from the own one to the root, and NAME.key.pem."""
TRUSTED: Final = "trusted.pem"
_FOR_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class Certified:
    """A key with its certificates: its own first, then those that vouch for it, up to the root."""

    key: EllipticCurvePrivateKey | RSAPrivateKey
    chain: tuple[x509.Certificate, ...]


def read_key(path: Path, *, guarded: bool) -> PrivateKeyTypes:
    """The private key in a PEM file without password; ``guarded`` as in ``read_secret``. Raises ``SigningUnavailableError``."""
    try:
        return load_pem_private_key(read_secret(path, guarded=guarded), password=None)
    except (ValueError, TypeError) as error:
        raise SigningUnavailableError(f"{path} holds no private key in PEM without password.") from error


def read_secret(path: Path, *, guarded: bool) -> bytes:
    """The bytes of a file. Raises ``SigningUnavailableError`` when it cannot be read, and, ``guarded``, when others than its owner may."""
    try:
        if guarded and path.stat().st_mode & _FOR_OTHERS:
            raise SigningUnavailableError(f"{path} may be read by others than its owner; chmod 600 it.")
        return path.read_bytes()
    except OSError as error:
        raise SigningUnavailableError(f"{path} cannot be read ({error.strerror}).") from error


def read_seal(folder: Path, *, guarded: bool) -> Certified:
    """The key and certificates of the seal: ``seal.p12`` (its password in ``seal.password``), else the pair of PEM files."""
    archive = folder / f"{SEAL}.p12"
    seal = _read_archive(archive, folder / f"{SEAL}.password", guarded=guarded) if archive.exists() else None
    seal = seal or read_certified(folder, SEAL, guarded=guarded)
    check_usage(seal.chain[0])
    return seal


def read_certified(folder: Path, name: str, *, guarded: bool) -> Certified:
    """The pair of files called ``name``. Raises ``SigningUnavailableError`` when they are missing or do not belong together."""
    return _together(read_key(folder / f"{name}.key.pem", guarded=guarded), read_chain(folder / f"{name}.pem"))


def read_chain(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates in a PEM file, in its order. Raises ``SigningUnavailableError`` when there are none."""
    try:
        return tuple(x509.load_pem_x509_certificates(read_secret(path, guarded=False)))
    except ValueError as error:
        raise SigningUnavailableError(f"{path} holds no certificates in PEM.") from error


def read_trusted(folder: Path) -> tuple[x509.Certificate, ...]:
    """The roots trusted besides the seal's own, that of the timestamp authority for instance; there may be none."""
    path = folder / TRUSTED
    return read_chain(path) if path.exists() else ()


def check_usage(certificate: x509.Certificate) -> None:
    """Raise ``SigningUnavailableError`` for a certificate that may not seal documents."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is None or not (usage.digital_signature and usage.content_commitment):
        raise SigningUnavailableError("the seal's certificate must allow digitalSignature and contentCommitment.")


def _read_archive(path: Path, password: Path, *, guarded: bool) -> Certified:
    secret = read_secret(password, guarded=guarded).strip() if password.exists() else None
    try:
        key, own, others = pkcs12.load_key_and_certificates(read_secret(path, guarded=guarded), secret)
    except ValueError as error:
        raise SigningUnavailableError(f"{path} cannot be opened with the password in {password.name}.") from error
    return _together(key, (*([own] if own else []), *others))


def _together(key: PrivateKeyTypes | None, chain: tuple[x509.Certificate, ...]) -> Certified:
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise SigningUnavailableError("the key of a certificate must be one of P-256 or RSA.")
    if not chain or chain[0].public_key() != key.public_key():
        raise SigningUnavailableError("the first certificate of the seal is not that of its key.")
    return Certified(key, chain)

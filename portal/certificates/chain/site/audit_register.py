"""Prove that a certificate was in the register on a day, from an export of the register alone. Nothing of the portal is needed.

    python3 audit_register.py FOLDER FILE [--day 2026-11-22]    FILE is the PDF of a certificate, or its extract.jws
    python3 audit_register.py FOLDER --all [--day 2026-11-22]   every certificate of the export

It checks the signature of the extract, computes anew the digests of the certificate's rows, walks the chain of the register from its
first entry, and compares it with the signed heads up to the end of the day; without a day, with the newest. Ends with 1 when anything does
not hold. Needs Python and the package "cryptography". Keep a copy of .well-known/did.json that you trust: --keys names it.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

Json = dict[str, Any]


class AuditError(Exception):
    """Something does not hold."""


def digest_of(values: Json) -> str:
    """SHA-256 of canonical JSON (RFC 8785; the values are text, whole numbers and null)."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def unpack(text: str) -> bytes:
    """Bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_keys(path: Path) -> Json:
    """The P-256 keys of a DID document by their names."""
    keys: Json = {}
    for method in json.loads(path.read_text("utf-8"))["verificationMethod"]:
        if jwk := method.get("publicKeyJwk"):
            x, y = (int.from_bytes(unpack(jwk[name]), "big") for name in "xy")
            keys[method["id"].rpartition("#")[2]] = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    return keys


def verify(token: str, keys: Json, what: str) -> Json:
    """The claims of a compact JWS (ES256) by one of ``keys``."""
    try:
        header, payload, signature = token.strip().split(".")
        said, raw = json.loads(unpack(header)), unpack(signature)
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        keys[said["kid"].rpartition("#")[2]].verify(der, f"{header}.{payload}".encode(), ec.ECDSA(SHA256()))
        claims: Json = json.loads(unpack(payload))
    except (ValueError, KeyError, TypeError, InvalidSignature) as error:
        raise AuditError(f"{what}: the signature does not hold, or is by an unknown key") from error
    return claims


def walk(folder: Path, keys: Json, day: str) -> tuple[Json, Json]:
    """The newest signed head up to the end of ``day``, and all entries (number by content), once chain and heads hold."""
    lines = (folder / "register/heads.jsonl").read_text("utf-8").splitlines()
    heads = [verify(json.loads(line)["statement"], keys, "a head of the register") for line in lines]
    until = [head for head in heads if head["day"] <= day]
    if not until:
        raise AuditError(f"no head of the register is signed for {day} or before")
    ends, wanted = {0: "0" * 64}, {head["entry"] for head in heads}
    number, previous, at = 0, ends[0], ""
    entries: Json = {}
    with (folder / "register/entries.jsonl").open(encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            number, digest = number + 1, entry.pop("digest")
            if entry["id"] != number or entry["previous"] != previous or digest_of(entry) != digest or entry["at"] < at:
                raise AuditError(f"entry {entry['id']} of the register was changed, or does not follow from the one before")
            previous, at, entries[entry["content"]] = digest, entry["at"], number
            if number in wanted:
                ends[number] = digest
    for head in heads:
        if ends.get(head["entry"]) != head["digest"]:
            raise AuditError(f"the register is not what was signed at the end of {head['day']}")
    return until[-1], entries


def prove(extract: Json, pdf: bytes, head: Json, entries: Json) -> str:
    """A sentence about a certificate that was in the chain by the signed ``head``, and whose file ``pdf`` is."""
    row = extract["row"]
    name, number = f"certificate {row['number']}", entries.get(digest_of(row))
    if number is None or number > head["entry"]:
        raise AuditError(f"{name}: was not in the register at the end of {head['day']}")
    files = {row["pdf_sha256"], *(each["file_sha256"] for each in extract["additions"] if digest_of(each) in entries)}
    if hashlib.sha256(pdf).hexdigest() not in files:
        raise AuditError(f"{name}: this is not its file")
    states = [state["state"] for state in extract["states"] if entries.get(digest_of(state), head["entry"] + 1) <= head["entry"]]
    if not states:
        raise AuditError(f"{name}: the register says nothing of its state")
    return f"{name}: in the register at the end of {head['day']}, as entry {number}; state: {states[-1]}"


def audit(folder: Path, file: Path, keys: Json, head: Json, entries: Json) -> str:
    """Prove what ``file``, the PDF or the extract of a certificate, says."""
    home = file.parent
    if file.suffix != ".jws":
        way = folder / f"files/{hashlib.sha256(file.read_bytes()).hexdigest()}.json"
        if not way.exists():
            raise AuditError(f"{file}: not a file of this register")
        home = folder / "verify" / json.loads(way.read_text("utf-8"))["secret"]
    extract = verify((home / "extract.jws").read_text("utf-8"), keys, f"the extract in {home}")
    return prove(extract, (home / "certificate.pdf" if file.suffix == ".jws" else file).read_bytes(), head, entries)


def main() -> int:
    """Read the arguments, audit, print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--all", action="store_true", help="every certificate of the export")
    parser.add_argument("--day", default="9999-12-31", help="at the end of which it was in the register; else the newest head")
    parser.add_argument("--keys", type=Path, help="a did.json that you trust; else that of the export")
    options = parser.parse_args()
    if options.all == (options.file is not None):
        parser.error("name a file, or --all")
    proved = wrong = 0
    try:
        keys = read_keys(options.keys or options.folder / ".well-known/did.json")
        head, entries = walk(options.folder, keys, options.day)
    except (AuditError, OSError, LookupError, ValueError) as problem:
        print(problem)
        return 1
    for file in sorted(options.folder.glob("verify/*/certificate.pdf")) if options.all else [options.file]:
        try:
            print(audit(options.folder, file, keys, head, entries))
            proved += 1
        except (AuditError, OSError, LookupError, ValueError) as problem:
            print(problem)
            wrong += 1
    print(f"proved: {proved}; not: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

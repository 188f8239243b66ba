"""What others say about a signed file: pyHanko's validator, and poppler's pdfsig."""

from __future__ import annotations

import io
import subprocess
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from portal import signing
from portal.signing.awaiting import awaited
from portal.signing.seal import as_asn1

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def trusting(moment: datetime | None = None) -> ValidationContext:
    """Trusts the root of this test process only, and asks nobody."""
    return ValidationContext(trust_roots=as_asn1(signing.keys().seal.chain[-1:]), moment=moment, allow_fetching=False)


def judged(signature: Any, context: ValidationContext, **more: Any) -> Any:
    """What pyHanko says of one signature. In a thread of its own: a browser's test has a loop of events in this one."""
    return awaited(async_validate_pdf_signature(signature, context, **more))


def stamped(signature: Any, context: ValidationContext) -> Any:
    """What pyHanko says of one timestamp over the document."""
    return awaited(async_validate_pdf_timestamp(signature, context))


def seals(pdf: bytes) -> list[Any]:
    """What pyHanko says of each signature that is no timestamp."""
    return [
        judged(each, trusting(), ts_validation_context=trusting()) for each in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    ]


def timestamps(pdf: bytes) -> list[Any]:
    """What pyHanko says of each timestamp over the document."""
    return [stamped(each, trusting()) for each in PdfFileReader(io.BytesIO(pdf)).embedded_timestamp_signatures]


def holds(pdf: bytes) -> bool:
    """True when pyHanko finds one seal or more, all of them good to the last byte, and nothing changed but what may be."""
    try:
        found = seals(pdf)
        stamps = all(each.intact and each.valid and each.trusted for each in timestamps(pdf))
        return bool(found) and all(each.bottom_line for each in found) and stamps and found_to_the_end(pdf)
    except Exception:  # noqa: BLE001  (a file that cannot be read does not hold either)
        return False


def holds_by_itself(pdf: bytes) -> bool:
    """True when the file alone is enough, with the root and without asking anybody: who was revoked stands in it, as of each timestamp."""
    reader = PdfFileReader(io.BytesIO(pdf))
    [*_earlier, newest] = reader.embedded_timestamp_signatures
    moment = stamped(newest, trusting()).timestamp
    terms = {"trust_roots": as_asn1(signing.keys().seal.chain[-1:]), "allow_fetching": False, "revocation_mode": "require"}
    enclosed = DocumentSecurityStore.read_dss(reader).as_validation_context(terms | {"moment": moment})
    seal = judged(reader.embedded_regular_signatures[0], enclosed)
    return bool(seal.bottom_line and stamped(newest, enclosed).trusted)


def found_to_the_end(pdf: bytes) -> bool:
    """True when the last signature covers the file as it is, but for what is in its own gap."""
    last = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[-1]
    _start, _length, start, length = last.byte_range
    return start + length == len(pdf)


def pdfsig(pdf: bytes, folder: Path) -> str:
    """What poppler prints."""
    path = folder / "file.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout

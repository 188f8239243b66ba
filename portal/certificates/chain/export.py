"""The register as files that any file server can serve and that need no portal: whoever holds a certificate goes on verifying it.

Nothing lists names: what is said of a person stands under the secret of the certificate, and every folder has a page of its own. What is
said is signed, and the chain of the register is beside it, so that whoever serves the files need not be trusted.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Final

from portal import credentials, signing
from portal.certificates import queries_lists
from portal.certificates.chain import queries, queries_export, rules
from portal.certificates.chain.models import EntryKind
from portal.foundation import clock
from portal.foundation.addresses import addresses
from portal.signing.models import KeyKind

if TYPE_CHECKING:
    from datetime import datetime

    from portal.certificates.chain.queries_export import Exported

EXTRACT_TYPE: Final = "register-extract+jwt"
SITE: Final = Path(__file__).with_name("site")
_STYLES: Final = ("css/portal.css", "fonts/*.woff2")
_NOT_PRINTED: Final = ("basis", "programme")
"""What the certificate rests on and what the course says beyond it: of the record, but not of what is printed."""


@dataclass(slots=True)
class Exporting:
    """What is on its way into ``folder``: certificates, links of the chain and status lists by now, and as of when."""

    folder: Path
    at: datetime
    certificates: int = 0
    entries: int = 0
    lists: int = 0

    def write(self, path: str, content: bytes | str) -> None:
        """Write one file, and the folders that it stands in."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def export_register(target: Path, static: Path) -> Exporting:
    """Write all of it into ``target``, a folder that is empty or not there yet; ``static`` holds the styles and the typeface of the portal.

    It appears there whole or not at all. Raises ``FileExistsError``, and ``SigningUnavailableError`` where this process cannot sign.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FileExistsError(f"{target} is not an empty folder.")
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-unfinished-", dir=target.parent))
    try:
        exporting = Exporting(draft, clock.now())
        _write_all(exporting, static)
        draft.chmod(0o755)
        draft.replace(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return exporting


def _write_all(exporting: Exporting, static: Path) -> None:
    page = Template((SITE / "index.html").read_text("utf-8"))
    below = page.substitute(root="../../")
    for one in queries_export.exported_certificates():
        _write_certificate(exporting, one, below)
    _write_keys(exporting)
    _write_status_lists(exporting)
    _write_chain(exporting)
    for styles in _STYLES:
        for file in static.glob(styles):
            exporting.write(f"assets/{file.relative_to(static)}", file.read_bytes())
    for file in SITE.glob("js/*.js"):
        exporting.write(f"assets/js/{file.name}", file.read_bytes())
    for name in ("README.txt", "audit_register.py"):
        exporting.write(name, (SITE / name).read_bytes())
    exporting.write("index.html", page.substitute(root=""))
    _close_folders(exporting.folder)


def _write_certificate(exporting: Exporting, one: Exported, page: str) -> None:
    """What is said of one certificate, under its secret; and from the digest of each of its files the way there."""
    row, folder = one.row, f"verify/{one.row.secret}"
    exporting.write(f"{folder}/index.html", page)
    exporting.write(f"{folder}/extract.jws", signing.sign_jws(_extract(one, exporting.at), typ=EXTRACT_TYPE))
    exporting.write(f"{folder}/certificate.pdf", one.pdf)
    if row.document is not None:
        for path in (f"{folder}/credential", folder):  # the latter is the address by which the credential calls itself
            exporting.write(f"{path}.json", row.document)
            exporting.write(f"{path}.jwt", row.jwt)
    for digest in (row.pdf_sha256, *(addition.file_sha256 for addition in one.additions)):
        exporting.write(f"files/{digest}.json", json.dumps({"secret": row.secret}))
    exporting.certificates += 1
    exporting.lists = max(exporting.lists, row.status_list or 0)


def _extract(one: Exported, at: datetime) -> dict[str, Any]:
    """What the register says of a certificate ``at`` a moment: what is printed, and the values that its links are over."""
    record = {name: value for name, value in json.loads(one.row.record).items() if name not in _NOT_PRINTED}
    number, secret = one.successor or (None, None)
    return {
        "iss": credentials.did(),
        "iat": int(at.timestamp()),
        "as_of": rules.moment_text(at),
        "record": record,
        "row": rules.shown(EntryKind.CERTIFICATE, one.row),
        "states": [rules.shown(EntryKind.STATE, state) for state in one.states],
        "additions": [rules.shown(EntryKind.ADDITION, addition) for addition in one.additions],
        "successor": None if number is None else {"number": number, "secret": secret},
    }


def _write_keys(exporting: Exporting) -> None:
    keys = signing.public_keys()
    exporting.write(".well-known/did.json", json.dumps(credentials.did_document(keys), ensure_ascii=False, indent=1))
    for key in keys:
        if key.kind == KeyKind.SEAL:
            exporting.write(f"keys/seal-{key.kid}.pem", key.public)


def _write_status_lists(exporting: Exporting) -> None:
    """Signed anew, so that they say what the extracts say."""
    marked = queries_lists.marked_places()
    for number in range(1, exporting.lists + 1):
        document, jwt = credentials.status_documents(number, marked.get(number, ()), exporting.at)
        exporting.write(f"status/{number}", document)
        exporting.write(f"status/{number}.jwt", jwt)


def _write_chain(exporting: Exporting) -> None:
    """Every link, and every signed head; last a head that says how far the chain goes here."""
    folder = exporting.folder / "register"
    folder.mkdir()
    number, digest = 0, rules.FIRST_LINK
    with (folder / "entries.jsonl").open("w", encoding="utf-8") as file:
        for page in queries.entries():
            for entry in page:
                link = {
                    "id": entry.id,
                    "at": rules.moment_text(entry.at),
                    "kind": entry.kind,
                    "row_id": entry.row_id,
                    "content": entry.content,
                }
                file.write(json.dumps(link | {"previous": entry.previous, "digest": entry.digest}) + "\n")
                number, digest = entry.id, entry.digest
    exporting.entries = number
    at = clock.now()
    day = at.astimezone(clock.TBILISI).date()
    last = signing.sign_jws(rules.head_claims(addresses.base_url, day, number, digest, at), typ=rules.HEAD_TYPE)
    with (folder / "heads.jsonl").open("w", encoding="utf-8") as file:
        for head in queries.heads():
            file.write(json.dumps({"day": head.day.isoformat(), "statement": head.statement}) + "\n")
        file.write(json.dumps({"day": day.isoformat(), "statement": last}) + "\n")


def _close_folders(folder: Path) -> None:
    """No server lists what stands in a folder that has a page."""
    empty = (SITE / "folder.html").read_bytes()
    for each in [path for path in folder.rglob("*") if path.is_dir()]:
        if not (each / "index.html").exists():
            (each / "index.html").write_bytes(empty)

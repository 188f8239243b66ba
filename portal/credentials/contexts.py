"""The JSON-LD contexts of our credentials: pinned, read from an installed package, never fetched.

A context decides what a signature covers. Another text under the same address would make every credential invalid, or mean something else.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

VC: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

# The file in the folder of the package, and its SHA-256.
_PINNED: Final = {
    VC: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    OPEN_BADGES: ("ob-v3p0-context-3.0.3.json", "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"),
}


class ContextNotPinnedError(ValueError):
    """A document names a context that is not one of ours, or the installed text of one is another than it was."""


def load(url: str, _options: object = None) -> dict[str, Any]:
    """The context at ``url`` in the form that PyLD asks its loader for. Raises ``ContextNotPinnedError`` for every other address."""
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": _read(url)}


@cache
def _read(url: str) -> Any:
    if url not in _PINNED:
        raise ContextNotPinnedError(url)
    name, expected = _PINNED[url]
    text = (_folder() / name).read_bytes()
    if hashlib.sha256(text).hexdigest() != expected:
        raise ContextNotPinnedError(f"{name} is not the text of {url} that is pinned")
    return json.loads(text)


def _folder() -> Path:
    """Where the package keeps its contexts. It is looked for, not imported: the files are all that is wanted of it here."""
    found = find_spec("openbadgeslib")
    if found is None or found.origin is None:
        raise ContextNotPinnedError("openbadgeslib is not installed")
    return Path(found.origin).parent / "ob3" / "contexts"

"""The canonical form of a JSON-LD document (RDFC-1.0): the lines of N-Quads that a Data Integrity proof signs.

PyLD takes milliseconds for a document, longer than drawing one. Our documents differ in their texts and hardly ever in their shape: so PyLD
canonicalises each *shape* once, with a slot in place of every text, and a document fills the slots. That is the same because a text never
decides how a document is read (the words that do belong to the shape), and because with one unnamed node at most the name that it is given
does not depend on the texts either. A test compares with PyLD itself.
"""

from __future__ import annotations

import json
import re
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pyld import jsonld

from portal.credentials import contexts

if TYPE_CHECKING:
    from collections.abc import Mapping

SHAPES_KEPT: Final = 256
"""There are a dozen: with and without an end of validity, credits, a score, for credentials, status lists and proofs."""
_READ: Final = frozenset({"@context", "type", "proofPurpose"})
"""Members whose words say how the document is read: they are part of its shape."""
_SLOT: Final = re.compile(r'([<"])urn:slot:(\d+):')
_UNNAMED: Final = re.compile(r"_:c14n\d+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ADDRESS: Final = re.compile(r'(?:https?|did|urn):[^\x00-\x20<>"{}|\\^`]+')
_ESCAPED: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"'})

_one_at_a_time = threading.Lock()  # PyLD keeps contexts for all threads, in plain dictionaries


def canonical(document: Mapping[str, Any]) -> bytes:
    """Give ``document`` as canonical N-Quads, in UTF-8.

    Raises ValueError for what must not be signed: several unnamed nodes, a text under a member that no context knows, control characters
    (programs do not agree on how they are written), an identifier that is no address.
    """
    texts: list[str] = []
    shape = json.dumps(_without_texts(document, texts), ensure_ascii=False)

    def fill(slot: re.Match[str]) -> str:
        text = texts[int(slot[2])]
        return slot[1] + (_literal(text) if slot[1] == '"' else _address(text))

    return "".join(sorted({_SLOT.sub(fill, line) for line in _lines_of(shape)})).encode()


def _without_texts(value: Any, texts: list[str], *, read: bool = False) -> Any:
    """``value`` with numbered slots in place of its texts, which go to ``texts``."""
    if isinstance(value, str) and not read:
        texts.append(value)
        return f"urn:slot:{len(texts) - 1}:"
    if isinstance(value, list):
        return [_without_texts(each, texts, read=read) for each in value]
    if isinstance(value, dict):
        return {name: _without_texts(each, texts, read=read or name in _READ) for name, each in value.items()}
    return value


@lru_cache(maxsize=SHAPES_KEPT)
def _lines_of(shape: str) -> tuple[str, ...]:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.load}
    with _one_at_a_time:
        quads = jsonld.normalize(json.loads(shape), options)
    if len(set(_UNNAMED.findall(quads))) > 1:
        raise ValueError("several nodes without an identifier")
    lost = {*re.findall(r"urn:slot:\d+:", shape)} - {*re.findall(r"urn:slot:\d+:", quads)}
    if lost:
        raise ValueError(f"texts that the proof would not cover: {len(lost)}")
    return tuple(quads.splitlines(keepends=True))


def _literal(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("a text with control characters")
    return text.translate(_ESCAPED)


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("an identifier that is no address")
    return text

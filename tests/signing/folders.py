"""Key folders for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import signing
from portal.signing import making

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

OWN_AUTHORITY = ("root.key.pem", "timestamps.pem", "timestamps.key.pem")


def production_folder(folder: Path) -> Path:
    """A folder as production has it: made by somebody, without the keys of an authority."""
    making.make_missing(folder)
    for name in OWN_AUTHORITY:
        (folder / name).unlink()
    return folder


def tell_kids(folder: Path, pipe: Connection) -> None:
    """In a process of its own: which keys it holds, once told to look."""
    pipe.recv()
    signing.use(folder, development=True)
    held = signing.keys()
    pipe.send((held.ed25519_kid, held.es256_kid, held.seal.chain[0].serial_number))

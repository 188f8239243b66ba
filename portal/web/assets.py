"""Static files: our own and those of packages, served by WhiteNoise under names that change with their content."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from flask import Flask

PROJECT = Path(__file__).resolve().parent.parent.parent
STATIC = PROJECT / "static"
A_DAY, A_YEAR = 86_400, 31_536_000
COMPRESSED = {".br", ".gz"}

_hashed: dict[str, str] = {}


def static_url(path: str) -> str:
    """The address of ``path`` (as "css/portal.css") under its hashed name; browsers keep it for good."""
    return _hashed[path]


def _hashed_name(path: Path) -> str:
    fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    return path.relative_to(STATIC).with_suffix(f".{fingerprint}{path.suffix}").as_posix()


def _drop_stale_copies(path: Path) -> None:
    """Remove compressed copies that are older than their file: they would be served in its place."""
    for suffix in COMPRESSED:
        copy = path.with_name(path.name + suffix)
        if copy.exists() and int(copy.stat().st_mtime) < int(path.stat().st_mtime):  # copies bear the time of their file
            copy.unlink(missing_ok=True)


def init_app(app: Flask) -> None:
    """Serve the files. Each answers under its own name for a day and under its hashed name for a year."""
    files = WhiteNoise(app.wsgi_app, max_age=A_DAY, immutable_file_test=lambda _path, url: url in immutable)
    immutable: set[str] = set()
    for path in sorted(STATIC.rglob("*")):
        if not path.is_file() or path.suffix in COMPRESSED:
            continue
        _drop_stale_copies(path)
        plain = f"/static/{path.relative_to(STATIC).as_posix()}"
        hashed = f"/static/{_hashed_name(path)}"
        immutable.add(hashed)
        for url in (plain, hashed):
            files.files[url] = files.get_static_file(str(path), url)
        _hashed[path.relative_to(STATIC).as_posix()] = hashed
    app.wsgi_app = files  # type: ignore[method-assign]

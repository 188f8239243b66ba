"""Designs to try in tests, and pictures for them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from portal import certificates
from portal.certificates import Parts, Signatory
from portal.foundation.transaction import writing

if TYPE_CHECKING:
    from portal.certificates.designs.models import PictureKind
    from portal.people.models import Person

LELA = Signatory("ლელა ნიმუშაძე", "Lela Nimushadze", "პროექტის ხელმძღვანელი", "Project Manager")


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 120), **options: Any) -> bytes:
    """The bytes of an uploaded picture."""
    drawn = Image.new("RGB", size, "white")
    ImageDraw.Draw(drawn).ellipse((10, 10, 110, 110), fill=(20, 60, 120))
    out = io.BytesIO()
    drawn.save(out, kind, **options)
    return out.getvalue()


def add(kind: PictureKind, name: str, by: Person, **drawn: Any) -> int:
    """A picture that designs can use; returns its id."""
    with writing():
        return certificates.add_picture(kind, name, picture(**drawn), by=by.id).id


def save(code: str, by: Person, **said: Any) -> int | None:
    """Let the design of a scope say just this."""
    with writing():
        scope = certificates.get_scope(code)
        return certificates.save_design(scope, Parts(**said), seen=certificates.numbers_seen(scope), by=by.id)

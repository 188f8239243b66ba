"""How the certificates of one donor's project look: words of its own, and an invented person who signs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw

from portal import certificates
from portal.certificates.designs.models import PictureKind
from portal.foundation import clock, history
from portal.foundation.database import db

if TYPE_CHECKING:
    from datetime import datetime

    from portal.courses.models import FundingProject

INK: Final = (28, 44, 92)
_STROKES: Final = (
    ((30, 190), (70, 40), (110, 200), (150, 90), (190, 180), (235, 120), (275, 175), (330, 100), (380, 170), (520, 90)),
    ((20, 215), (250, 205), (560, 150)),
)
SIGNATORY: Final = certificates.Signatory("ლელა ნიმუშაძე", "Lela Nimushadze", "პროექტის ხელმძღვანელი", "Project Manager")
STATEMENT: Final = (
    "პროგრამა მოიცავდა პრაქტიკულ სამუშაოს ჯგუფებში. ხანგრძლივობა: {{ hours }} საკონტაქტო საათი",
    "The programme included practical work in groups. Length: {{ hours }} contact hours",
)


def make_design(project: FundingProject, when: datetime, by: int) -> None:
    """Give the certificates of ``project`` a design of their own, as ``by`` would have at the moment ``when``."""
    with clock.frozen(when):
        scope = certificates.get_scope(certificates.project_scope(project.id))
        signature = certificates.add_picture(PictureKind.SIGNATURE, SIGNATORY.name_ka, _draw_signature(), by=by)
        director = certificates.Signing(certificates.SIGNATORIES[0])
        parts = certificates.Parts(
            statement=STATEMENT, signatories=(director, certificates.Signing(SIGNATORY, signature.id)), accent="#7a3b69"
        )
        certificates.save_design(scope, parts, seen=certificates.numbers_seen(scope), by=by)
    history.append_recorded(db.session())


def _draw_signature() -> bytes:
    """Draw a scribble on white, as a scanned signature is; nobody's."""
    picture = Image.new("RGB", (580, 240), "white")
    pen = ImageDraw.Draw(picture)
    for stroke in _STROKES:
        pen.line(stroke, fill=INK, width=7, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()

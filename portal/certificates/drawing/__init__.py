"""Drawing a certificate: facts in, the bytes of a PDF out; no database, no clock, no network.

`draw_certificate` draws one, `CertificateBatch` many of one design, `fits` says whether one would fit, `merge` puts
files together for printing. The file is a tagged PDF/A-3 with a place for the seal; an `Attachment` goes inside.
The sheet (frame, fonts, document) is prepared once per design; a certificate then costs its own text, tags and QR.
"""

from portal.certificates.drawing.attachment import Attachment
from portal.certificates.drawing.batch import CertificateBatch, draw_certificate, fits
from portal.certificates.drawing.block import SMALLEST, TextTooLongError
from portal.certificates.drawing.design import CALM_DEPTHS, Design, Logo
from portal.certificates.drawing.layout import Fit
from portal.certificates.drawing.merging import merge
from portal.certificates.drawing.sheet import FIELD_NAME
from portal.certificates.drawing.wording import UndrawableTextError

__all__ = [
    "CALM_DEPTHS",
    "FIELD_NAME",
    "SMALLEST",
    "Attachment",
    "CertificateBatch",
    "Design",
    "Fit",
    "Logo",
    "TextTooLongError",
    "UndrawableTextError",
    "draw_certificate",
    "fits",
    "merge",
]

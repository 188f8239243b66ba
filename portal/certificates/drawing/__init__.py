"""Drawing a certificate: facts in, the bytes of a PDF out; no database, no clock, no network.

`draw_certificate` draws one, `CertificateBatch` many of one design, `merge` puts files together for printing.
reportlab prepares the sheet (frame, fonts, document) once per design; a certificate then costs its own text and QR.
"""

from portal.certificates.drawing.batch import CertificateBatch, draw_certificate
from portal.certificates.drawing.design import CALM_DEPTHS, Design, Logo
from portal.certificates.drawing.merging import merge
from portal.certificates.drawing.wording import UndrawableTextError

__all__ = [
    "CALM_DEPTHS",
    "CertificateBatch",
    "Design",
    "Logo",
    "UndrawableTextError",
    "draw_certificate",
    "merge",
]

"""LinkedIn's documented address for adding a certificate to one's profile. A link to follow: nothing is asked of LinkedIn before."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from portal.certificates import Shown
from portal.foundation.addresses import addresses

if TYPE_CHECKING:
    from portal.certificates import CertificateFacts
    from portal.certificates.models import CertificateShare

ADD = "https://www.linkedin.com/profile/add"


def share_url(share: CertificateShare) -> str:
    """The full address of a link, which leads to its reader's language."""
    return addresses.bare(f"/shared/{share.token}")


def add_to_profile(facts: CertificateFacts, share: CertificateShare, language: str) -> str:
    """Where the holder adds the certificate to their profile, with the link ``share`` as its address; the number only where that shows it."""
    ka = language == "ka"
    values = {
        "startTask": "CERTIFICATION_NAME",
        "name": (facts.course_title_ka if ka else facts.course_title_en) or facts.course_title_ka,
        "organizationName": facts.issuer_ka if ka else facts.issuer_en,
        "issueYear": facts.issued_on.year,
        "issueMonth": facts.issued_on.month,
    }
    if facts.valid_until is not None:
        values |= {"expirationYear": facts.valid_until.year, "expirationMonth": facts.valid_until.month}
    values["certUrl"] = share_url(share)
    if Shown.NUMBER in share.shows:
        values["certId"] = facts.number
    return f"{ADD}?{urlencode(values)}"

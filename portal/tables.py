"""Every table of the portal, for the migrations: importing this loads the models of all domains."""

from portal.assessment import models as assessment
from portal.attendance import models as attendance
from portal.certificates import models as certificates
from portal.certificates.chain import models as certificate_register
from portal.certificates.designs import models as certificate_designs
from portal.courses import models as courses
from portal.credentials import models as credentials
from portal.enrolment import models as enrolment
from portal.evaluation import models as evaluation
from portal.foundation import edited_texts, history, outbox
from portal.foundation.database import Base
from portal.imports import models as imports
from portal.letters import models as letters
from portal.municipalities import models as municipalities
from portal.needs import models as needs
from portal.notices import models as notices
from portal.people import models as people
from portal.qualifications import models as qualifications
from portal.recognition import models as recognition
from portal.reports import models as reports
from portal.signing import models as signing
from portal.standings import models as standings
from portal.transcripts import models as transcripts

__all__ = [
    "assessment",
    "attendance",
    "certificate_designs",
    "certificate_register",
    "certificates",
    "courses",
    "credentials",
    "edited_texts",
    "enrolment",
    "evaluation",
    "history",
    "imports",
    "letters",
    "metadata",
    "municipalities",
    "needs",
    "notices",
    "outbox",
    "people",
    "qualifications",
    "recognition",
    "reports",
    "signing",
    "standings",
    "transcripts",
]

metadata = Base.metadata

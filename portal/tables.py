"""Every table of the portal, for the migrations: importing this loads the models of all domains."""

from portal.assessment import models as assessment
from portal.attendance import models as attendance
from portal.certificates import models as certificates
from portal.courses import models as courses
from portal.enrolment import models as enrolment
from portal.foundation import edited_texts, history, outbox
from portal.foundation.database import Base
from portal.imports import models as imports
from portal.letters import models as letters
from portal.municipalities import models as municipalities
from portal.notices import models as notices
from portal.people import models as people

__all__ = [
    "assessment",
    "attendance",
    "certificates",
    "courses",
    "edited_texts",
    "enrolment",
    "history",
    "imports",
    "letters",
    "metadata",
    "municipalities",
    "notices",
    "outbox",
    "people",
]

metadata = Base.metadata

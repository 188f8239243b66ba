"""Certificates: who gets one, the register that keeps them for good, and the answer to whoever checks one.

The certificate rule of the course decides on the evidence of attendance and assessment. Staff ask for a run; the worker issues one
certificate a transaction: number without a gap, frozen record of every printed fact, exact file. Nothing of it changes afterwards; what a
certificate is worth is the newest of its states. ``drawing`` makes the file and knows no database.
"""

from portal.certificates.drawing import Design, Logo, merge
from portal.certificates.facts import CertificateFacts, Pair, Signatory, canonical_json
from portal.certificates.issuer import ISSUER, verify_url
from portal.certificates.paper import Subject, columns_of, facts_of, preview, seal
from portal.certificates.queries import (
    Candidate,
    ItemRow,
    Progress,
    StoredFile,
    batches_of_run,
    candidates_of_run,
    files_of_run,
    get_file,
    get_progress,
    get_subject,
    items_of_batch,
    pdf_of,
)
from portal.certificates.queries_cases import (
    cases_of,
    find_open_case,
    number_of_open_cases,
    numbers_to_decide_on,
    open_cases,
)
from portal.certificates.queries_register import (
    Answer,
    Entry,
    Held,
    RegisterPage,
    RegisterSearch,
    StateChange,
    certificates_of_person,
    find_by_number_and_surname,
    find_by_secret,
    get_entry,
    register_page,
    states_of,
    years_of_register,
)
from portal.certificates.rules import (
    EXPIRED,
    FOLLOWING,
    Evidence,
    Percent,
    Reason,
    Requirement,
    Verdict,
    number_of,
    qualifies,
)
from portal.certificates.services import LONGEST_REASON, WAKE, ask_to_issue, issue_next, reinstate, revoke, suspend
from portal.certificates.services_cases import (
    keep_certificate,
    review_attendance,
)

__all__ = [
    "EXPIRED",
    "FOLLOWING",
    "ISSUER",
    "LONGEST_REASON",
    "WAKE",
    "Answer",
    "Candidate",
    "CertificateFacts",
    "Design",
    "Entry",
    "Evidence",
    "Held",
    "ItemRow",
    "Logo",
    "Pair",
    "Percent",
    "Progress",
    "Reason",
    "RegisterPage",
    "RegisterSearch",
    "Requirement",
    "Signatory",
    "StateChange",
    "StoredFile",
    "Subject",
    "Verdict",
    "ask_to_issue",
    "batches_of_run",
    "candidates_of_run",
    "canonical_json",
    "cases_of",
    "certificates_of_person",
    "columns_of",
    "facts_of",
    "files_of_run",
    "find_by_number_and_surname",
    "find_by_secret",
    "find_open_case",
    "get_entry",
    "get_file",
    "get_progress",
    "get_subject",
    "issue_next",
    "items_of_batch",
    "keep_certificate",
    "merge",
    "number_of",
    "number_of_open_cases",
    "numbers_to_decide_on",
    "open_cases",
    "pdf_of",
    "preview",
    "qualifies",
    "register_page",
    "reinstate",
    "review_attendance",
    "revoke",
    "seal",
    "states_of",
    "suspend",
    "verify_url",
    "years_of_register",
]

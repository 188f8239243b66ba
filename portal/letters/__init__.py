"""Letters: what an employer's personnel office is given to confirm a training, before it (participation) and after it (attendance).

The person, staff or the municipality's coordinator ask for one. It freezes its facts and its file; the same facts asked for again are the same
letter. Whoever checks it by its QR is told whether what it says still holds. ``drawing`` makes the file and knows no database.
"""

from portal.letters.facts import Day, LetterFacts
from portal.letters.paper import columns_of
from portal.letters.queries import Checked, Offer, facts_of, find_by_digest, find_checked, get_letter, get_subject, offer_of, offers_of
from portal.letters.rules import LANGUAGES, Standing
from portal.letters.services import issue

__all__ = [
    "LANGUAGES",
    "Checked",
    "Day",
    "LetterFacts",
    "Offer",
    "Standing",
    "columns_of",
    "facts_of",
    "find_by_digest",
    "find_checked",
    "get_letter",
    "get_subject",
    "issue",
    "offer_of",
    "offers_of",
]

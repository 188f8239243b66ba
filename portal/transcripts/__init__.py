"""Transcripts: the ledger of a person's hours and credits, by year, and the paper that proves it.

The ledger follows from what was completed here and what was recognised. A transcript freezes it with its file, as letters do; the same facts asked
for again are the same transcript, and whoever checks it by its QR is told what was added or has changed since.
"""

from portal.transcripts.facts import TranscriptFacts
from portal.transcripts.paper import columns_of
from portal.transcripts.queries import Checked, Within, entries_of, facts_of, find_by_digest, find_checked, get_transcript, transcripts_of
from portal.transcripts.rules import Entry, Hours, Standing, Year, by_year, total
from portal.transcripts.services import LENGTH, LETTERS, issue

__all__ = [
    "LENGTH",
    "LETTERS",
    "Checked",
    "Entry",
    "Hours",
    "Standing",
    "TranscriptFacts",
    "Within",
    "Year",
    "by_year",
    "columns_of",
    "entries_of",
    "facts_of",
    "find_by_digest",
    "find_checked",
    "get_transcript",
    "issue",
    "total",
    "transcripts_of",
]

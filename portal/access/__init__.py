"""Who may do what: permission words, one table, one question.

``can(actor, permission)`` is what pages and templates ask. Subjects are loaded through the actor's own scope before the question, so
"not yours to know of" (404) and "known, but not allowed" (403) stay apart.
"""

from portal.access.actor import Actor
from portal.access.matrix import MATRIX, Permission, can

__all__ = ["MATRIX", "Actor", "Permission", "can"]

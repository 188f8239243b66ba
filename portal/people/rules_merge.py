"""When two records of one person may become one: a decision on plain values."""

from __future__ import annotations

from dataclasses import dataclass

from portal.foundation.errors import N_, RefusedError


class MergeRefusedError(RefusedError):
    """A rule of merging says no."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records: whether it was merged into another, others into it, has roles now or later, and an account (None) that is open."""

    id: int
    is_merged: bool = False
    has_merged: bool = False
    has_roles: bool = False
    account_open: bool | None = None


def find_merge_refusal(kept: Side, merged: Side) -> MergeRefusedError | None:
    """Say why ``merged`` cannot be merged into ``kept``; None when it can.

    An account never goes to a record with roles: whoever merges would give the roles to whoever signs in, and only administrators give roles.
    """
    both_open, moves = kept.account_open and merged.account_open, merged.account_open is not None and kept.account_open is None
    reasons = (
        (kept.id == merged.id, N_("This is the same record. Choose the other one.")),
        (kept.is_merged or merged.is_merged, N_("One of the two records is merged with another already.")),
        (merged.has_merged, N_("Another record was merged into the one that would go. Keep that one, or undo its merge first.")),
        (merged.has_roles, N_("The record that would go has roles. Keep that one, or ask an administrator to end its roles first.")),
        (both_open, N_("Both records have an active account. Ask an administrator to deactivate one of them first.")),
        (
            merged.account_open and kept.account_open is False,
            N_("The account of the record that would stay is closed, the other's is active. Keep the other record."),
        ),
        (moves and kept.has_roles, N_("The record that would stay has roles and no account, so it cannot take the account of the other.")),
    )
    return next((MergeRefusedError(words) for stands_in_the_way, words in reasons if stands_in_the_way), None)

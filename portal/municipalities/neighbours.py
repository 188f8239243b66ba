"""Which regions are neighbours: those that share a border which people can cross, by their ISO codes.

Racha and Shida Kartli, or Samegrelo and Abkhazia, touch each other in occupied territory only, where nobody travels to a training.
"""

from __future__ import annotations

from typing import Final

_BORDERS: Final = """
    AJ-GU AJ-SJ GU-SZ GU-IM GU-SJ SZ-IM SZ-RL IM-RL IM-SJ IM-SK SJ-SK SJ-KK SK-KK SK-MM KK-MM KK-TB KK-KA MM-TB MM-KA
"""
PAIRS: Final = frozenset(frozenset(f"GE-{code}" for code in border.split("-")) for border in _BORDERS.split())


def neighbours_of(iso: str) -> frozenset[str]:
    """The codes of the regions that border on the region ``iso``."""
    return frozenset(other for pair in PAIRS if iso in pair for other in pair if other != iso)

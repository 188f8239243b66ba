"""What is left to do after a session, decided on plain values."""

from __future__ import annotations

from dataclasses import dataclass

from portal.courses.models import RunForm, RunState


@dataclass(frozen=True, slots=True)
class LeftToDo:
    """What a session lacks: marks of so many people, a word on so many contradictions, the scan of its signed sheet."""

    unmarked: int = 0
    disputed: int = 0
    scan: bool = False

    @property
    def nothing(self) -> bool:
        """True for a session that is complete."""
        return self == LeftToDo()


def left_to_do(*, state: str, form: str, expected: int, marked: int, disputed: int, scanned: bool) -> LeftToDo:
    """What is left of a session that is over, of a run in ``state`` held in ``form``.

    Nobody signs a sheet online, or where nobody is expected. A completed run is settled but for contradictions, which phones may bring late.
    """
    if state == RunState.COMPLETED:
        return LeftToDo(disputed=disputed)
    return LeftToDo(
        unmarked=max(0, expected - marked),
        disputed=disputed,
        scan=expected > 0 and form != RunForm.ONLINE and not scanned,
    )

"""Forms of checking in: the code on the wall, the heads in the room."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal import attendance
from portal.web.fields import Typed, Whole


class WallCode(Typed):
    """The digits that stand beside the QR, with or without the space between them."""

    example = "123 456"

    def read(self, text: str) -> str:
        """The digits."""
        digits = text.replace(" ", "").replace("-", "")
        if not (digits.isascii() and digits.isdigit() and len(digits) == attendance.DIGITS):
            raise ValueError(text)
        return digits


class WallCodeForm(FlaskForm):
    """The code from the wall."""

    code: Any = WallCode(_("Code from the wall"), render_kw={"inputmode": "numeric", "autocomplete": "off"})


class HeadCountForm(FlaskForm):
    """How many people are in the room."""

    people: Any = Whole(_("People in the room"), low=0, high=attendance.MOST_HEADS)

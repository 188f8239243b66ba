"""The form that the style guide shows, empty and refused."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, EmailField, FieldList, PasswordField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Optional

from portal.web.fields import Choice, Day, Filled, Moment, Radios, Whole, line


class StyleGuideForm(FlaskForm):
    """One field of every kind."""

    name = line(_("Full name"))
    email = EmailField(_("E-mail"), [Filled()], description=_("We send the confirmation there."))
    phone = line(_("Phone number"), optional=True)
    password = PasswordField(_("Password"), [Filled()])
    need = TextAreaField(_("Goal"), [Optional()])
    form = Choice(_("Mode of study"), choices=[("", _("Choose")), ("online", _("Online")), ("hybrid", _("Hybrid"))])
    sex = Radios(_("Sex"), choices=[("female", _("Female")), ("male", _("Male"))])
    topics = SelectMultipleField(
        _("Topics"), [Optional()], choices=[("1", _("State procurement")), ("2", _("Internal audit")), ("3", _("Legal drafting"))]
    )
    starts_on = Day(_("Start date"))
    closes_at = Moment(_("Registration deadline"), usual=time(18), optional=True)
    capacity = Whole(_("Capacity"), low=1, high=2000)
    material = FileField(_("Attached file"), [Optional()])
    outcomes = FieldList(line(_("Learning outcome")), label=_("Learning outcomes"), min_entries=2)
    privacy = BooleanField(_("I have read the privacy policy"), [InputRequired(_("Read the privacy policy and tick the box."))])


def style_guide_context() -> dict[str, Any]:
    """What the style guide's template needs: the form empty, and the same form refused."""
    typed = {
        "wrong-email": "tamar@",
        "wrong-capacity": "x",
        "wrong-starts_on": "12/1/2026",
        "wrong-outcomes-0": "",
        "wrong-outcomes-1": "…",
    }
    wrong = StyleGuideForm(MultiDict(typed), meta={"csrf": False}, prefix="wrong-")
    wrong.validate()
    return {"empty_form": StyleGuideForm(None, meta={"csrf": False}, prefix="empty-"), "wrong_form": wrong}

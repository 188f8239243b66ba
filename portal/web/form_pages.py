"""What every staff form does alike: try the service, and show beside its field what the service refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FieldList

from portal import courses
from portal.foundation.errors import RefusedError
from portal.web.errors import told
from portal.web.fields import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from wtforms import Form

Made = TypeVar("Made")
REFUSED = 422


class ReasonForm(FlaskForm):
    """Why something that people rely on is taken back."""

    reason = line(_("Reason"), limit=500)


@dataclass(frozen=True, slots=True)
class Done(Generic[Made]):
    """The service did its work; ``value`` is what it returned."""

    value: Made


def attempt(form: FlaskForm, service: Callable[[], Made], words: Callable[[RefusedError], str] = told) -> Done[Made] | None:
    """Call ``service`` when ``form`` was sent and is sound; what it refuses stands in the form, in ``words``, and None comes back."""
    if not form.validate_on_submit():
        return None
    try:
        return Done(service())
    except courses.WrongValuesError as error:
        show_problems(form, error)
    except RefusedError as error:
        form.form_errors = [*form.form_errors, words(error)]
    return None


def show_problems(form: Form, error: courses.WrongValuesError) -> None:
    """Put each problem beside its field, or above the form when it has none."""
    for problem in error.problems:
        name, _dash, number = problem.field.partition("-")
        fields = getattr(form, "_fields", {})
        field: Any = fields.get(problem.field, fields.get(name))
        words = gettext(problem.message, **{"field": field.label.text if field else name} | dict(problem.facts))
        if field is None:
            form.form_errors = [*form.form_errors, words]
        elif isinstance(field, FieldList) and number.isdecimal() and int(number) < len(field):
            first = next(iter(field[int(number)]))
            first.errors = [*first.errors, words]
            field.errors = [entry.errors for entry in field]
        else:
            field.errors = [*field.errors, words]


def form_page(template: str, form: FlaskForm, **context: Any) -> tuple[str, int]:
    """The page of ``form``: 422 when it was refused."""
    return render_template(template, form=form, **context), REFUSED if form.errors else 200

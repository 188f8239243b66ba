"""Fields of the forms: each turns what was typed into a value, or says what is wrong and keeps what was typed.

What is wrong is one sentence that names the field, because it stands twice: beside the field, and above the form in the summary.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, FieldList, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import Choice as Offered  # type: ignore[attr-defined]
from wtforms.validators import Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget, NumberInput, Select, TextInput

from portal.foundation import clock, formats, georgian
from portal.foundation.errors import N_
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_LIMIT = 200
TEXT_LIMIT = 6_000
TYPED_LIMIT = 64
FORM_LASTS = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100
TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
DECIMAL = re.compile(r"[0-9]{1,8}(?:[.,][0-9]{1,2})?")
WHOLE = re.compile(r"[0-9]{1,9}")
REQUIRED = N_("“%(field)s” is required.")


def sentence(field: Field, message: str, **facts: object) -> str:
    """``message`` in the language of the page, with the label of ``field`` in the place ``%(field)s``."""
    return str(gettext(message, field=field.label.text, **facts))


class Filled:
    """The field may not stay empty. Zero is something."""

    field_flags = {"required": True}  # noqa: RUF012  (as WTForms reads it)

    def __call__(self, _form: object, field: Field) -> None:
        """Stop at an empty field; one that could not be read has said so."""
        if field.errors:
            raise StopValidation
        if field.data is None or field.data in ("", []):
            raise StopValidation(sentence(field, REQUIRED))


class AtMost:
    """No more than ``limit`` characters."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, _form: object, field: Field) -> None:
        """Complain about a longer text."""
        if len(field.data or "") > self.limit:
            raise ValidationError(sentence(field, N_("“%(field)s” can have at most %(most)s characters."), most=self.limit))


class DrawnAt(Field):
    """The moment when the form was drawn. Whoever did the same since then did it with this form, which is sent a second time.

    A form that says nothing sound, or is older than a day, is taken for a new one.
    """

    widget = HiddenInput()

    def __init__(self, **values: Any) -> None:
        super().__init__(default=clock.now, **values)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was sent."""
        try:
            sent = datetime.fromisoformat(valuelist[0])
            recent = timedelta(0) <= clock.now() - sent <= FORM_LASTS
        except (IndexError, ValueError, TypeError, OverflowError):
            return
        if recent:
            self.data = sent.astimezone(UTC)

    def _value(self) -> str:
        return str(self.data.isoformat())


def _rules(*, optional: bool, limit: int | None = None) -> list[Any]:
    return [Optional() if optional else Filled()] + ([AtMost(limit)] if limit else [])


def line(label: Any, *, optional: bool = False, limit: int = LINE_LIMIT, rules: tuple[Any, ...] = (), **values: Any) -> Any:
    """A field for one line of text, cleaned as it comes in; ``rules`` are asked once something is in it."""
    return StringField(label, [*_rules(optional=optional, limit=limit), *rules], filters=[clean], **values)


def lines(label: Any, *, optional: bool = True, limit: int = TEXT_LIMIT, **values: Any) -> Any:
    """A field for several lines of text, cleaned as they come in."""
    return TextAreaField(label, _rules(optional=optional, limit=limit), filters=[lambda text: georgian.clean_lines(text or "")], **values)


def clean(text: str | None) -> str:
    """One tidy line; WTForms hands None where nothing was sent."""
    return georgian.clean_text(text or "")


class Typed(Field, ABC):
    """A value written in one line, as ``example`` is. What cannot be read is an error, and stays in the field as typed."""

    widget: Any = TextInput()
    width = "s"
    example = ""

    def __init__(self, label: Any, *, optional: bool = False, rules: tuple[Any, ...] = (), **values: Any) -> None:
        super().__init__(label, [*_rules(optional=optional), *rules], **values)

    @abstractmethod
    def read(self, text: str) -> Any:
        """The value of ``text``. Raises ``ValueError`` when it has none."""

    def show(self, value: Any) -> str:
        """``value`` as it is typed."""
        return str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was sent."""
        text = georgian.clean_text(str(valuelist[0])) if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = self.read(text[:TYPED_LIMIT])
        except (ValueError, OverflowError):
            raise ValueError(self.said()) from None

    def said(self) -> str:
        """What is wrong, in words."""
        return sentence(self, N_("Write “%(field)s” like this: %(example)s."), example=self.example)

    def _value(self) -> str:
        if self.raw_data:
            return georgian.drop_invisible(str(self.raw_data[0]))
        return "" if self.data is None else self.show(self.data)


class Day(Typed):
    """A calendar day, 08.12.2026 or 2026-12-08; the portal asks for days in this one way, never as a browser's own field would."""

    example = "08.12.2026"

    def __init__(self, label: Any, *, first_year: int = FIRST_YEAR, description: Any = _("For example 08.12.2026."), **values: Any) -> None:
        super().__init__(label, description=description, **values)
        self.first_year = first_year

    def read(self, text: str) -> date:
        """The day of ``text``."""
        day = formats.parse_date(text)
        if not self.first_year <= day.year <= LAST_YEAR:
            raise ValueError(text)
        return day

    def show(self, value: Any) -> str:
        """The day with dots."""
        return formats.format_date_short(value)


class Clock(Typed):
    """A time of day in Tbilisi, 10:00."""

    width = "xs"
    example = "18:00"

    def read(self, text: str) -> time:
        """The time of ``text``."""
        return _hour_of(text)

    def show(self, value: Any) -> str:
        """Hours and minutes."""
        return f"{value:%H:%M}"


class Moment(Day):
    """A day and a time in Tbilisi in one line, 08.12.2026 18:00; without a time ``usual`` is meant. The value is in UTC."""

    width = "m"
    example = "08.12.2026 18:00"

    def __init__(self, label: Any, *, usual: time, description: Any = _("For example 08.12.2026 18:00."), **values: Any) -> None:
        super().__init__(label, description=description, **values)
        self.usual = usual

    def read(self, text: str) -> Any:
        """The moment of ``text``."""
        parts = text.replace("T", " ").replace(",", " ").split()
        if len(parts) not in {1, 2}:
            raise ValueError(text)
        return moment(super().read(parts[0]), _hour_of(parts[1]) if len(parts) > 1 else self.usual)

    def show(self, value: Any) -> str:
        """Day and time in Tbilisi."""
        return f"{formats.format_date_short(formats.to_tbilisi(value).date())} {formats.format_time(value)}"


def _hour_of(text: str) -> time:
    found = TIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]))


def moment(day: date, hour: time) -> datetime:
    """The moment, in UTC, at which it is ``hour`` on ``day`` in Tbilisi."""
    return datetime.combine(day, hour, formats.TBILISI).astimezone(UTC)


class Whole(Typed):
    """A whole number between two bounds."""

    widget = NumberInput()
    width = "xs"

    def __init__(self, label: Any, *, low: int, high: int, **values: Any) -> None:
        super().__init__(label, **values)
        self.low, self.high = low, high

    def read(self, text: str) -> int:
        """The number of ``text``, spaces ignored."""
        digits = text.replace(" ", "")
        if not WHOLE.fullmatch(digits) or not self.low <= int(digits) <= self.high:
            raise ValueError(text)
        return int(digits)

    def said(self) -> str:
        """Between which bounds."""
        return sentence(self, N_("“%(field)s” must be a whole number from %(least)s to %(most)s."), least=self.low, most=self.high)


class Number(Typed):
    """A number with at most two decimals, comma or point."""

    widget = NumberInput()
    width = "xs"
    places = 2  # tells the page to offer the pad with a decimal sign

    def __init__(self, label: Any, *, low: int = 0, high: int, **values: Any) -> None:
        super().__init__(label, **values)
        self.low, self.high = low, high

    def read(self, text: str) -> Decimal:
        """The number of ``text``, spaces ignored."""
        digits = text.replace(" ", "")
        if not DECIMAL.fullmatch(digits) or not self.low <= Decimal(digits.replace(",", ".")) <= self.high:
            raise ValueError(text)
        return Decimal(digits.replace(",", "."))

    def show(self, value: Any) -> str:
        """The number with the decimal sign of the page's language."""
        return formats.format_decimal(Decimal(value), language())

    def said(self) -> str:
        """Between which bounds."""
        message = N_("“%(field)s” must be a number from %(least)s to %(most)s, with at most two decimals.")
        return sentence(self, message, least=self.low, most=self.high)


def key_of(text: Any) -> int | None:
    """The id that a choice stands for; None for the empty choice."""
    if text in (None, "", "None"):
        return None
    if isinstance(text, str) and not WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


@lru_cache(2_000, typed=True)
def _option(*choice: object) -> Any:
    written: Any = Select.render_option
    return written(Offered(*choice, {}))


class Options(Select):
    """A list whose options are each written once and kept: it may have a hundred, and they are the same at every page."""

    @classmethod
    def render_option(cls, choice: Any) -> Any:  # type: ignore[override]
        """One option."""
        return _option(choice.value, str(choice.label), choice.selected)


class Choice(SelectField):
    """One of a list of codes. The choices are pairs of a value and its words; nothing else about them varies."""

    widget = Options()

    def iter_choices(self) -> Any:
        """The choices, and which of them is chosen."""
        pairs: Any = self.choices or ()
        return [Offered(value, words, self.coerce(value) == self.data, {}) for value, words, *_more in pairs]

    def has_groups(self) -> bool:
        """Never."""
        return False

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was sent; nothing but spaces is the empty choice, as the rule for what may be left out has it."""
        super().process_formdata([value.strip() for value in valuelist])

    def __init__(self, label: Any, *, optional: bool = False, **values: Any) -> None:
        super().__init__(label, _rules(optional=optional), **values)
        self.invalid_value_message = self.invalid_choice_message = _not_offered(label)


class KeyChoice(Choice):
    """One of a list of rows; the value is the row's id, or None for the empty choice."""

    def __init__(self, label: Any, **values: Any) -> None:
        super().__init__(label, coerce=key_of, **values)


class Radios(RadioField):
    """One of a few codes, all of them seen; those ``not_now`` cannot be chosen."""

    not_now: frozenset[str] = frozenset()

    def __init__(self, label: Any, *, optional: bool = False, **values: Any) -> None:
        super().__init__(label, _rules(optional=optional), **values)
        self.invalid_value_message = self.invalid_choice_message = _not_offered(label)


class Ticks(SelectMultipleField):
    """Any number of a list of codes, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, *, rules: tuple[Any, ...] = (), **values: Any) -> None:
        super().__init__(label, rules, **values)
        self.invalid_value_message = self.invalid_choice_message = _not_offered(label)


def _not_offered(label: Any) -> Any:
    return _("Choose “%(field)s” from the list.", field=label)


class Rows(FieldList):  # type: ignore[type-arg]
    """Several rows of the same fields. Row numbers are ASCII digits; others are passed over."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        numbered = re.compile(re.escape(prefix) + r"-([0-9]{1,3})(?:-|$)", re.ASCII)
        for name in formdata:
            if found := numbered.match(name):
                yield int(found[1])

    def take_out(self, entry: Field) -> None:
        """Take ``entry`` away; those after it move up, so that the page numbers its fields as the next reading of them will."""
        self.entries.remove(entry)
        self._compact_indices()  # type: ignore[attr-defined]  # (of WTForms, which does the same as it reads)

    def move_up(self, entry: Field) -> None:
        """Let ``entry`` change places with the one before it."""
        at = self.entries.index(entry)
        self.entries.insert(max(at - 1, 0), self.entries.pop(at))
        self._compact_indices()  # type: ignore[attr-defined]

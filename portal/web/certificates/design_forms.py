"""Forms of designs: what certificates say and how they look, and the pictures for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FileField, Form, FormField, HiddenField
from wtforms.widgets import ColorInput, TextArea

from portal import certificates
from portal.certificates import MOST_LOGOS, PROJECT_LOGO, Parts, Signatory, Signing
from portal.certificates.designs.models import PictureKind
from portal.web.certificates.design_words import logo_words
from portal.web.fields import Choice, KeyChoice, Radios, Rows, Ticks, Typed, line
from portal.web.labels import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.certificates.designs.models import CertificatePicture

LONGEST_TEXT = 300
LONGEST_NAME = 120
LARGEST_PICTURE = 2 * 1024 * 1024
_TEXTS = ("heading", "sentence", "statement", "note")
_NONE = ""


def _text(words: Any, code: str, rows: int, *, optional: bool = False) -> Any:
    return line(words, optional=optional, limit=LONGEST_TEXT, widget=TextArea(), render_kw={"rows": rows, "lang": code})


class Colour(Typed):
    """A colour as a browser picks it, "#0f4c5c"."""

    widget = ColorInput()
    width = "xs"
    example = "#0f4c5c"

    def read(self, text: str) -> str:
        """The code, in small letters; the rule of designs says whether it is one."""
        return text.lower() if text.isascii() else text


class SigningForm(Form):
    """One who signs. The five fields of an empty row stay empty."""

    name_ka = line(_("Name in Georgian letters"), optional=True, limit=LONGEST_NAME)
    name_en = line(_("Name in Latin letters"), optional=True, limit=LONGEST_NAME)
    post_ka = line(_("Post in Georgian"), optional=True, limit=LONGEST_NAME)
    post_en = line(_("Post in English"), optional=True, limit=LONGEST_NAME)
    signature = KeyChoice(_("Scanned signature"), optional=True)

    @property
    def signing(self) -> Signing | None:
        """Who signs, None for an empty row."""
        who = Signatory(self.name_ka.data, self.name_en.data, self.post_ka.data, self.post_en.data)
        return Signing(who, self.signature.data) if who != Signatory("", "", "", "") or self.signature.data else None


class DesignForm(FlaskForm):
    """All parts of a design as they look now, whoever says them. ``seen`` are the editions that it shows; ``given_back`` is what it says no more."""

    seen = HiddenField()
    heading_ka = _text(_("Heading in Georgian"), "ka", 1)
    heading_en = _text(_("Heading in English"), "en", 1)
    sentence_ka = _text(_("Sentence after the name in Georgian"), "ka", 2)
    sentence_en = _text(_("Sentence after the name in English"), "en", 2)
    statement_ka = _text(_("Statement in Georgian"), "ka", 3, optional=True)
    statement_en = _text(_("Statement in English"), "en", 3, optional=True)
    note_ka = _text(_("Note in Georgian"), "ka", 2, optional=True)
    note_en = _text(_("Note in English"), "en", 2, optional=True)
    logos = Rows(KeyChoice(_("Logo"), optional=True), label=_("Logos"), min_entries=MOST_LOGOS, max_entries=MOST_LOGOS)
    signatories = Rows(FormField(SigningForm, label=_("Signatory")), label=_("Signatories"), min_entries=3, max_entries=3)
    frame = Radios(_("Frame"), choices=[(code, "") for code in certificates.FRAMES])
    brand = Colour(_("Main colour"))
    accent = Colour(_("Second colour"))
    seal = KeyChoice(_("Seal"), optional=True)
    given_back = Ticks(_("Left to the designs above"), validate_choice=False)
    shown_with = Choice(_("Shown with"), optional=True)

    def __init__(self, parts: Parts, seen: str, pictures: Sequence[CertificatePicture]) -> None:
        super().__init__(data=_typed(parts) | {"seen": seen, "shown_with": "invented"})
        self.frame.choices = [(code, label("certificate_frame", code)) for code in certificates.FRAMES]
        logos = [(PROJECT_LOGO, logo_words(PROJECT_LOGO, {})), *_of_kind(pictures, PictureKind.LOGO)]
        for entry in self.logos:
            entry.choices = [(_NONE, gettext("None")), *logos]
        for row in self.signatories:
            row.form.signature.choices = [(_NONE, gettext("Signs by hand")), *_of_kind(pictures, PictureKind.SIGNATURE)]
        self.seal.choices = [(_NONE, gettext("None")), *_of_kind(pictures, PictureKind.SEAL)]

    def parts(self) -> Parts:
        """What was typed, every part of it."""
        texts: dict[str, Any] = {name: (self[f"{name}_ka"].data, self[f"{name}_en"].data) for name in _TEXTS}
        return Parts(
            **texts,
            logos=tuple(entry.data for entry in self.logos if entry.data is not None),
            signatories=tuple(signing for row in self.signatories if (signing := row.form.signing) is not None),
            frame=self.frame.data,
            brand=self.brand.data,
            accent=self.accent.data,
            seal=self.seal.data or 0,
        )


def _typed(parts: Parts) -> dict[str, Any]:
    texts = {f"{name}_{code}": getattr(parts, name)[at] for name in _TEXTS for at, code in enumerate(("ka", "en"))}
    signatories = [
        {
            "name_ka": one.signatory.name_ka,
            "name_en": one.signatory.name_en,
            "post_ka": one.signatory.post_ka,
            "post_en": one.signatory.post_en,
            "signature": one.signature,
        }
        for one in parts.signatories or ()
    ]
    looks = {"frame": parts.frame, "brand": parts.brand, "accent": parts.accent, "seal": parts.seal or None}
    return texts | {"logos": list(parts.logos or ()), "signatories": signatories} | looks


def _of_kind(pictures: Sequence[CertificatePicture], kind: PictureKind) -> list[tuple[int, str]]:
    return [(picture.id, picture.name) for picture in pictures if picture.kind == kind]


class PictureForm(FlaskForm):
    """A picture to be used by designs."""

    kind = Radios(_("What it shows"), choices=[(kind.value, "") for kind in PictureKind])
    name = line(
        _("Its name"),
        limit=LONGEST_NAME,
        description=_("Of the donor or of the person. It is read aloud to those who do not see the picture."),
    )
    file = FileField(_("File"), description=_("PNG or JPEG, at most 2 MB, on white. Only the picture itself is kept."))

    def __init__(self) -> None:
        super().__init__()
        self.kind.choices = [(kind.value, label("picture_kind", kind.value)) for kind in PictureKind]

    def sent(self) -> bytes:
        """The file as far as it is allowed to go; empty when none was chosen."""
        return self.file.data.stream.read(LARGEST_PICTURE + 1) if self.file.data else b""

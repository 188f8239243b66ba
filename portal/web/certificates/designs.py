"""Staff compose how certificates look: designs for all, for a topic, for a project, with a picture of what would be printed."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal import certificates
from portal.access import Permission
from portal.certificates import NOTHING, Edition, Parts, Scope
from portal.foundation import clock
from portal.foundation.placeholders import written
from portal.web.certificates import pages
from portal.web.certificates.design_forms import DesignForm
from portal.web.certificates.design_words import part_words, said, scope_words
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.transactions import release

if TYPE_CHECKING:
    from portal.access import Actor

PATH = "/staff/certificates/designs"
ONE = f"{PATH}/<scope>"
EDITION = f"{ONE}/versions/<number:edition>"
MANAGE = Permission.DESIGN_MANAGE
LONGEST_NAMES = 500
SHOWN_LINES = 20
INVENTED, WORST, RUN = "invented", "worst", "run-"


@dataclass
class Draft:
    """A design as it is being written: what it says, what those above say, and the form with both."""

    scope: Scope

    @cached_property
    def editions(self) -> list[Edition]:
        """All editions so far, the newest first."""
        return certificates.editions_of(self.scope)

    @cached_property
    def own(self) -> Parts:
        """What the newest edition says."""
        return self.editions[0].parts if self.editions else NOTHING

    @cached_property
    def above(self) -> Parts:
        """How certificates would look if it said nothing."""
        newest = certificates.newest_parts(certificates.chain_of(self.scope)[1:])
        return certificates.inherit(*(parts for _number, parts in newest.values()))

    @cached_property
    def form(self) -> DesignForm:
        """The form, as sent or as it is now."""
        form = DesignForm(certificates.inherit(self.own, self.above), certificates.numbers_seen(self.scope), certificates.pictures())
        form.shown_with.choices = [(INVENTED, _("Invented person")), (WORST, _("The longest of everything")), *self.runs]
        return form

    @cached_property
    def runs(self) -> list[tuple[str, str]]:
        """The latest runs, with whose real data the design can be looked at."""
        found = certificates.runs_to_try(self.scope)
        return [(f"{RUN}{enrolment_id}", f"{run.code} – {run.version.title(language())}") for run, enrolment_id in found]

    def parts(self) -> Parts:
        """What the design would say if what is typed were saved. Raises ``WrongValuesError``."""
        wanted = self.form.parts()
        certificates.check_parts(wanted)
        return certificates.own_parts(wanted, self.above, self.own, self.form.given_back.data or ())

    def picture(self) -> str:
        """What would be printed, as the address of a picture that holds it. Raises ``RefusedError``."""
        return _address(_drawn(self.scope, self.parts(), self.form.shown_with.data or INVENTED))

    def trial(self) -> certificates.Trial:
        """How the design does with the longest names that there are. Raises ``RefusedError``."""
        composition = certificates.composition_for(self.scope, self.parts())
        names = certificates.longest_names(LONGEST_NAMES)
        release()  # laying out takes seconds, and nobody else's writing waits for it
        return certificates.try_names(names, composition, clock.today())


def _scope(_actor: Actor, scope: str) -> Scope:
    return certificates.get_scope(scope)


def _edition(_actor: Actor, scope: str, edition: int) -> tuple[Scope, Edition]:
    found = certificates.get_scope(scope)
    return found, certificates.get_edition(found, edition) if edition else Edition()


@pages.get(PATH)
@requires(MANAGE)
def designs() -> str:
    """The design for all, that of each topic, that of each project."""
    return render_template("certificates/designs.html", lines=certificates.design_lines(), scope_words=scope_words, part_words=part_words)


@pages.route(ONE, methods=["GET", "POST"])
@requires(MANAGE, load=_scope)
def design(scope: Scope) -> Any:
    """Write a design. "Preview" and "Try" save nothing."""
    draft, do = Draft(scope), request.form.get("do")
    if do == "preview":
        shown = attempt(draft.form, draft.picture)
        return _page(draft, picture=shown.value if shown else None)
    if do == "try":
        tried = attempt(draft.form, lambda: (draft.trial(), draft.picture()))
        return _page(draft, trial=tried.value[0] if tried else None, picture=tried.value[1] if tried else None)
    seen, by = draft.form.seen.data or "", actor().person_id
    saved = attempt(draft.form, lambda: certificates.save_design(scope, draft.parts(), seen=seen, by=by))
    return _saved(scope, saved.value) if saved else _page(draft)


def _page(draft: Draft, **more: Any) -> tuple[str, int]:
    return form_page(
        "certificates/design.html",
        draft.form,
        draft=draft,
        title=scope_words(draft.scope),
        placeholders=[(written(name), _(meaning)) for name, meaning in certificates.PLACEHOLDERS.items()],
        newest=draft.editions[0].number if draft.editions else 0,
        part_words=part_words,
        most=SHOWN_LINES,
        **more,
    )


def _saved(scope: Scope, number: int | None) -> Response:
    flash(_("Saved as edition %(number)s.", number=number) if number else _("Nothing was different, so nothing was saved."), "good")
    return redirect(url_for("certificates.design", scope=scope.code), 303)  # type: ignore[return-value]


@pages.post(f"{ONE}/preview")
@requires(MANAGE, load=_scope)
def design_preview(scope: Scope) -> Response:
    """The same for the script: a picture of what is typed, or what is wrong with it."""
    draft = Draft(scope)
    shown = attempt(draft.form, draft.picture)
    return jsonify(picture=shown.value if shown else None, problems=_problems(draft.form))


def _problems(form: DesignForm) -> list[str]:
    """All that is wrong, once each."""
    found: list[str] = list(form.form_errors)
    for field in form:
        for error in field.errors:
            found += [error] if isinstance(error, str) else [words for part in error for words in _flat(error, part)]
    return list(dict.fromkeys(found))


def _flat(error: Any, part: Any) -> list[str]:
    return list(error[part]) if isinstance(error, dict) else [str(part)]


@pages.get(f"{ONE}/<number:edition>.png")
@requires(MANAGE, load=_edition)
def design_picture(loaded: tuple[Scope, Edition]) -> Response:
    """A certificate of an invented person as one edition has it; edition 0 says nothing."""
    scope, edition = loaded
    return Response(_drawn(scope, edition.parts, INVENTED), mimetype="image/png")


@pages.get(EDITION)
@requires(MANAGE, load=_edition)
def design_edition(loaded: tuple[Scope, Edition]) -> str:
    """One edition: what it says and how it looks."""
    scope, edition = loaded
    names = {picture.id: picture.name for picture in certificates.pictures()}
    return render_template(
        "certificates/design_edition.html",
        scope=scope,
        edition=edition,
        title=scope_words(scope),
        said=said(edition.parts, names),
        seen=certificates.numbers_seen(scope),
    )


@pages.post(EDITION)
@requires(MANAGE, load=_edition)
def take_up_edition(loaded: tuple[Scope, Edition]) -> Response:
    """Let certificates look as this edition says, from now on."""
    scope, edition = loaded
    number = certificates.take_up_edition(scope, edition.number, seen=request.form.get("seen", ""), by=actor().person_id)
    return _saved(scope, number)


def _drawn(scope: Scope, parts: Parts, shown_with: str) -> bytes:
    """The picture of a certificate of ``scope`` if its design said ``parts``: of an invented person, the longest one, or one of a run."""
    today = clock.today()
    if shown_with.startswith(RUN):
        subject = certificates.get_subject(int(shown_with.removeprefix(RUN)))
        composition = certificates.composition_of(subject.run, {scope.code: parts})
        pdf = certificates.preview(replace(subject, composition=composition), today)
        release()  # pictures take a moment
        return certificates.picture_of(pdf)
    composition, facts = certificates.composition_for(scope, parts), certificates.invented_facts(today)
    if shown_with == WORST:
        composition, facts = certificates.made_worst(composition), certificates.worst_facts(today)
    release()
    return certificates.picture_of(certificates.draw_specimen(facts, composition))


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()

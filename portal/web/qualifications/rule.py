"""Pages of staff: a new edition of a rule. First it is built, then it is shown in words with what it would change, then it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import qualifications
from portal.foundation import formats
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.language import language
from portal.web.qualifications import pages
from portal.web.qualifications.effects import effects_of
from portal.web.qualifications.forms import RuleForm
from portal.web.qualifications.staff import BOTH, MANAGE, load_qualification
from portal.web.qualifications.words import rule_said
from portal.web.transactions import only_read

if TYPE_CHECKING:
    from portal.qualifications import RuleValues
    from portal.qualifications.models import Qualification
    from portal.web.qualifications.staff import Answer

TEMPLATE = "qualifications/staff/rule.html"


@pages.route("/staff/qualifications/<slug>/rule/new", methods=BOTH)
@requires(MANAGE, load=load_qualification)
def rule_new(row: Qualification) -> Answer:
    """Build an edition. Every button sends the whole form; only "Publish", on the preview, saves."""
    versions = qualifications.versions_of(row.id)
    form, wish = RuleForm(versions), request.form.get("do", "")
    if ":" in wish or wish == "edit":
        form.press(wish)
        return render_template(TEMPLATE, form=form, row=row, first=not versions)
    if wish == "publish":
        return _publish(row, form, first=not versions)
    if attempt(form, lambda: qualifications.check_rule(row.id, form.values(), seen=form.seen_number())):
        return _preview(row, form.values())
    return form_page(TEMPLATE, form, row=row, first=not versions)


def _preview(row: Qualification, values: RuleValues) -> str:
    """The edition in words, and what it would change: read with nobody waiting, since that looks at everybody."""
    qualification_id, slug = row.id, row.slug
    only_read()
    effects = effects_of(qualification_id, values, find_id(request.form.get("page")) or 1)
    return render_template(
        "qualifications/staff/rule_preview.html",
        row=qualifications.get_qualification(slug),
        version=values.as_version(),
        rule=rule_said(values.as_version()),
        effects=effects,
        typed=_typed(),
    )


def _publish(row: Qualification, form: RuleForm, *, first: bool) -> Answer:
    def publish() -> object:
        return qualifications.publish_rule(row.id, form.values(), by=actor().person_id, seen=form.seen_number())

    if not attempt(form, publish):
        return form_page(TEMPLATE, form, row=row, first=first)
    day = formats.format_date(form.effective_on.data, language())
    flash(gettext("Published. In force from: %(day)s", day=day), "good")
    return redirect(url_for("qualifications.staff_qualification", slug=row.slug), 303)


def _typed() -> list[tuple[str, str]]:
    """Everything that was sent, to be sent again; the page adds its own token and button."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", "do", "page"}]

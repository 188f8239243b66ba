"""Pages: one's own profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import journeys, people
from portal.foundation import clock
from portal.foundation.crypto import digest
from portal.foundation.errors import RefusedError
from portal.foundation.identifiers import format_phone
from portal.people.models import PostCategory
from portal.web.errors import told
from portal.web.form_pages import form_page
from portal.web.guard import actor, signed_in
from portal.web.limits import by_person, limiter
from portal.web.people import door, pages
from portal.web.people.account_views import GONE, own_words_of
from portal.web.people.forms import ChangePasswordForm
from portal.web.people.profile_forms import CategoryForm, PersonalNumberForm, PersonForm, PostForm
from portal.web.transactions import release

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.people.models import Post

    Answer = Response | str | tuple[str, int]

CHANGES_OF_DETAILS = "30 per hour"
TRIES_OF_NUMBERS = "20 per hour"
TRIES_OF_PASSWORDS = "30 per hour"


def _saved() -> Response:
    flash(gettext("Saved."), "good")
    return redirect(url_for("people.profile"), 303)


@pages.get("/my/profile")
@signed_in
def profile() -> Answer:
    """What the portal knows of the person, and where they are signed in."""
    account = people.get_account_with_person(actor().account_id)
    token = door.own_token()
    return render_template(
        "people/profile.html",
        account=account,
        person=account.person,
        email_asked_for=people.email_asked_for(account),
        personal_number=people.masked_personal_number(account.person),
        sign_ins=people.sign_ins_of(account.id),
        this_sign_in=digest(token) if token else "",
        **posts_of(account.person_id),
    )


def posts_of(person_id: int) -> dict[str, Post | list[Post] | None]:
    """The post held today and the earlier ones, as templates/people/_posts.html shows them."""
    posts, today = people.posts_of(person_id), clock.today()
    current = next((post for post in posts if post.held_on(today)), None)
    return {"current_post": current, "earlier_posts": [post for post in posts if post is not current]}


@pages.app_template_filter("phone")
def shown_phone(e164: str) -> str:
    """A phone number as people read it."""
    return format_phone(e164)


@pages.route("/my/profile/details", methods=["GET", "POST"])
@signed_in
@limiter.limit(CHANGES_OF_DETAILS, key_func=by_person, methods=["POST"])
def change_details() -> Answer:
    """Names, contact, language. Another address for letters counts when it is confirmed."""
    account = people.get_account_with_person(actor().account_id)
    person, waits = account.person, people.email_asked_for(account)
    form = PersonForm.of(person, waits)
    if form.is_submitted() and form.validate():
        details = form.details()
        try:
            people.ask_for_email(account, details.email or "")
        except RefusedError as refusal:
            form.email.errors = [told(refusal)]
        else:
            journeys.change_person(person, details, by=person.id)
            return _saved() if details.email in {person.email, waits} else _link_sent(details.email)
    return form_page("people/details.html", form, person=person, email_asked_for=waits)


def _link_sent(email: str | None) -> Response:
    flash(gettext("Saved. We have sent a link to %(email)s: follow it, and e-mails go there.", email=email), "good")
    return redirect(url_for("people.profile"), 303)


@pages.route("/my/profile/email/<token>", methods=["GET", "POST"])
@signed_in
def confirm_email(token: str) -> Answer:
    """The page behind the link sent to another address for letters: who reads the mail and is signed in confirms it with a button."""
    account = people.get_account_with_person(actor().account_id)
    email = people.find_email_to_confirm(token, account)
    if email is None:
        return render_template("people/dead_link.html"), GONE
    if request.method == "GET":
        return render_template("people/confirm_email.html", email=email, person=account.person)
    people.confirm_email(token, account)
    flash(gettext("From now on e-mails go to %(email)s.", email=email), "good")
    return redirect(url_for("people.profile"), 303)


@pages.route("/my/profile/personal-number", methods=["GET", "POST"])
@signed_in
@limiter.limit(TRIES_OF_NUMBERS, key_func=by_person, methods=["POST"])
def personal_number() -> Answer:
    """Typed once; afterwards only its last digits are shown."""
    person = people.get_person(actor().person_id)
    form = PersonalNumberForm()
    masked = people.masked_personal_number(person)
    if form.is_submitted() and form.validate():
        try:
            people.set_personal_number(person, form.personal_number.data, by=person.id)
        except RefusedError as refusal:
            if masked:  # then the page has no field
                form.form_errors = [told(refusal)]
            else:
                form.personal_number.errors = [told(refusal)]
        else:
            return _saved()
    return form_page("people/personal_number.html", form, masked=masked, back=url_for("people.profile"))


@pages.route("/my/profile/post", methods=["GET", "POST"])
@signed_in
def correct_post() -> Answer:
    """Describe the post held today better."""
    post = people.find_current_post(actor().person_id)
    if post is None:
        return redirect(url_for("people.change_post"), 303)
    category = _category(post.category)
    if category is None:
        return _ask_for_category(post)
    form = PostForm.of(post, category)
    if form.is_submitted() and form.validate():
        people.correct_post(post, form.details(), by=actor().person_id)
        return _saved()
    return form_page("people/post.html", form, category=category, moving=False)


@pages.route("/my/profile/post/new", methods=["GET", "POST"])
@signed_in
def change_post() -> Answer:
    """Move to another post: the one held until now ends the day before."""
    category = _category("")
    if category is None:
        return _ask_for_category(None)
    form = PostForm(category)
    if form.is_submitted() and form.validate():
        try:
            people.change_post(actor().person_id, form.details(), by=actor().person_id)
        except RefusedError as refusal:
            form.starts_on.errors = [told(refusal)]
        else:
            return _saved()
    return form_page("people/post.html", form, category=category, moving=True)


def _category(default: str) -> PostCategory | None:
    """The category that was chosen; None while the question is open."""
    chosen = request.values.get("category", default)
    return PostCategory(chosen) if chosen in set(PostCategory) else None


def _ask_for_category(post: Post | None) -> Answer:
    answered = "answered" in request.args or bool(request.args.get("category"))
    form = CategoryForm(
        request.args if answered or "category" in request.args else None, data={"category": post.category if post else None}
    )
    if answered:
        form.validate()
    return form_page("people/post_category.html", form, moving=post is None)


@pages.route("/my/profile/password", methods=["GET", "POST"])
@signed_in
@limiter.limit(TRIES_OF_PASSWORDS, key_func=by_person, methods=["POST"])
def change_password() -> Answer:
    """Change the password; this browser stays signed in, anew, and all others are signed out."""
    account = people.get_account_with_person(actor().account_id)
    form = ChangePasswordForm(own_words_of(account))
    if form.is_submitted() and form.validate():
        old = account.password_hash
        release()
        if people.password_fits(form.current.data, old):
            new = people.hash_password(form.password.data)
            door.go_on_with(people.change_password(people.get_account_with_person(actor().account_id), new))
            flash(gettext("Your password has been changed. Everywhere else you are signed out."), "good")
            return redirect(url_for("people.profile"), 303)
        form.current.errors = [gettext("The current password is wrong.")]
    return form_page("people/change_password.html", form)


@pages.post("/my/profile/sign-out-elsewhere")
@signed_in
def sign_out_elsewhere() -> Answer:
    """End all sign-ins but this one."""
    door.go_on_with(people.sign_out_elsewhere(people.get_account_of(actor().person_id), door.own_token() or ""))
    flash(gettext("Everywhere else you are signed out."), "good")
    return redirect(url_for("people.profile"), 303)

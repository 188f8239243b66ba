"""Pages: creating an account, and setting a forgotten password. Both go through a link sent by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext

from portal import people
from portal.foundation.addresses import addresses
from portal.foundation.crypto import digest
from portal.web.guard import public
from portal.web.language import language
from portal.web.limits import address, limiter
from portal.web.people import door, known_browser, pages
from portal.web.people.forms import AskForResetForm, ConfirmAccountForm, CreateAccountForm, NewPasswordForm
from portal.web.transactions import release

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

    from portal.people.models import Account

    Answer = Response | str | tuple[str, int]

GONE = 410
FIRST_REFUSAL = 400
ASKED_FOR, MARK = "mail_sent_to", "filled_in_here"
TRIES_OF_PASSWORDS = "10 per hour"


def _accepted(response: FlaskResponse) -> bool:
    """Only what was accepted, and so may have sent mail, counts towards the limit."""
    return response.status_code < FIRST_REFUSAL


def _by_link() -> str:
    return f"link {digest(str((request.view_args or {})['token']))}"


# a hall of people creates accounts behind one address; each mailbox has a limit of its own
accounts_limited = limiter.limit("200 per hour", methods=["POST"], deduct_when=_accepted)
mails_limited = limiter.limit("30 per hour", methods=["POST"], deduct_when=_accepted)


@pages.route("/create-account", methods=["GET", "POST"])
@public
@accounts_limited
def create_account() -> Answer:
    """Ask for eight things and send the link that creates the account; the same for an e-mail that has one."""
    form = CreateAccountForm()
    form.take_next()
    if not form.is_submitted():
        return render_template("people/create_account.html", form=form)
    if not form.validate():
        return render_template("people/create_account.html", form=form), 422
    release()
    session[MARK] = people.ask_for_account(
        people.NewAccount(
            given_name_ka=form.given_name_ka.data,
            family_name_ka=form.family_name_ka.data,
            email=form.email.data,
            password_hash=people.hash_password(form.password.data),
            municipality_id=int(form.municipality.data),
            category=form.category.data,
            title_ka=form.title_ka.data,
            language=language(),
            next=form.next.data,
        )
    )
    session[ASKED_FOR] = form.email.data
    return redirect(url_for("people.account_asked"), 303)


@pages.get("/create-account/sent")
@public
def account_asked() -> Answer:
    """Say that a mail is on its way, and what to do with it."""
    return render_template("people/account_asked.html", email=session.get(ASKED_FOR))


@pages.route("/create-account/<token>", methods=["GET", "POST"])
@public
@limiter.limit(TRIES_OF_PASSWORDS, key_func=_by_link, methods=["POST"])
def confirm_account(token: str) -> Answer:
    """Create the account, sign its owner in and lead on; a button, so that a mail scanner that opens links creates nothing.

    Only for who can read the mail and knows the password: this browser, if the form was filled in here, else whoever types it again.
    """
    new = people.find_new_account(token)
    if new is None:
        return _dead_link()
    form = ConfirmAccountForm(typed_here=people.is_marked(token, session.get(MARK, "")))
    if not form.is_submitted():
        return render_template("people/confirm_account.html", form=form, new=new, token=token)
    release()
    if not form.validate() or not form.fits(new.password_hash):
        return render_template("people/confirm_account.html", form=form, new=new, token=token), 422
    try:
        account, on_the_way_to = people.confirm_account(token, address())
    except people.DeadLinkError:
        return _dead_link()
    answer = door.let_in(people.start_sign_in(account), account.email, on_the_way_to)
    flash(gettext("Your account is ready. You are signed in."), "good")
    return answer


@pages.post("/create-account/<token>/refuse")
@public
def refuse_account(token: str) -> Answer:
    """The owner of the mailbox did not ask for this: what was typed opens nothing any more."""
    try:
        people.refuse_account(token)
    except people.DeadLinkError:
        return _dead_link()
    flash(gettext("No profile is created, and what was typed is deleted."), "good")
    return redirect(url_for("courses.catalogue"), 303)


@pages.route("/reset-password", methods=["GET", "POST"])
@public
@mails_limited
def ask_for_reset() -> Answer:
    """Ask for the e-mail, and send a link there if it opens an account."""
    form = AskForResetForm()
    if not form.is_submitted():
        return render_template("people/reset_password.html", form=form)
    if not form.validate():
        return render_template("people/reset_password.html", form=form), 422
    people.ask_for_reset(form.email.data, language())
    session[ASKED_FOR] = form.email.data
    return redirect(url_for("people.reset_asked"), 303)


@pages.get("/reset-password/sent")
@public
def reset_asked() -> Answer:
    """Say that a mail is on its way if the e-mail has an account."""
    return render_template("people/reset_asked.html", email=session.get(ASKED_FOR))


@pages.route("/reset-password/<token>", methods=["GET", "POST"])
@public
def reset_password(token: str) -> Answer:
    """Set a new password by the link."""
    account = people.find_account_to_reset(token)
    if account is None:
        return _dead_link()
    form = NewPasswordForm(own_words_of(account))
    if not form.is_submitted():
        return render_template("people/new_password.html", form=form)
    if not form.validate():
        return render_template("people/new_password.html", form=form), 422
    place, _known = known_browser.place_of(account.email)
    release()
    password_hash = people.hash_password(form.password.data)
    try:
        people.reset_password(token, password_hash, place)
    except people.DeadLinkError:
        return _dead_link()
    flash(gettext("Your password has been changed. Sign in with the new one."), "good")
    return redirect(url_for("people.sign_in"), 303)


@pages.get("/privacy")
@public
def privacy() -> Answer:
    """What the portal keeps of a person, and why."""
    return render_template("people/privacy.html", contact=addresses.contact)


def own_words_of(account: Account) -> tuple[str, ...]:
    """What others know of the owner of ``account``, and would try as a password."""
    person = account.person
    return person.given_name_ka, person.family_name_ka, person.given_name_latin, person.family_name_latin, person.name_latin, account.email


def _dead_link() -> tuple[str, int]:
    return render_template("people/dead_link.html"), GONE

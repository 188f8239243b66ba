"""Pages: signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from portal import people
from portal.foundation import clock
from portal.web import signed_in
from portal.web.guard import find_actor, public
from portal.web.people import door, known_browser, pages
from portal.web.people.forms import SignInForm
from portal.web.people.homes import home_of
from portal.web.transactions import keep_now, release

if TYPE_CHECKING:
    from datetime import timedelta

    from werkzeug.wrappers import Response

    Answer = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Answer:
    """Ask for e-mail and password, and let in whoever knows both."""
    form = SignInForm()
    form.take_next()
    someone = find_actor()
    if not form.is_submitted():
        return redirect(form.next.data or home_of(someone)) if someone else render_template("people/sign_in.html", form=form)
    if not form.validate():
        return render_template("people/sign_in.html", form=form), 422
    email = _as_kept(form.email.data)
    tried = _try(email, form.password.data)
    if tried.wait is not None:
        return _slowed(tried.wait)
    if tried.token is not None:
        return door.let_in(tried.token, email, form.next.data)
    keep_now()
    closed = gettext("This account is closed. Write to the association if you need it.")
    form.form_errors.append(closed if tried.inactive else gettext("The e-mail or the password is wrong."))
    return render_template("people/sign_in.html", form=form), 422


def _as_kept(typed: str) -> str:
    """The e-mail as accounts keep it, a Georgian domain in ASCII. What is no e-mail opens nothing, but its tries are counted."""
    try:
        return people.parse_email(typed)
    except ValueError:
        return people.fold_email(typed)


def _try(email: str, password: str) -> people.SignInOutcome:
    """Check the password while no transaction waits for it, then count the try and sign in."""
    place, known = known_browser.place_of(email)
    standing = people.sign_in_standing(email, place, known=known)
    wait = people.wait_before_sign_in(standing.failed, clock.now())
    if wait is not None:
        return people.SignInOutcome(wait=wait)
    release()
    fitting = standing.password_hash if people.password_fits(password, standing.password_hash) else None
    new = people.hash_password(password) if fitting and people.is_outdated(fitting) else None
    return people.sign_in(email, place, fitting_hash=fitting, new_hash=new, known=known)


def _slowed(wait: timedelta) -> Answer:
    """The page that says how long to wait."""
    page = render_template("people/slowed.html", minutes=people.minutes_of(wait))
    return page, 429, {"Retry-After": str(int(wait.total_seconds()) + 1)}


@pages.post("/sign-out")
@public
def sign_out() -> Answer:
    """End the sign-in; signing out twice is no mistake."""
    signed_in.stop()
    flash(gettext("You are signed out."), "good")
    answer = redirect(url_for("courses.catalogue"), 303)
    answer.headers["Clear-Site-Data"] = '"storage"'  # names that a trainer's phone keeps (js/phone-store.js), even where no script runs
    return answer

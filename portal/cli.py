"""Commands of the portal: ``flask --app wsgi …``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from config import BadSettingError
from portal import people, worker
from portal.foundation.database import db
from portal.foundation.errors import PortalError
from portal.foundation.transaction import reading, writing

if TYPE_CHECKING:
    from flask import Flask

DEMO_DOMAIN = "portal.example"


@click.command("worker")
def run_worker() -> None:
    """Send mail, issue certificates and start runs until told to stop."""
    worker.run(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001  (the object behind Flask's proxy)


@click.command("create-admin")
@click.option("--email", prompt=True)
@click.option("--given-name", prompt="Given name (in Georgian letters)")
@click.option("--family-name", prompt="Family name (in Georgian letters)")
@click.password_option()
def create_admin(email: str, given_name: str, family_name: str, password: str) -> None:
    """Create an account with the role of administrator."""
    try:
        with writing():
            person = people.create_account_directly(given_name, family_name, email, password)
            people.grant_role(person.id, people.Role.ADMINISTRATOR, by=None)
    except PortalError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{email} is an administrator.")


@click.command("seed-demo")
@click.option("--scale", default=1, show_default=True, help="How many times the people, runs and history.")
def seed_demo(scale: int) -> None:
    """Fill an empty database with demo data (not in production)."""
    from portal import demo  # noqa: PLC0415  (its data is large, and no other command needs it)

    if current_app.config["SETTINGS"].production:
        raise click.ClickException("Demo data has no place in production.")
    with writing():
        counts = demo.seed(scale)
    click.echo(
        ", ".join(f"{name}: {count}" for name, count in counts.items()) if counts else "The database is not empty: nothing was added."
    )


def check_database(app: Flask) -> None:
    """Raise ``BadSettingError`` in production when somebody could sign in with the password of the README.

    A database that does not answer, or is still empty, holds nobody yet.
    """
    if not app.config["SETTINGS"].production:
        return
    with app.app_context():
        try:
            with reading():
                demo_accounts = people.has_open_account_at(DEMO_DOMAIN)
        except SQLAlchemyError:
            return
        finally:
            db.engine.dispose()  # a server that forks must not hand one connection to two processes
    if demo_accounts:
        raise BadSettingError(f"The database holds demo accounts (…@{DEMO_DOMAIN}); in production PORTAL_DATABASE_URL must name another.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (run_worker, create_admin, seed_demo):
        app.cli.add_command(command)

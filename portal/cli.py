"""Commands of the portal: ``flask --app wsgi …``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from config import BadSettingError
from portal import cli_register, cli_standings, enrolment, people, signing, worker
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
    signing.use_settings(current_app.config["SETTINGS"])
    with writing():
        counts = demo.seed(scale)
    click.echo(
        ", ".join(f"{name}: {count}" for name, count in counts.items()) if counts else "The database is not empty: nothing was added."
    )


@click.command("replay-places")
@click.argument("codes", nargs=-1)
def replay_places(codes: tuple[str, ...]) -> None:
    """Play the log of places again, of all runs or of those with CODES, and say where the rules would have given something else."""
    wrong = 0
    with reading():
        runs = enrolment.logged_runs(codes)
        for run_id, code in runs:
            played = enrolment.replay_of(run_id)
            if played.states != enrolment.states_in(run_id):
                played.disagreements.append("the log does not end where the enrolments stand")
            for disagreement in played.disagreements:
                click.echo(f"{code}: {disagreement}")
            wrong += bool(played.disagreements)
    if unknown := set(codes) - {code for _run_id, code in runs}:
        raise click.ClickException(f"No run with places has the code {', '.join(sorted(unknown))}.")
    if wrong:
        raise click.ClickException(f"{wrong} of {len(runs)} runs do not replay to their allocation.")
    click.echo(f"{len(runs)} runs replay to the allocation that stands.")


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
    own = (run_worker, create_admin, seed_demo, replay_places, cli_standings.show_standings)
    for command in (*own, cli_register.verify_register, cli_register.export_register):
        app.cli.add_command(command)

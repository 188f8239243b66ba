"""Commands of the register: does it hold, and all of it as files that need no portal."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from portal import certificates, signing
from portal.foundation.errors import PortalError
from portal.foundation.transaction import reading, writing


@click.command("verify-register")
@click.option("--quick", is_flag=True, help="Leave out the bytes of the files.")
def verify_register(*, quick: bool) -> None:
    """Look through the whole register and name each row that was changed, deleted, back-dated or inserted by hand."""
    inspection, found = certificates.Inspection(bytes_of_files=not quick), 0
    with reading():
        for finding in inspection.findings():
            click.echo(finding)
            found += 1
    seen = f"{inspection.certificates} certificates, {inspection.entries} entries, {inspection.heads} signed heads"
    if found:
        raise click.ClickException(f"The register does not hold: {found} findings. Looked at {seen}.")
    click.echo(f"The register holds: {seen}{'; the bytes of files were left out' if quick else ''}.")


def publish_keys() -> None:
    """Make the keys known by which what is exported can be checked, where no worker has done so yet."""
    with reading():
        unknown = signing.has_keys_to_publish()
    if unknown:
        with writing():
            signing.publish_keys()


@click.command("export-register")
@click.argument("folder", type=click.Path(path_type=Path))
def export_register(folder: Path) -> None:
    """Write the register into FOLDER, empty or new: chain, files, keys, and a page that verifies certificates with the portal gone."""
    signing.use_settings(current_app.config["SETTINGS"])
    try:
        publish_keys()
        with reading():
            exported = certificates.export_register(folder, Path(str(current_app.static_folder)))
    except (OSError, PortalError) as problem:
        raise click.ClickException(f"Nothing was written. {problem}") from problem
    click.echo(f"{folder}: {exported.certificates} certificates, {exported.entries} entries of the register.")

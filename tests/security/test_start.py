"""What keeps production from starting."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys

import flask_migrate
import pytest

from config import PROJECT_DIR, BadSettingError, Settings
from portal import create_app, serving
from portal.foundation.transaction import commit
from tests import factories

SECRETS = {
    "PORTAL_ENV": "production",
    "PORTAL_SECRET_KEY": "s" * 40,
    "PORTAL_FIELD_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode(),
    "PORTAL_BASE_URL": "https://training.example",
}


@pytest.fixture
def production(tmp_path):
    """A database of its own, and the settings of production for it."""
    settings = Settings.from_environment(SECRETS | {"PORTAL_DATA_DIR": str(tmp_path)})
    with create_app(settings).app_context():
        flask_migrate.upgrade()
        factories.person_with_account(municipality=None, email="nino@telavi.example")
        commit()
    return settings


def test_a_database_of_real_people_serves(production):
    assert create_app(production).test_client().get("/readyz").status_code == 200


def test_a_demo_account_stops_the_start(production):
    with create_app(production).app_context():
        account = factories.account(factories.person(), "admin@portal.example")
        commit()
        with pytest.raises(BadSettingError, match="demo accounts"):
            create_app(production)
        account.active = False
        commit()
    create_app(production)


def test_whoever_starts_it_reads_one_clear_line(tmp_path):
    environ = os.environ | SECRETS | {"PORTAL_DATA_DIR": str(tmp_path), "PORTAL_SECRET_KEY": ""}
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=PROJECT_DIR, env=environ, capture_output=True, text=True, check=False
    )
    assert started.returncode != 0
    assert started.stderr.splitlines() == ["PORTAL_SECRET_KEY must be set, with at least 32 characters."]


def test_a_folder_that_cannot_be_written_to_stops_the_start(tmp_path):
    file = tmp_path / "file"
    file.touch()
    settings = Settings.from_environment(SECRETS | {"PORTAL_DATA_DIR": str(file)})
    with pytest.raises(BadSettingError, match="PORTAL_DATA_DIR"):
        create_app(settings)


def test_a_port_that_somebody_listens_at_is_not_shared():
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as granian does
        other.bind((serving.HOST, 0))
        other.listen()
        with pytest.raises(RuntimeError, match="taken"):
            serving.check_port(str(other.getsockname()[1]))
    serving.check_port("0")
    with pytest.raises(RuntimeError):
        serving.check_port("https")

"""Settings: production does not start with a secret missing."""

from __future__ import annotations

import base64

import pytest

from config import BadSettingError, Settings

PRODUCTION = {
    "PORTAL_ENV": "production",
    "PORTAL_SECRET_KEY": "s" * 40,
    "PORTAL_FIELD_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode(),
    "PORTAL_BASE_URL": "https://training.example",
}


def test_production_starts_with_all_it_needs(tmp_path):
    settings = Settings.from_environment(PRODUCTION | {"PORTAL_DATA_DIR": str(tmp_path)})
    assert settings.production
    assert "s" * 40 not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_ENV", "staging"),
        ("PORTAL_SECRET_KEY", ""),
        ("PORTAL_SECRET_KEY", "short"),
        ("PORTAL_FIELD_KEYS", ""),
        ("PORTAL_FIELD_KEYS", "not base64!"),
        ("PORTAL_FIELD_KEYS", base64.urlsafe_b64encode(b"k" * 16).decode()),
        ("PORTAL_BASE_URL", ""),
        ("PORTAL_BASE_URL", "http://training.example"),
        ("PORTAL_BASE_URL", "https://training.example/portal"),
        ("PORTAL_DATABASE_URL", "mysql://localhost/portal"),
        ("PORTAL_TRUSTED_PROXIES", "many"),
        ("PORTAL_SECRET_KEY", " " * 40),
        ("PORTAL_BASE_URL", "https://training.example:port"),
        ("PORTAL_BASE_URL", "https://somebody@training.example"),
        ("PORTAL_BASE_URL", "https://training.example#top"),
        ("PORTAL_BASE_URL", "https://training .example"),
        ("PORTAL_BASE_URL", "https://[::1"),
        ("PORTAL_DATABASE_URL", "sqlite:///"),
        ("PORTAL_REDIS_URL", "127.0.0.1:6379"),
        ("PORTAL_MAIL_URL", "http://mail.example"),
        ("PORTAL_MAIL_URL", "smtp://"),
        ("PORTAL_MAIL_URL", "smtp://mail.example:port"),
        ("PORTAL_TIMESTAMP_URL", "own"),
        ("PORTAL_TIMESTAMP_URL", "tsa.example"),
        ("PORTAL_OPEN_TO_SEALS", "1"),
        ("PORTAL_SIGNING_TOKEN", "portal"),
        ("PORTAL_SIGNING_PKCS11", "/nowhere/module.so"),
        ("PORTAL_MAIL_FROM", "the association"),
        ("PORTAL_MAIL_FROM", "a@portal.example\nBcc: b@portal.example"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(tmp_path, name, value):
    with pytest.raises(BadSettingError, match=name):
        Settings.from_environment(PRODUCTION | {"PORTAL_DATA_DIR": str(tmp_path), name: value})


def test_development_makes_its_own_secrets_once(tmp_path):
    environ = {"PORTAL_DATA_DIR": str(tmp_path)}
    first, second = Settings.from_environment(environ), Settings.from_environment(environ)
    assert first == second
    assert len(first.field_keys[0]) == 32


def test_what_is_signed_is_closed_and_without_timestamps_unless_said_otherwise(tmp_path):
    environ = {"PORTAL_DATA_DIR": str(tmp_path)}
    settings = Settings.from_environment(environ)
    assert (settings.timestamp_url, settings.open_to_seals, settings.signing_dir) == (None, False, tmp_path / "signing")
    chosen = {"PORTAL_TIMESTAMP_URL": "own", "PORTAL_OPEN_TO_SEALS": "yes", "PORTAL_SIGNING_DIR": "/srv/keys"}
    settings = Settings.from_environment(environ | chosen)
    assert (settings.timestamp_url, settings.open_to_seals, str(settings.signing_dir)) == ("own", True, "/srv/keys")
    outside = PRODUCTION | environ | {"PORTAL_TIMESTAMP_URL": "https://tsa.example/tsr"}
    assert Settings.from_environment(outside).timestamp_url == "https://tsa.example/tsr"


def test_the_key_of_the_seal_may_be_on_a_token(tmp_path):
    module = tmp_path / "module.so"
    module.touch()
    environ = {"PORTAL_DATA_DIR": str(tmp_path), "PORTAL_SIGNING_PKCS11": str(module), "PORTAL_SIGNING_TOKEN": "portal"}
    assert Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path)}).signing_token is None
    assert Settings.from_environment(environ).signing_token == (module, "portal", "seal")
    assert Settings.from_environment(environ | {"PORTAL_SIGNING_KEY": "2026"}).signing_token == (module, "portal", "2026")


def test_mail_comes_from_the_own_host_unless_said_otherwise(tmp_path):
    environ = PRODUCTION | {"PORTAL_DATA_DIR": str(tmp_path)}
    assert Settings.from_environment(environ).mail_from == "portal@training.example"
    assert Settings.from_environment(environ | {"PORTAL_MAIL_FROM": "courses@nala.example"}).mail_from == "courses@nala.example"


def test_no_message_repeats_a_password(tmp_path):
    with pytest.raises(BadSettingError) as problem:
        Settings.from_environment(PRODUCTION | {"PORTAL_DATA_DIR": str(tmp_path), "PORTAL_MAIL_URL": "http://somebody:secret@mail.example"})
    assert "secret" not in str(problem.value)

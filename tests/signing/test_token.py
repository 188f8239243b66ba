"""The key of the seal on a token: a software one here, behind the same interface as a card or a hardware module."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal import signing
from tests.signing import judging
from tests.signing.folders import production_folder
from tests.signing.test_seal import plain  # noqa: F401  (a fixture)

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so")
MODULE = next((path for path in map(Path, MODULES) if path.exists()), None)
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.skipif(MODULE is None and not os.environ.get("CI"), reason="softhsm2 is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A production folder without the key of the seal: it was moved to a token."""
    folder = production_folder(tmp_path_factory.mktemp("token"))
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    tool = shutil.which("softhsm2-util")
    secrets = ["--pin", "123456"]
    subprocess.run([tool, "--init-token", "--free", "--label", "portal", "--so-pin", "1234", *secrets], check=True, capture_output=True)
    moved = ["--import", folder / "seal.key.pem", "--token", "portal", "--label", "seal", "--id", "01"]
    subprocess.run([tool, *moved, *secrets], check=True, capture_output=True)
    (folder / "seal.key.pem").unlink()
    (folder / "seal.pin").write_text("123456\n")
    (folder / "seal.pin").chmod(0o600)
    yield folder
    os.environ.pop("SOFTHSM2_CONF")


def test_a_token_seals_as_a_file_does_and_its_pin_is_guarded(folder, plain, tmp_path):  # noqa: F811
    (folder / "seal.pin").chmod(0o644)
    signing.use(folder, development=False, token=signing.Token(MODULE, "portal", "seal"))
    with pytest.raises(signing.SigningUnavailableError, match=r"seal\.pin may be read by others"):
        signing.keys()
    (folder / "seal.pin").chmod(0o600)
    signing.use(folder, development=False, token=signing.Token(MODULE, "elsewhere", "seal"))
    with pytest.raises(signing.SigningUnavailableError, match="token elsewhere does not open"):
        signing.keys()
    signing.use(folder, development=False, token=signing.Token(MODULE, "portal", "seal"))
    sealed = [signing.seal_pdf(plain, at=AT) for _ in range(3)]
    assert all(judging.holds(pdf) for pdf in sealed)
    assert "Signature is Valid" in judging.pdfsig(sealed[0], tmp_path)

"""The keys: made in development only, once, for their owner only; what is missing or wrong is named and nothing is signed."""

from __future__ import annotations

import shutil
import stat
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from portal import create_app, signing
from portal.signing import stored
from tests.conftest import settings_for
from tests.signing.folders import production_folder, tell_kids


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return production_folder(tmp_path_factory.mktemp("production"))


@pytest.fixture
def folder(whole, tmp_path):
    """A folder as production has it, to be damaged."""
    return shutil.copytree(whole, tmp_path / "signing")


def in_production(folder):
    signing.use(None, development=False)  # what was loaded before is forgotten
    signing.use(folder, development=False)
    return signing.keys()


def test_a_process_that_was_not_told_to_signs_nothing():
    signing.use(None, development=False)
    with pytest.raises(signing.SigningUnavailableError, match="this process does not sign"):
        signing.keys()


def test_the_web_does_not_sign(tmp_path):
    signing.use(None, development=False)
    settings = settings_for(f"sqlite:///{tmp_path}/portal.sqlite3", tmp_path)
    create_app(settings)
    with pytest.raises(signing.SigningUnavailableError, match="this process does not sign"):
        signing.keys()
    assert not settings.signing_dir.exists()


def test_development_makes_what_is_missing_for_its_owner_only_and_keeps_it(tmp_path):
    folder = tmp_path / "var" / "signing"
    signing.use(folder, development=True)
    first = signing.keys()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if ".pem" in path.name}
    assert len(modes) == 8
    assert set(modes.values()) == {0o600}
    (folder / "es256.key.pem").unlink()
    signing.use(None, development=True)
    signing.use(folder, development=True)
    second = signing.keys()
    assert (second.ed25519_kid, second.seal.chain) == (first.ed25519_kid, first.seal.chain)
    assert second.es256_kid != first.es256_kid


def test_the_chain_of_the_seal_is_one_that_openssl_accepts(tmp_path):
    signing.use(tmp_path, development=True)
    subject = signing.keys().seal.chain[0].subject.rfc4514_string()
    assert "O=National Association of Local Authorities of Georgia" in subject
    for name in ("seal.pem", "timestamps.pem"):
        checked = ["openssl", "verify", "-x509_strict", "-CAfile", str(tmp_path / "root.pem"), str(tmp_path / name)]
        assert subprocess.run(checked, capture_output=True, text=True, check=True).stdout.endswith("OK\n")


def test_processes_that_start_at_once_hold_the_same_keys(nursery, tmp_path):
    pipes, processes = [], []
    for _ in range(4):
        ours, theirs = nursery.Pipe()
        processes.append(nursery.Process(target=tell_kids, args=(tmp_path / "signing", theirs)))
        processes[-1].start()
        pipes.append(ours)
    for pipe in pipes:
        pipe.send("go")
    assert len({pipe.recv() for pipe in pipes}) == 1
    for process in processes:
        process.join(10)


def test_production_uses_what_it_is_given_and_makes_nothing(folder, tmp_path):
    held = in_production(folder)
    assert (held.root, held.timestamps) == (None, None)
    with pytest.raises(signing.SigningUnavailableError, match="cannot be read"):
        in_production(tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["ed25519.key.pem", "es256.key.pem", "seal.key.pem", "seal.pem"])
def test_a_file_that_is_missing_or_wrong_is_named_until_it_is_put_right(folder, name):
    right = (folder / name).read_bytes()
    for wrong in (None, b"no key", (folder / ("es256.key.pem" if name == "ed25519.key.pem" else "ed25519.key.pem")).read_bytes()):
        (folder / name).unlink() if wrong is None else (folder / name).write_bytes(wrong)
        with pytest.raises(signing.SigningUnavailableError, match="seal|certificate" if wrong and "seal" in name else name):
            in_production(folder)
        (folder / name).write_bytes(right)
        (folder / name).chmod(0o600)
    assert signing.keys()


@pytest.mark.parametrize("name", ["ed25519.key.pem", "es256.key.pem", "seal.key.pem"])
def test_production_refuses_a_key_that_others_may_read(folder, name):
    (folder / name).chmod(0o640)
    with pytest.raises(signing.SigningUnavailableError, match=rf"{name} may be read by others than its owner; chmod 600 it\."):
        in_production(folder)


def test_a_certificate_of_another_key_or_for_another_use_does_not_seal(folder, tmp_path):
    other = production_folder(tmp_path / "other")
    (folder / "seal.pem").write_bytes((other / "seal.pem").read_bytes())
    with pytest.raises(signing.SigningUnavailableError, match="not that of its key"):
        in_production(folder)
    signing.use(tmp_path / "third", development=True)
    signing.keys()
    for ending in (".pem", ".key.pem"):
        (folder / f"seal{ending}").write_bytes((tmp_path / "third" / f"timestamps{ending}").read_bytes())
    with pytest.raises(signing.SigningUnavailableError, match="digitalSignature and contentCommitment"):
        in_production(folder)


def test_the_seal_may_come_as_pkcs12_with_its_password_in_a_file(folder):
    seal = stored.read_seal(folder, guarded=True)
    archive = pkcs12.serialize_key_and_certificates(b"seal", seal.key, seal.chain[0], seal.chain[1:], BestAvailableEncryption(b"word"))
    (folder / "seal.p12").write_bytes(archive)
    (folder / "seal.password").write_bytes(b"word\n")
    for name in ("seal.p12", "seal.password"):
        (folder / name).chmod(0o600)
    for name in ("seal.pem", "seal.key.pem"):
        (folder / name).unlink()
    assert in_production(folder).seal.chain == seal.chain
    (folder / "seal.password").write_bytes(b"wrong")
    with pytest.raises(signing.SigningUnavailableError, match=r"seal\.p12 cannot be opened"):
        in_production(folder)

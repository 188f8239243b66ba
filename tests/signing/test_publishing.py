"""What others need to check a signature: the public halves, for good; keys that are used no more are marked."""

from __future__ import annotations

import json
import logging

from cryptography import x509

from portal import signing, worker
from portal.foundation.transaction import reading, writing
from portal.signing import jwk
from portal.signing.models import KeyKind


def known() -> list[tuple[str, str, bool]]:
    with reading():
        return [(row.kind, row.kid, row.retired_at is None) for row in signing.public_keys()]


def test_the_worker_makes_its_keys_known_once(app):
    assert worker.publish_keys() == 3
    held = signing.keys()
    with reading():
        public = {row.kind: row.public for row in signing.public_keys()}
    assert json.loads(public[KeyKind.ED25519]) == jwk.of_ed25519(held.ed25519.public_key())
    assert json.loads(public[KeyKind.ES256]) == jwk.of_es256(held.es256.public_key())
    assert tuple(x509.load_pem_x509_certificates(public[KeyKind.SEAL].encode())) == held.seal.chain
    assert "PRIVATE" not in "".join(public.values())
    assert worker.publish_keys() == 0
    with writing():
        assert signing.publish_keys() == 0


def test_a_key_that_was_replaced_stays_known_and_is_marked_until_it_is_taken_up_again(app, tmp_path, signing_dir):
    worker.publish_keys()
    before = known()
    signing.use(tmp_path, development=True)
    assert worker.publish_keys() == 6
    assert known()[:3] == [(kind, kid, False) for kind, kid, _used in before]
    assert [used for _kind, _kid, used in known()[3:]] == [True] * 3
    signing.use(signing_dir, development=True)
    assert worker.publish_keys() == 6
    assert [used for _kind, _kid, used in known()] == [True] * 3 + [False] * 3


def test_without_keys_the_worker_says_so_in_one_line_and_retires_none(app, tmp_path, caplog):
    worker.publish_keys()
    signing.use(tmp_path, development=False)
    with caplog.at_level(logging.ERROR):
        assert worker.publish_keys() == 0
    assert [record.getMessage().split("\n") for record in caplog.records] == [
        [f"Signing is not set up: {tmp_path / 'ed25519.key.pem'} cannot be read (No such file or directory). Certificates wait."]
    ]
    assert all(used for _kind, _kid, used in known())

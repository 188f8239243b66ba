"""What is appended for the years to come: who was revoked, and a timestamp over it all. What was signed stays as it was, and still holds."""

from __future__ import annotations

import asyncio
import random
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from asn1crypto import tsp
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from portal import signing
from portal.foundation import clock
from portal.signing import authority, stamping
from tests.signing import judging
from tests.signing.test_seal import flipped, plain, sealed  # noqa: F401  (fixtures)

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def own_authority(signing_dir):
    signing.use(signing_dir, development=True, timestamp_url="own")


@pytest.fixture
def stamped(sealed, own_authority) -> bytes:  # noqa: F811
    with clock.frozen(AT + timedelta(hours=1)):
        return sealed + signing.stamp_pdf(sealed)


def test_the_signature_still_holds_and_nothing_was_changed_but_what_may_be(sealed, stamped, tmp_path):  # noqa: F811
    assert stamped.startswith(sealed)
    assert judging.holds(stamped)
    [seal] = judging.seals(stamped)
    assert (seal.docmdp_ok, seal.modification_level.name) == (True, "LTA_UPDATES")
    [timestamp] = judging.timestamps(stamped)
    assert (timestamp.timestamp, timestamp.coverage.name) == (AT + timedelta(hours=1), "ENTIRE_FILE")
    assert "Signature is Valid" in judging.pdfsig(stamped, tmp_path)


def test_the_file_alone_is_enough_to_judge_it(sealed, stamped):  # noqa: F811
    """Strictly: without what it says of revocation the same rules refuse it."""
    assert judging.holds_by_itself(stamped)
    assert not judging.holds_by_itself(stamped.replace(b"/CRLs", b"/CRLx"))


def test_a_year_later_another_timestamp_goes_over_the_first(stamped):
    with clock.frozen(AT + timedelta(days=366)):
        again = stamped + signing.stamp_pdf(stamped)
    assert judging.holds(again)
    assert judging.holds_by_itself(again)
    assert [each.timestamp.year for each in judging.timestamps(again)] == [2026, 2027]


def test_a_file_from_before_certificates_were_signed_gets_its_timestamp_too(plain, own_authority):  # noqa: F811
    stamped = plain + signing.stamp_pdf(plain)
    again = stamped + signing.stamp_pdf(stamped)
    assert [each.coverage.name for each in judging.timestamps(again)] == ["ENTIRE_REVISION", "ENTIRE_FILE"]
    assert judging.seals(again) == []


def test_each_flipped_byte_and_whatever_is_appended_is_seen(stamped):
    assert not judging.holds(stamped + b"\n% more\n")
    gap = stamped.rindex(b"/Contents <")
    places = [*range(gap), *range(stamped.index(b">", gap) + 1, len(stamped))]
    for place in random.Random(5).sample(places, 60):
        assert not judging.holds(flipped(stamped, place)), place


def test_without_an_authority_nothing_is_stamped(sealed, signing_dir):  # noqa: F811
    assert not signing.may_stamp()
    with pytest.raises(signing.SigningUnavailableError, match="no timestamp authority"):
        signing.stamp_pdf(sealed)


def test_an_authority_that_does_not_answer_is_named(sealed, own_authority, monkeypatch):  # noqa: F811
    async def away(*_arguments: object) -> None:
        raise TimestampRequestError("no answer")

    monkeypatch.setattr(authority.OwnAuthority, "async_request_tsa_response", away)
    with pytest.raises(signing.NotStampedError, match="no answer"):
        signing.stamp_pdf(sealed)


@pytest.fixture
def authority_elsewhere(signing_dir):
    """An authority that is asked over HTTP, as one outside is."""
    signing.use(signing_dir, development=True)
    own = authority.OwnAuthority(signing.keys().timestamps)

    class Stamping(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(asyncio.run(own.async_request_tsa_response(asked)).dump())

        def log_message(self, *_arguments):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Stamping) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_authority_outside_is_asked_over_the_network(sealed, signing_dir, authority_elsewhere):  # noqa: F811
    signing.use(signing_dir, development=True, timestamp_url=authority_elsewhere)
    stamped = sealed + signing.stamp_pdf(sealed)
    assert judging.holds(stamped)
    assert len(judging.timestamps(stamped)) == 1
    signing.use(signing_dir, development=True, timestamp_url="http://127.0.0.1:9")
    with pytest.raises(signing.NotStampedError):
        signing.stamp_pdf(sealed)


def test_an_own_authority_is_for_development_only(sealed, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(stamping, "timestamp_url", lambda: "own")
    monkeypatch.setattr(stamping, "keys", type("Held", (), {"timestamps": None}))
    with pytest.raises(signing.SigningUnavailableError, match="development only"):
        signing.stamp_pdf(sealed)

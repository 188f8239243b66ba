"""The exported register: whole, without names in its paths, and a program in it that proves what was in the register on a day."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from babel.messages.pofile import read_po

from config import PROJECT_DIR
from portal import cli_register, signing
from portal.certificates.chain import export as exporting
from portal.certificates.chain.export import SITE
from portal.certificates.models import Certificate
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import abandon, writing
from tests.certificates import scenes
from tests.certificates.exported import audit, export
from tests.certificates.tampering import register_since

DAY = timedelta(days=1)
BY_HAND = sa.text("UPDATE certificate_counter SET last = 9")


@pytest.fixture
def numbers(cast):
    now = clock.now()
    return register_since(now - 3 * DAY, now - 2 * DAY, cast.staff)


@pytest.fixture
def folder(numbers, tmp_path):
    return export(tmp_path / "register")


def secrets() -> list[str]:
    abandon()
    return list(db.session.scalars(sa.select(Certificate.secret).order_by(Certificate.id)))


def test_every_certificate_is_proved_away_from_the_project(folder, numbers, tmp_path):
    status, said = audit(folder, "--all", elsewhere=tmp_path)
    assert status == 0, said
    assert all(number in said for number in numbers)
    assert "proved: 3; not: 0" in said


def test_a_certificate_was_in_the_register_on_a_day_and_not_before(folder, numbers, tmp_path):
    pdf = folder / "verify" / secrets()[0] / "certificate.pdf"
    today = clock.today()
    said = {days: audit(folder, pdf, "--day", today - days * DAY, elsewhere=tmp_path) for days in (4, 3, 2, 1)}
    assert said[4] == (1, f"no head of the register is signed for {today - 4 * DAY} or before\n")
    assert [(said[days][0], said[days][1].split("state: ")[1].split()[0]) for days in (3, 2, 1)] == [
        (0, "issued"),
        (0, "suspended"),
        (0, "suspended"),
    ]
    assert audit(folder, pdf.with_name("extract.jws"), elsewhere=tmp_path)[0] == 0


def test_a_file_that_was_added_to_since_is_proved_in_both_forms(folder, numbers, tmp_path):
    whole = (folder / "verify" / secrets()[2] / "certificate.pdf").read_bytes()
    assert whole.endswith(b"%%timestamp")
    earlier = tmp_path / "earlier.pdf"
    earlier.write_bytes(whole.removesuffix(b"%%timestamp"))
    assert audit(folder, earlier, elsewhere=tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("register/entries.jsonl", "of the register was changed"),
        ("register/heads.jsonl", "the signature does not hold"),
        ("verify/{secret}/extract.jws", "the signature does not hold"),
        ("verify/{secret}/certificate.pdf", "not a file of this register"),
    ],
)
def test_whatever_is_changed_in_an_export_is_found(folder, tmp_path, path, words):
    file = folder / path.format(secret=secrets()[0])
    content = bytearray(file.read_bytes())
    place = len(content) - 20
    content[place] = ord("0") if content[place] != ord("0") else ord("1")
    file.write_bytes(content)
    status, said = audit(folder, "--all", elsewhere=tmp_path)
    assert (status, words in said) == (1, True), said


def test_links_taken_out_of_an_export_are_found(folder, tmp_path):
    entries = folder / "register/entries.jsonl"
    entries.write_text("".join(entries.read_text().splitlines(keepends=True)[:-2]))
    assert audit(folder, "--all", elsewhere=tmp_path) == (
        1,
        f"the register is not what was signed at the end of {clock.today() - 2 * DAY}\n",
    )


def test_no_path_and_no_list_says_a_name_or_a_number(folder, numbers):
    said = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    said += [path.read_text() for path in folder.glob("register/*.jsonl")] + [path.read_text() for path in folder.glob("files/*")]
    assert not [text for text in said if "NALAG-" in text or "თამარ" in text or "Beridze" in text]
    assert [path for path in folder.rglob("*") if path.is_dir() and not (path / "index.html").exists()] == []


def test_the_files_are_those_of_the_register(folder):
    for row in db.session.execute(sa.select(Certificate.secret, Certificate.id)):
        pdf = folder / "verify" / row.secret / "certificate.pdf"
        digest = hashlib.sha256(pdf.read_bytes()).hexdigest()
        assert json.loads((folder / f"files/{digest}.json").read_text()) == {"secret": row.secret}
    assert {path.name for path in (folder / "assets/fonts").glob("*.woff2")} == {
        path.name for path in (PROJECT_DIR / "static/fonts").glob("*.woff2")
    }


def test_an_export_appears_whole_or_not_at_all(numbers, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "_write_chain", lambda _exporting: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(tmp_path / "register")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(numbers, tmp_path):
    (tmp_path / "mine").write_text("x")
    with pytest.raises(FileExistsError):
        export(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_keys_that_no_worker_made_known_are_in_the_export(app, cast, tmp_path, monkeypatch):
    monkeypatch.setattr(signing, "use_settings", lambda _settings: None)  # those of this test
    scenes.issued_run(cast.staff)
    abandon()
    exported = app.test_cli_runner().invoke(cli_register.export_register, [str(tmp_path / "register")])
    assert exported.exit_code == 0, exported.output
    assert audit(tmp_path / "register", "--all", elsewhere=tmp_path)[0] == 0


def test_the_commands_say_what_they_did(app, numbers, tmp_path):
    abandon()
    run = app.test_cli_runner().invoke
    exported = run(cli_register.export_register, [str(tmp_path / "register")])
    assert (exported.exit_code, "3 certificates, 9 entries" in exported.output) == (0, True), exported.output
    again = run(cli_register.export_register, [str(tmp_path / "register")])
    assert (again.exit_code, "is not an empty folder" in again.output) == (1, True)
    verified = run(cli_register.verify_register)
    assert (verified.exit_code, verified.output) == (0, "The register holds: 3 certificates, 9 entries, 3 signed heads.\n")
    with writing():
        db.session.execute(BY_HAND)
    found = run(cli_register.verify_register, ["--quick"])
    assert found.exit_code == 1
    assert found.output.splitlines()[0] == f"counter of {clock.today().year}: says 9, and the last number is 3"


def test_the_page_speaks_the_words_of_the_portal():
    """What both say, they say alike in both languages."""
    with (PROJECT_DIR / "portal/translations/ka/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file)}
    said = re.findall(r'^  \w+: \[\s*("[^"]+"),\s*("[^"]+"),?\s*\],$', (SITE / "js/words.js").read_text(), re.MULTILINE)
    pairs = [(json.loads(en), json.loads(ka)) for en, ka in said]
    assert len(pairs) > 60
    shared = [(en, ka) for en, ka in pairs if en in catalogue]
    assert len(shared) > 40
    assert [(en, ka, catalogue[en]) for en, ka in shared if catalogue[en] != ka] == []

"""The exported register in a real browser, served by ``python -m http.server`` with the portal gone: what it verifies, and what it finds out."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.error import URLError

import flask_migrate
import pytest
import sqlalchemy as sa
from flask_babel import gettext

from portal import certificates
from portal.certificates.models import Certificate
from portal.foundation.addresses import addresses
from portal.foundation.database import db
from portal.web.certificates.words import printed
from tests.browser.looking import faults
from tests.cast import Cast
from tests.certificates.exported import export
from tests.certificates.many import drawn, fill
from tests.conftest import BASE_URL, portal_on
from tests.databases import Database, free_port

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 1_000
REVOKED, SUSPENDED, REPLACED = range(1, 11), range(11, 16), range(16, 21)
STATES = dict.fromkeys(REVOKED, "revoked") | dict.fromkeys(SUSPENDED, "suspended")
STATES |= dict.fromkeys(REPLACED, "superseded")
SUCCESSORS = {number + 10: number for number in REPLACED}
CHECK_ALL = """async secrets => {
    const { Register } = await import("/assets/js/checks.js");
    const register = new Register("/"), kinds = [];
    const take = async () => { while (secrets.length) {
        const secret = secrets.shift(), pdf = await (await fetch(`/verify/${secret}/certificate.pdf`)).arrayBuffer();
        kinds.push((await register.checkFile(new Uint8Array(pdf))).kind);
    } };
    await Promise.all([take(), take(), take(), take()]);
    return kinds;
}"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> tuple[Path, list[str], dict[str, list[list[str]]]]:
    """An export of a thousand certificates: its folder, their secrets by number, and what the portal says of one in both languages."""
    folder = tmp_path_factory.mktemp("export") / "register"
    with ThreadPoolExecutor(1) as apart:  # signing runs a loop of its own, and the browser's is in this thread
        return apart.submit(make, folder).result()


def make(folder: Path) -> tuple[Path, list[str], dict[str, list[list[str]]]]:
    database = Database("sqlite")
    addresses.use(BASE_URL, "portal@portal.example")
    try:
        app = portal_on(database)
        with app.app_context():
            flask_migrate.upgrade()
            fill(COUNT, drawn(Cast.assemble().staff, SUCCESSORS), STATES)
            export(folder)
            secrets = list(db.session.scalars(sa.select(Certificate.secret).order_by(Certificate.id)))
            facts = certificates.find_by_secret(secrets[499]).entry.facts
            said = {language: printed_by_the_portal(app, facts, language) for language in ("ka", "en")}
            db.session.remove()
            db.engine.dispose()
    finally:
        database.drop()
    return folder, secrets, said


def printed_by_the_portal(app, facts, language) -> list[list[str]]:
    with app.test_request_context(f"/{language}/verify"):
        app.preprocess_request()
        rows = [(gettext("Certificate number"), facts.number), *printed(facts)]
        return [[label, value] for label, value in rows if value]


@pytest.fixture(scope="module")
def site(exported):
    """A file server on the export, and nothing else."""
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(exported[0])]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/README.txt", timeout=5).close()
                break
            except (URLError, ConnectionError):
                assert process.poll() is None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def shown(page) -> tuple[str, list[list[str]]]:
    """The verdict, and the printed facts."""
    page.wait_for_selector(".verdict")
    rows = page.evaluate("[...document.querySelectorAll('dl dt')].map(dt => [dt.textContent, dt.nextElementSibling.textContent])")
    return page.inner_text(".verdict h2"), rows


@pytest.mark.timeout(300)
def test_a_thousand_of_a_thousand_verify_and_the_revoked_say_so(open_page, exported):
    _folder, secrets, _said = exported
    page = open_page("/")
    kinds = page.evaluate(CHECK_ALL, list(secrets))
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    others = {"revoked": len(REVOKED), "suspended": len(SUSPENDED), "superseded": len(REPLACED)}
    assert counts == others | {"genuine": COUNT - sum(others.values())}


@pytest.mark.parametrize(("language", "verdict"), [("ka", "სერტიფიკატი ნამდვილია"), ("en", "The certificate is authentic")])
def test_the_address_that_is_printed_shows_every_printed_fact_in_the_words_of_the_portal(open_page, exported, language, verdict):
    _folder, secrets, said = exported
    page = open_page(f"/verify/{secrets[499]}")
    page.wait_for_selector(".verdict")
    if language == "en":
        page.click("[data-language]")
    assert shown(page) == (verdict, said[language])


@pytest.mark.parametrize(
    ("number", "verdict"),
    [(1, "სერტიფიკატი გაუქმებულია"), (11, "სერტიფიკატის მოქმედება შეჩერებულია"), (16, "სერტიფიკატი ახლით ჩანაცვლდა")],
)
def test_what_is_worth_nothing_says_so(open_page, exported, number, verdict):
    page = open_page(f"/verify/{exported[1][number - 1]}/")
    assert shown(page)[0] == verdict


def test_a_replaced_certificate_leads_to_the_one_that_replaced_it(open_page, exported):
    page = open_page(f"/verify/{exported[1][15]}/")
    page.click(".verdict a")
    page.wait_for_url(f"**/verify/{exported[1][25]}/**")
    assert shown(page)[0] == "სერტიფიკატი ნამდვილია"


def test_a_file_is_told_from_an_altered_and_a_foreign_one(open_page, exported, tmp_path):
    folder, secrets, _said = exported
    pdf = (folder / "verify" / secrets[499] / "certificate.pdf").read_bytes()
    for content, verdict in (
        (pdf, "სერტიფიკატი ნამდვილია"),
        (pdf + b"\n", "ეს ფაილი შეცვლილია"),
        (b"%PDF-1.7 something else", "ეს ფაილი ასოციაციას არ გაუცია"),
    ):
        file = tmp_path / "certificate.pdf"
        file.write_bytes(content)
        page = open_page("/")
        page.set_input_files("#pdf", file)
        assert shown(page)[0] == verdict


def test_an_address_is_typed(open_page, exported):
    page = open_page("/")
    page.fill("#address", f"https://portal.test/verify/{exported[1][499]}")
    page.click("button[type=submit]")
    assert shown(page)[0] == "სერტიფიკატი ნამდვილია"
    page = open_page("/")
    page.fill("#address", "https://portal.test/verify/abcdefghijklmnopqrstuvwx")
    page.click("button[type=submit]")
    assert shown(page)[0] == "ასეთი სერტიფიკატი არ მოიძებნა"


@pytest.mark.parametrize("name", ["extract.jws", "certificate.pdf", "credential.jwt", "credential.json", "status/1.jwt"])
def test_what_was_changed_beside_the_page_is_found(open_page, exported, name):
    folder, secrets, _said = exported
    file = folder / name if "/" in name else folder / "verify" / secrets[499] / name
    before = file.read_bytes()
    try:
        middle = len(before) // 2
        file.write_bytes(before[:middle] + (b"A" if before[middle : middle + 1] != b"A" else b"B") + before[middle + 1 :])
        page = open_page(f"/verify/{secrets[499]}/")
        assert shown(page) == ("აქ განთავსებული მონაცემები შეცვლილია", [])
    finally:
        file.write_bytes(before)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_stands_at_any_width_by_keyboard_and_for_axe(open_page, exported, width):
    for path in ("/", f"/verify/{exported[1][499]}/", f"/verify/{exported[1][0]}/"):
        page = open_page(path, width=width, bypass_csp=True)  # axe is written into the page
        page.wait_for_selector(".verdict" if "verify" in path else "#address:visible")
        assert faults(page) == []

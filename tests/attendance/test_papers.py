"""The papers of a session: what may be uploaded, that only clean and sealed bytes are kept, and the order of the printed sheet."""

from __future__ import annotations

import io
import time
import zlib
from dataclasses import replace

import pikepdf
import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image, PngImagePlugin

from portal import attendance, enrolment
from portal.attendance import MarkWish, read_scan
from portal.attendance.models import AttendanceDocument, Mark
from portal.attendance.scans import JPEG, PDF, PNG
from portal.attendance.services_paper import MOST_DOCUMENTS, NotExcusedError
from portal.foundation.crypto import SealBrokenError, keyring
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError, RefusedError
from tests import factories
from tests.attendance.hall import Hall
from tests.attendance.samples import a_pdf, a_picture
from tests.attendance.test_sheet import FACTS, LONG_NAME, rows
from tests.certificates.pages import picture_of
from tests.statements import counting

LONGEST_ADDRESS = "https://" + "training." * 6 + "nalag.example/ka/teaching/sessions/123456789012"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/ka/teaching/sessions/1", LONGEST_ADDRESS], ids=["short", "long"])
@pytest.mark.parametrize("name", ["თამარ ბერიძე", LONG_NAME], ids=["short names", "long names"])
def test_every_page_of_the_sheet_leads_to_the_session_read_from_150_dots_per_inch(name, url):
    started = time.process_time()
    pdf = attendance.draw_sheet(replace(FACTS, rows=rows(30, name), url=url))
    assert time.process_time() - started < 2
    assert len(pdf) <= 100 * 1024
    for page in (0, 1):
        (code,) = zxingcpp.read_barcodes(picture_of(pdf, page=page))
        assert code.text == url


def test_a_grey_crooked_scan_of_the_sheet_still_leads_to_the_session():
    picture = picture_of(attendance.draw_sheet(replace(FACTS, url=LONGEST_ADDRESS))).convert("L").rotate(4, fillcolor=255)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=40)
    (code,) = zxingcpp.read_barcodes(Image.open(out))
    assert code.text == LONGEST_ADDRESS


@pytest.fixture
def hall(cast):
    return Hall(cast)


def taught(hall):
    return attendance.get_taught_session(hall.session.id, taught_by=None)


def test_the_sheet_bears_the_configured_address_of_the_session(hall):
    assert attendance.sheet_to_print(taught(hall)).url == f"https://portal.test/ka/teaching/sessions/{hall.session.id}"


def test_who_is_added_on_the_day_follows_in_the_blank_rows_and_nobody_gets_another_number(hall, cast):
    before = attendance.sheet_to_print(taught(hall)).rows
    for given, family in (("ზაზა", "წიკლაური"), ("ანა", "აბაშიძე")):
        enrolment.admit_on_the_day(hall.run.id, factories.person_with_account(given, family).id, by=cast.trainer.id)
    after = attendance.sheet_to_print(taught(hall)).rows
    assert after[: len(before)] == before
    assert [(row.number, row.name_ka) for row in after[len(before) :]] == [(4, "წიკლაური ზაზა"), (5, "აბაშიძე ანა")]
    assert [row.person_id for row in attendance.roll_on_paper(taught(hall))][3:] == [
        row.person_id for row in sorted(attendance.roll(hall.session.id), key=lambda row: row.enrolment_id)[3:]
    ]


def test_who_was_added_on_an_earlier_day_stands_in_the_alphabet(hall, cast):
    added = enrolment.admit_on_the_day(hall.run.id, factories.person_with_account("ანა", "აბაშიძე").id, by=cast.trainer.id)
    later = attendance.get_taught_session(hall.sessions[1].id, taught_by=None)
    assert [row.enrolment_id for row in attendance.roll_on_paper(later)] == [added.id, *hall.keys]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (a_pdf(), PDF),
        (a_pdf(pages=100), PDF),
        (a_picture("JPEG"), JPEG),
        (a_picture("PNG"), PNG),
        (a_picture("PNG", mode="1"), PNG),
        (a_picture("PNG", mode="P"), PNG),
        (a_picture("PNG", mode="LA"), PNG),
        (a_picture("PNG", mode="I;16"), PNG),
        (a_picture("JPEG", mode="CMYK"), JPEG),
        (a_picture("JPEG", mode="L"), JPEG),
    ],
)
def test_a_scan_is_known_by_its_bytes(data, kind):
    scan = read_scan(data)
    assert scan.media_type == kind
    if kind == PDF:
        assert scan.data == data
    else:
        assert Image.open(io.BytesIO(scan.data)).size == (60, 40)


def test_nothing_of_a_picture_is_kept_but_the_picture():
    exif = Image.Exif()
    exif[0x010F] = "Telephone of Nino"
    exif[0x0112] = 6
    data = a_picture("JPEG", exif=exif) + b"<?php trailing"
    clean = read_scan(data).data
    assert b"Telephone" in data
    assert not any(word in clean for word in (b"Telephone", b"Exif", b"php"))
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "at home")
    assert b"at home" not in read_scan(a_picture("PNG", pnginfo=notes)).data


def test_a_picture_that_the_phone_marked_as_turned_is_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Image.open(io.BytesIO(read_scan(a_picture("JPEG", exif=exif)).data)).size == (40, 60)


def test_a_large_photograph_becomes_no_larger_than_a_page_needs():
    scan = read_scan(a_picture("JPEG", size=(8000, 6000)))
    assert max(Image.open(io.BytesIO(scan.data)).size) <= 3508


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a scan",
        b"<html>%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ" + a_pdf(),
        b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF",
        a_pdf()[:200],
        a_pdf(pages=0),
        a_pdf(pages=101),
        a_pdf(password="x"),
        a_pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")),
        a_pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")),
        a_pdf(Names=pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array([])))),
        a_picture("GIF"),
        a_picture("BMP"),
        a_picture("WEBP"),
        a_picture("TIFF"),
        a_picture("PNG")[:50],
        a_picture("JPEG")[:200],
        a_picture("PNG", mode="1", size=(10_000, 7_000)),
        b"%PDF-" + b"x" * (10 * 1024 * 1024),
    ],
    ids=lambda data: repr(data[:12]),
)
def test_everything_else_is_refused(data):
    with pytest.raises(RefusedError):
        read_scan(data)


def test_a_small_pdf_that_unpacks_to_a_quarter_of_a_gigabyte_is_refused_at_once():
    bomb = a_bomb()
    assert len(bomb) < 1024 * 1024
    assert read_scan(a_bomb(spaces=1)).media_type == PDF
    started = time.process_time()
    with pytest.raises(RefusedError):
        read_scan(bomb)
    assert time.process_time() - started < 2


def a_bomb(spaces: int = 256) -> bytes:
    """A PDF of one page whose objects stand in a stream with so many megabytes of spaces."""
    objects = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
    heads = b"1 0 2 %d 3 %d " % (len(objects[0]) + 1, len(objects[0]) + len(objects[1]) + 2)
    packer = zlib.compressobj(9)
    packed = packer.compress(heads + b" ".join(objects))
    packed += b"".join(packer.compress(b" " * 2**20) for _ in range(spaces)) + packer.flush()
    out = b"%PDF-1.5\n"
    first = len(out)
    out += b"4 0 obj\n<</Type/ObjStm/N 3/First %d/Filter/FlateDecode/Length %d>>\nstream\n" % (len(heads), len(packed))
    out += packed + b"\nendstream\nendobj\n"
    table = len(out)
    entries = ((0, 0, 65535), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, first, 0), (1, table, 0))
    places = b"".join(kind.to_bytes(1) + at.to_bytes(4) + index.to_bytes(2) for kind, at, index in entries)
    out += b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n" % len(places)
    return out + places + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table


def kept(hall):
    return db.session.scalars(sa.select(AttendanceDocument).where(AttendanceDocument.session_id == hall.session.id)).all()


def keep(hall, *files, by, **values):
    return attendance.keep_documents(hall.session.id, [read_scan(data) for data in files], by=by.id, **values)


def test_a_file_is_kept_sealed_and_opens_again(hall, cast):
    assert keep(hall, a_pdf(title="SECRET"), a_picture("JPEG"), by=cast.trainer) == 2
    first, second = kept(hall)
    assert b"SECRET" not in first.sealed
    assert b"SECRET" in a_pdf(title="SECRET")
    assert attendance.get_document(first.id, session_id=hall.session.id) == ("sheet", read_scan(a_pdf(title="SECRET")))
    assert attendance.get_document(second.id, session_id=hall.session.id)[1].media_type == JPEG


def test_a_sealed_file_opens_only_as_that_of_its_session_and_person(hall, cast):
    keep(hall, a_pdf(), by=cast.trainer)
    (one,) = kept(hall)
    with pytest.raises(SealBrokenError):
        keyring.unseal_bytes(one.sealed, f"attendance_document {hall.session.id + 1} ")
    with pytest.raises(NotFoundError):
        attendance.get_document(one.id, session_id=hall.sessions[1].id)


def test_the_same_file_twice_is_one_at_once_and_later(hall, cast):
    assert keep(hall, a_pdf(), a_pdf(), a_picture("PNG"), by=cast.trainer) == 2
    assert keep(hall, a_picture("PNG"), a_pdf(), by=cast.staff) == 0
    assert len(kept(hall)) == 2


def test_the_same_file_may_be_of_two_sessions(hall, cast):
    keep(hall, a_pdf(), by=cast.trainer)
    assert attendance.keep_documents(hall.sessions[1].id, [read_scan(a_pdf())], by=cast.trainer.id) == 1


def test_only_so_many_files_are_kept_and_then_none_of_those_sent(hall, cast):
    files = [a_pdf(title=str(number)) for number in range(MOST_DOCUMENTS + 1)]
    keep(hall, *files[:-2], by=cast.trainer)
    with pytest.raises(RefusedError):
        keep(hall, *files, by=cast.trainer)
    assert len(kept(hall)) == MOST_DOCUMENTS - 1


def test_a_proof_is_kept_of_an_excused_absence_only(hall, cast):
    key, other = hall.keys[:2]
    with pytest.raises(NotExcusedError):
        keep(hall, a_pdf(), by=cast.trainer, enrolment_id=key)
    attendance.record_marks(
        hall.session.id, [MarkWish(key, Mark.EXCUSED, reason="ავად არის"), MarkWish(other, Mark.ABSENT)], by=cast.trainer.id
    )
    assert keep(hall, a_pdf(), by=cast.trainer, enrolment_id=key) == 1
    with pytest.raises(NotExcusedError):
        keep(hall, a_pdf(), by=cast.trainer, enrolment_id=other)
    (one,) = attendance.documents_of(hall.session.id)
    assert (one.kind, one.enrolment_id, one.media_type, one.size) == ("excuse", key, PDF, len(a_pdf()))


def test_a_proof_of_somebody_of_another_run_cannot_be_kept(hall, cast):
    elsewhere = factories.enrolment(factories.run(), cast.colleague)
    with pytest.raises(NotFoundError):
        keep(hall, a_pdf(), by=cast.trainer, enrolment_id=elsewhere.id)


def test_the_list_of_files_reads_none_of_them(hall, cast):
    keep(hall, a_pdf(), a_picture("PNG"), by=cast.trainer)
    session_id = hall.session.id
    db.session.expunge_all()
    with counting() as statements:
        assert [one.by.ka for one in attendance.documents_of(session_id)] == ["მაისურაძე ლევან"] * 2
    assert len(statements) == 1

"""Staff compose designs on pages: forms, the preview with and without the script, pictures; nobody else sees any of it."""

from __future__ import annotations

import base64
import io
import json

import pytest
import sqlalchemy as sa
from PIL import Image

from portal import certificates
from portal.certificates.designs.models import CertificateDesignVersion, CertificatePicture, PictureKind
from portal.foundation.database import db
from tests import factories
from tests.certificates import designs, scenes
from tests.statements import counting

PATH = "/staff/certificates/designs"
ALL = f"{PATH}/all"
PICTURES = "/staff/certificates/pictures"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


def editions():
    return db.session.scalars(sa.select(CertificateDesignVersion).order_by(CertificateDesignVersion.id)).all()


def shown(page):
    """The bytes of the preview on a page."""
    return base64.b64decode(page.all("[data-design-picture]")[0].get("src").removeprefix("data:image/png;base64,"))


def send(page, **values):
    """Send the form of the design that is open, as the button "Save" does unless ``do`` says otherwise."""
    data = {name: value for name, value in page.page.form().form_values() if name not in ("do", "given_back")}
    return page.post(page.page.response.request.path.removeprefix("/en"), data | {"do": "save"} | values)


# -- designs


def test_the_list_names_all_topics_and_projects_with_what_they_say_and_how_many_certificates_there_are(staff, cast):
    run = scenes.issued_run(cast.staff, [cast.learner], funding_project=factories.funding_project())
    designs.save(f"project-{run.funding_project_id}", cast.staff, note=("ა", "a"))
    rows = staff.get(PATH).texts("tbody tr")
    assert "All certificates" in rows[0]
    of_project = rows[-1]
    assert "Note" in of_project
    assert "Ana Tsereteli" in of_project
    assert of_project.rstrip().endswith("1")
    with counting() as statements:
        staff.get(PATH)
    assert len(statements) <= 6


def test_a_form_that_is_sent_as_it_came_says_nothing(staff):
    staff.get(ALL)
    assert send(staff).status == 303
    assert "nothing was saved" in staff.follow().text
    assert editions() == []


def test_what_is_changed_is_said_and_the_rest_follows(staff, cast):
    staff.get(ALL)
    assert send(staff, statement_ka="ჰ ჱ № „ხვალ“ {{ name }}", statement_en="By {{ name }}", accent="#AA3300").status == 303
    (edition,) = editions()
    assert edition.parts == {"statement": ["ჰ ჱ № „ხვალ“ {{ name }}", "By {{ name }}"], "accent": "#aa3300"}
    assert edition.made_by == cast.staff.id
    page = staff.follow()
    assert "Saved as edition 1." in page.text
    assert page.tree.get_element_by_id("statement_en").text.strip() == "By {{ name }}"
    assert len(page.all("input[name=given_back]")) == 2


def test_what_is_given_back_is_as_above_again(staff, cast):
    designs.save("all", cast.staff, note=("ა", "a"), frame="line")
    staff.get(ALL)
    assert send(staff, given_back="note").status == 303
    assert editions()[-1].parts == {"frame": "line"}


def test_signatories_and_logos_are_chosen_from_the_pictures(staff, cast):
    logo, signature = (designs.add(kind, "ლელა", cast.staff) for kind in (PictureKind.LOGO, PictureKind.SIGNATURE))
    staff.get(ALL)
    said = {
        "logos-2": str(logo),
        "signatories-1-name_ka": "ლელა",
        "signatories-1-name_en": "Lela",
        "signatories-1-signature": str(signature),
    }
    assert send(staff, **said).status == 303
    (edition,) = editions()
    assert edition.parts["logos"] == [0, logo]
    assert edition.parts["signatories"][1] == {"name": ["ლელა", "Lela"], "post": ["", ""], "signature": signature}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"statement_ka": "{{ nmae }}", "statement_en": "x"}, "“{{ nmae }}” is not a placeholder"),
        ({"statement_ka": "ტექსტი"}, "“Statement in English” is required"),
        ({"heading_en": ""}, "“Heading in English” is required."),
        ({"note_ka": "ა" * 301, "note_en": "a"}, "at most 300 characters"),
        ({"brand": "#xyz"}, "Write “Main colour” like this"),
        ({"brand": "red;}"}, "Write “Main colour” like this"),
        ({"brand": "#٠٠٠٠٠٠"}, "Write “Main colour” like this"),
        ({"accent": "#ffffff"}, "“Second colour” is too light"),
        ({"frame": "baroque"}, "“Frame”"),
        ({"seal": "77"}, "“Seal”"),
        ({"seal": "²"}, "“Seal”"),
        ({"logos-0": "99999999999999999999"}, "“Logo”"),
        ({"signatories-0-name_ka": "ლელა"}, "A signatory has a name or a post"),
        ({"shown_with": "run-1"}, "“Shown with”"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(staff, values, words):
    staff.get(ALL)
    for do in ("save", "preview", "try"):
        page = send(staff, **values, do=do)
        assert page.status == 422
        assert words in " ".join(page.texts(".summary li"))
        name, typed = next(iter(values.items()))
        if name.endswith(("_ka", "_en")):
            assert (page.tree.get_element_by_id(name).text or page.tree.get_element_by_id(name).get("value") or "").strip() == typed
    answer = staff.post(f"{ALL}/preview", values).response.get_json()
    assert answer["picture"] is None
    assert editions() == []


@pytest.mark.parametrize("junk", [{"seen": "\x00"}, {"given_back": "\x00"}, {"logos-x": "1"}, {"signatories-0": "1"}, {"logos-0-1": "{"}])
def test_junk_is_no_error_of_the_portal(staff, junk):
    staff.get(ALL)
    assert send(staff, **junk).status in {303, 422}


def test_the_second_of_two_who_edit_at_once_is_told(staff, cast):
    staff.get(ALL)
    form = staff.page
    designs.save("all", cast.administrator, note=("ა", "a"))
    staff.page = form
    page = send(staff, note_ka="ბ", note_en="b")
    assert page.status == 422
    assert "Somebody has changed this design meanwhile" in page.text
    assert page.tree.get_element_by_id("note_ka").text.strip() == "ბ"
    assert len(editions()) == 1


# -- the preview


def test_without_a_script_a_button_shows_what_would_be_printed_and_keeps_what_was_typed(staff):
    staff.get(ALL)
    page = send(staff, note_ka="ბარათი", note_en="card", do="preview")
    assert page.status == 200
    assert page.tree.get_element_by_id("note_ka").text.strip() == "ბარათი"
    picture = Image.open(io.BytesIO(shown(page)))
    assert picture.size[0] == pytest.approx(1100, abs=2)
    assert editions() == []


def test_the_script_gets_the_same_picture_or_what_is_wrong(staff):
    staff.get(ALL)
    typed = dict(staff.page.form().form_values())
    first = staff.post(f"{ALL}/preview", typed).response.get_json()
    assert base64.b64decode(first["picture"].removeprefix("data:image/png;base64,")).startswith(PNG)
    other = staff.post(f"{ALL}/preview", typed | {"brand": "#7a0000"}).response.get_json()["picture"]
    colours = {colour for _count, colour in Image.open(io.BytesIO(base64.b64decode(other[22:]))).convert("RGB").getcolors()}
    assert (0x7A, 0, 0) in colours, "the preview has the colour as it was chosen"
    wrong = staff.post(f"{ALL}/preview", typed | {"brand": "#xyz", "signatories-0-name_ka": "x"}).response.get_json()
    assert wrong["picture"] is None
    assert len(wrong["problems"]) == 2


def test_a_draft_can_be_looked_at_with_somebody_of_a_recent_run_and_with_the_longest_of_everything(staff, cast):
    run = scenes.past_run(cast.staff, [cast.learner], state="completed", code="R-TRY")
    page = staff.get(ALL)
    choices = [option.get("value") for option in page.all("#shown_with option")]
    assert choices[:2] == ["invented", "worst"]
    assert "R-TRY" in page.texts("#shown_with")[0]
    pictures = {shown(send(staff, shown_with=choice, do="preview")) for choice in choices}
    assert len(pictures) == 3
    topic = staff.get(f"{PATH}/topic-{factories.topic().id}")
    assert run.code not in topic.texts("#shown_with")[0]


def test_a_preview_of_somebody_for_whom_a_placeholder_is_empty_says_so(staff, cast):
    scenes.past_run(cast.staff, [cast.learner], state="completed")
    page = staff.get(ALL)
    real = page.all("#shown_with option")[-1].get("value")
    page = send(staff, statement_ka="{{ valid_until }}", statement_en="{{ credits }}", shown_with=real, do="preview")
    assert page.status == 422
    assert "empty for this person" in page.text


def test_the_longest_names_can_be_tried(staff):
    staff.get(ALL)
    page = send(staff, do="try")
    assert "long names" in page.texts(".verdict")[0]
    assert shown(page).startswith(PNG)


# -- editions


def test_earlier_editions_can_be_looked_at_and_taken_up_again(staff, cast):
    signature = designs.add(PictureKind.SIGNATURE, "Lela", cast.staff)
    first = {"note": ("ა", "a"), "frame": "none", "seal": 0, "logos": (), "signatories": (certificates.Signing(designs.LELA, signature),)}
    designs.save("all", cast.staff, **first)
    designs.save("all", cast.staff)
    page = staff.get(ALL)
    assert [row.split()[1] for row in page.texts("tbody tr")] == ["2", "1"]
    page = staff.get(f"{ALL}/versions/1")
    assert "Project Manager · scanned signature: Lela" in page.text
    assert "No frame" in page.text
    assert staff.get(f"{ALL}/1.png").response.data.startswith(PNG)
    staff.get(f"{ALL}/versions/1")
    assert staff.submit(None).status == 303
    assert editions()[-1].parts == editions()[0].parts


@pytest.mark.parametrize(
    "path", [f"{ALL}/versions/1", f"{ALL}/1.png", f"{PATH}/topic-99", f"{PATH}/x", f"{PICTURES}/1.png", f"{PATH}/x/preview"]
)
def test_what_is_not_there_is_not_found(staff, path):
    assert staff.get(path).status == (405 if path.endswith("preview") else 404)
    assert staff.get(f"{ALL}/0.png").response.data.startswith(PNG)


def test_an_edition_is_not_taken_up_over_somebody_elses(staff, cast):
    designs.save("all", cast.staff, note=("ა", "a"))
    staff.get(f"{ALL}/versions/1")
    form = staff.page
    designs.save("all", cast.administrator)
    staff.page = form
    assert staff.submit(None).status == 422
    assert len(editions()) == 2


# -- pictures


def upload(page, data, name="file.png", **values):
    return page.post(PICTURES, {"kind": "logo", "name": "დონორი", "file": (io.BytesIO(data), name)} | values)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_kept_as_a_clean_png(staff, kind):
    place = Image.Exif()
    place[0x010E] = "secret place"
    assert upload(staff, designs.picture(kind, (2000, 500), exif=place)).status == 303
    (kept,) = db.session.scalars(sa.select(CertificatePicture))
    assert kept.png.startswith(PNG)
    assert b"secret place" not in kept.png
    assert Image.open(io.BytesIO(kept.png)).size == (1200, 300)
    page = staff.get(PICTURES)
    assert "დონორი" in page.text
    answer = staff.get(f"{PICTURES}/{kept.id}.png").response
    assert answer.data == kept.png
    assert "no-store" in answer.headers["Cache-Control"]


def bomb():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Upload a PNG or JPEG picture"),
        (b"x", "Upload a PNG or JPEG picture"),
        (PNG, "Upload a PNG or JPEG picture"),
        (b"%PDF-1.4", "Upload a PNG or JPEG picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Upload a PNG or JPEG picture"),
        (b"\xff\xd8\xff" + b"0" * 50, "Upload a PNG or JPEG picture"),
        (PNG + b"0" * (2 * 1024 * 1024), "must not exceed 2 MB"),
        (bomb(), "too many pixels"),
    ],
    ids=range(8),
)
def test_a_file_that_is_no_fit_picture_is_refused(staff, data, words):
    page = upload(staff, data)
    assert page.status == 422
    assert words in " ".join(page.texts(".summary a"))
    assert page.tree.get_element_by_id("name").get("value") == "დონორი"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CertificatePicture)) == 0


def test_a_picture_needs_a_file_a_name_and_a_kind(staff):
    page = staff.post(PICTURES, {"kind": "logo", "name": "x"})
    assert page.texts(".summary a") == ["Choose a file."]
    assert upload(staff, designs.picture(), name="").status == 422
    assert upload(staff, designs.picture(), kind="photo").status == 422


# -- who may


def test_nobody_but_staff_sees_designs_or_pictures(app, page, cast):
    picture = designs.add(PictureKind.SIGNATURE, "Lela", cast.staff)
    designs.save("all", cast.staff, note=("ა", "a"))
    for path in (PATH, ALL, f"{ALL}/1.png", f"{ALL}/versions/1", PICTURES, f"{PICTURES}/{picture}.png"):
        assert page.get(path).status == 303
        for person in (cast.learner, cast.coordinator, cast.trainer):
            assert type(page)(app).sign_in(person).get(path).status == 403


def test_topics_projects_and_the_register_lead_to_designs(staff):
    project, topic = factories.funding_project(), factories.topic()
    assert staff.get("/staff/certificates").all(f"a[href$='{PATH}']")
    assert staff.get(f"/staff/projects/{project.id}").all(f"a[href$='{PATH}/project-{project.id}']")
    assert staff.get(f"/staff/topics/{topic.id}").all(f"a[href$='{PATH}/topic-{topic.id}']")


def test_the_list_of_a_run_says_what_a_text_needs_and_offers_nobody_who_lacks_it(staff, cast):
    run = scenes.past_run(cast.staff, [cast.learner], state="completed")
    code = run.code
    designs.save("all", cast.staff, statement=("{{ score }}", "–"))
    page = staff.get(f"/staff/runs/{code}/certificates")
    assert "The Georgian text of the certificate needs what is empty here: Final score in percent" in page.text
    assert page.all("input[name=people]") == []


def test_history_tells_who_changed_which_design(staff, cast):
    designs.save("all", cast.staff, note=("ა", "a"))
    designs.add(PictureKind.SEAL, "ბეჭედი", cast.staff)
    page = staff.get("/staff/history")
    assert "Design of certificates changed" in page.text
    assert "Picture for certificates added" in page.text
    assert json.loads(json.dumps(editions()[0].parts)) == {"note": ["ა", "a"]}

"""The page of the roll call on a phone, its manifest and its service worker: the same for everybody, so that a phone may keep them."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING

from flask import Response, jsonify, render_template, url_for
from flask_babel import gettext

from portal import attendance
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.formats import format_date
from portal.web.assets import PROJECT, STATIC, static_url
from portal.web.attendance import bare, pages
from portal.web.attendance.scope import taught_run
from portal.web.guard import public, requires
from portal.web.language import LANGUAGES, language

if TYPE_CHECKING:
    from portal.attendance import TaughtRun

SCRIPTS = ("js/phone-store.js", "js/phone-wire.js", "js/phone-drawing.js", "js/phone-page.js")
FONTS = ("/static/fonts/firago-regular.woff2", "/static/fonts/firago-bold.woff2")
"""As the style sheet names them."""
ICONS = (("img/icon-192.png", "192x192"), ("img/icon-512.png", "512x512"))
WORKER = "js/phone-worker.js"


@pages.get("/teaching/phone")
@public
def phone_shell() -> str:
    """The page without a run: what the installed icon opens, and what the service worker keeps for every run."""
    return _page([(url_for("courses.catalogue"), gettext("Learning portal"))])


@pages.get("/teaching/runs/<code>/phone")
@requires(Permission.ATTENDANCE_MARK, load=taught_run)
def phone(run: TaughtRun) -> str:
    """The page of a run, opened once with a network; without JavaScript, the way to the ordinary forms."""
    kept = attendance.sessions_to_keep(run.id, clock.today())
    ways = [(url_for("attendance.roll_call", session_id=one.id), format_date(one.markable_from.date(), language())) for one in kept]
    return _page(ways or [(url_for("enrolment.run", code=run.code), run.course(language()))])


def _page(ways: list[tuple[str, str]]) -> str:
    return render_template("attendance/phone.html", session_ways=ways, scripts=SCRIPTS)


@pages.get("/teaching/phone.webmanifest")
@public
def phone_manifest() -> Response:
    """What makes the page installable."""
    start = url_for("attendance.phone_shell")
    answer = jsonify(
        name=gettext("Attendance without a network"),
        short_name=gettext("Attendance"),
        lang=language(),
        id=start,
        start_url=start,
        scope=f"{url_for('attendance.teaching')}/",
        display="standalone",
        background_color="#faf8f3",
        theme_color="#0a3640",
        icons=[{"src": static_url(path), "sizes": size, "type": "image/png", "purpose": "any maskable"} for path, size in ICONS],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@bare.get("/sw.js")
@public
def worker() -> Response:
    """The service worker; asked for at each visit, and new whenever a file of the shell is."""
    return Response(_worker(), mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@cache
def _worker() -> str:
    files = [*map(static_url, ("css/portal.css", "img/icon.svg", *SCRIPTS)), *FONTS]
    program = (STATIC / WORKER).read_text(encoding="utf-8")
    # What the shell is made of besides: its template, those that it uses, and their Georgian.
    made_of = [*sorted((PROJECT / "templates").glob("attendance/phone.html")), *sorted((PROJECT / "templates" / "layouts").glob("*.html"))]
    made_of += [PROJECT / "templates" / "components" / "roll.html", *(STATIC.parent / font.lstrip("/") for font in FONTS)]
    made_of += sorted((PROJECT / "portal" / "translations").rglob("*.po"))
    digest = hashlib.sha256("\n".join((*LANGUAGES, *files, program)).encode())
    for path in made_of:
        digest.update(path.read_bytes())
    return f"const VERSION = {json.dumps(digest.hexdigest()[:12])};\nconst FILES = {json.dumps(files)};\n{program}"

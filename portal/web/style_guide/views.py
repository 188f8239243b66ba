"""Pages: the style guide, for those who build pages. There is none where real people use the portal."""

from __future__ import annotations

from flask import abort, current_app, render_template

from portal.web.guard import public
from portal.web.style_guide import pages
from portal.web.style_guide.forms import style_guide_context


@pages.get("/style-guide")
@public
def style_guide() -> str:
    """Every component in every state."""
    if current_app.config["SETTINGS"].production:
        abort(404)
    return render_template("style_guide/index.html", **style_guide_context())

"""Materials of the runs that one tries first: slides as a PDF, and a link."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from portal import courses
from portal.foundation import clock, sheets, typeface

if TYPE_CHECKING:
    from portal.demo.world import World

RUNS = ("DEMO-NOW", "DEMO-CERT")
SLIDES, FURTHER, LINK = "პრეზენტაცია", "დამატებითი საკითხავი", "https://library.portal.example/"


def give_materials(world: World) -> None:
    """Give the people of these runs something to read, each run the same two things."""
    with clock.frozen(world.lately):
        for code in RUNS:
            run = courses.get_run(code)
            (trainer, *_others) = courses.trainers_of(run.id)
            courses.add_material(run.id, SLIDES, data=_slides(run.version.title_ka), by=trainer.id)
            courses.add_material(run.id, FURTHER, link=LINK, by=trainer.id)


def _slides(title: str) -> bytes:
    typeface.register()
    buffer = io.BytesIO()
    canvas = sheets.new_canvas(buffer, "ka", title=title, subject=SLIDES)
    sheets.mosaic(canvas)
    sheets.put(canvas, sheets.fit(title, typeface.BOLD, 22, sheets.RIGHT - sheets.LEFT, sheets.BRAND), sheets.LEFT, sheets.TOP - 60)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()

"""Looks through one PDF or picture that somebody sent: a program of its own, for no file may cost the portal more than it may cost.

A few kilobytes can unpack to gigabytes, in ways that nobody can tell without unpacking. So ``portal.attendance.scans`` starts this
file as a process that may take neither more time nor more memory than ``SECONDS`` and ``MEMORY``, and reads from it one word and what is
kept. It imports nothing of the portal, so as to start quickly.
"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pikepdf
    from PIL import Image

SECONDS: Final = 2  # of the processor
MEMORY: Final = 200 * 1024 * 1024  # of addresses

FINE, LOCKED, ACTIVE, PAGES, PIXELS, UNREADABLE = "fine", "locked", "active", "pages", "pixels", "unreadable"

LONGER_SIDE: Final = 3508  # of A4 at 300 dots per inch
_LONGEST_SIDE: Final = 15_000
_MOST_PIXELS: Final = {"JPEG": 60_000_000, "PNG": 40_000_000}  # a JPEG can be unpacked smaller than it is
_MOST_OF_JPEG: Final = 13_000_000  # a larger one is unpacked at half its size, or less
_STRIP: Final = 64  # rows that are converted at once
_QUALITY: Final = 82
_ORIENTATION: Final = 0x0112

# What makes a PDF do more than show pages, or carry more than them.
_ACTIVE: Final = frozenset(
    {"/JS", "/JavaScript", "/Launch", "/EF", "/EmbeddedFiles", "/RichMedia", "/XFA", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"}
)
_HARMLESS: Final = frozenset({"/GoTo", "/Named"})  # when done without being asked
_MOST_PARTS: Final = 20_000
_UNPACKED: Final = 2 * 1024 * 1024  # of one stream that says where objects are, or holds them; pages and pictures are not unpacked


def look_at_pdf(data: bytes, most_pages: int) -> str:
    """A word for what the PDF is."""
    import pikepdf  # noqa: PLC0415 - a picture does not need it

    pikepdf.settings.set_qpdf_limits(flate_max_memory=_UNPACKED, run_length_max_memory=_UNPACKED, parser_max_container_size=_MOST_PARTS)
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if pdf.is_encrypted:  # even if it opens without being asked for a password
                return LOCKED
            if _is_active(pdf):
                return ACTIVE
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        return LOCKED
    return UNREADABLE if not pages else PAGES if pages > most_pages else FINE


def _is_active(pdf: pikepdf.Pdf) -> bool:
    """Whether anything in the file is one of ``_ACTIVE`` or is done unasked, or there is too much in it to look through."""
    import pikepdf  # noqa: PLC0415

    if len(pdf.objects) > _MOST_PARTS:
        return True
    waiting: list[Any] = [*pdf.objects, pdf.trailer]
    seen = 0
    while waiting:
        one = waiting.pop()
        seen += 1
        if seen + len(waiting) > _MOST_PARTS:
            return True
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            entries = dict((one.stream_dict if isinstance(one, pikepdf.Stream) else one).items())
            kinds = {str(entries[name]) for name in ("/S", "/Subtype", "/Type") if isinstance(entries.get(name), pikepdf.Name)}
            if not _ACTIVE.isdisjoint(entries) or not _ACTIVE.isdisjoint(kinds) or _acts_unasked(entries):
                return True
            parts: Any = entries.values()
        else:
            parts = one if isinstance(one, pikepdf.Array) else ()
        # parts with a number of their own come up by themselves
        waiting += [part for part in parts if isinstance(part, pikepdf.Dictionary | pikepdf.Array) and not part.is_indirect]
    return False


def _acts_unasked(entries: dict[str, Any]) -> bool:
    import pikepdf  # noqa: PLC0415

    occasions = entries.get("/AA")
    actions = [entries.get("/OpenAction"), *(occasions.values() if isinstance(occasions, pikepdf.Dictionary) else ())]
    return any(
        isinstance(action, pikepdf.Dictionary) and (str(action.get("/S")) not in _HARMLESS or "/Next" in action) for action in actions
    )


def draw_anew(data: bytes, kind: str) -> tuple[str, bytes]:
    """A word, and the picture as it is kept: upright, no larger than a page needs, and with nothing else that its file held."""
    from PIL import Image  # noqa: PLC0415 - a PDF does not need it

    Image.MAX_IMAGE_PIXELS = None  # the limits are ours
    with Image.open(BytesIO(data), formats=[kind]) as picture:
        width, height = picture.size
        if max(width, height) > _LONGEST_SIDE or width * height > _MOST_PIXELS[kind]:  # asked before a pixel is unpacked
            return PIXELS, b""
        part = next(part for part in (1, 2, 4) if width * height <= _MOST_OF_JPEG * part * part)
        picture.draft(None, (width // part, height // part))  # heeded for a JPEG only
        turn = _turn(picture)
        canvas = _canvas(picture)
        picture.close()  # lets go of its pixels before more are needed
    canvas.thumbnail((LONGER_SIDE, LONGER_SIDE))
    if turn is not None:
        canvas = canvas.transpose(turn)
    out = BytesIO()
    if kind == "JPEG":
        canvas.save(out, kind, quality=_QUALITY)
    else:
        canvas.save(out, kind, compress_level=3)
    return FINE, out.getvalue()


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """How the picture is to be turned, if that can be read: what else a camera notes is often malformed, and matters to nobody here."""
    from PIL.Image import Transpose  # noqa: PLC0415

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        return turns.get(int(picture.getexif()[_ORIENTATION]))
    except Exception:  # noqa: BLE001
        return None


def _canvas(picture: Image.Image) -> Image.Image:
    """A fresh picture in grey or colours, white where ``picture`` lets through; made strip by strip, so no second copy of all is in memory."""
    from PIL import Image  # noqa: PLC0415

    picture.load()
    width, height = picture.size
    grey = picture.mode in {"1", "L", "F"} or picture.mode.startswith("I")
    step = max(1, max(width, height) // LONGER_SIDE)
    canvas = Image.new("L" if grey else "RGB", (-(-width // step), -(-height // step)), "white")
    for top in range(0, height, _STRIP * step):
        strip = _in_eight_bits(picture.crop((0, top, width, min(top + _STRIP * step, height))))
        canvas.paste(strip.reduce(step) if step > 1 else strip, (0, top // step))
    return canvas


def _in_eight_bits(strip: Image.Image) -> Image.Image:
    from PIL import Image  # noqa: PLC0415

    if strip.mode == "F" or strip.mode.startswith("I"):  # of sixteen bits, which a mere conversion would cut off at white
        return strip.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if strip.mode in {"1", "L", "RGB", "CMYK"} and "transparency" not in strip.info:
        return strip.convert("L" if strip.mode in {"1", "L"} else "RGB")
    clear = strip.convert("RGBA")
    white = Image.new("RGB", strip.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    return white.convert("L") if strip.mode in {"1", "L"} else white


def main() -> None:
    """Answer about what comes in: the kind (``PDF``, ``JPEG`` or ``PNG``) and the most pages are the arguments."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    with suppress(ValueError):  # macOS knows no such limit; it is for trying the portal out there
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    kind, most_pages = sys.argv[1], int(sys.argv[2])
    data, kept = sys.stdin.buffer.read(), b""
    try:
        if kind == "PDF":
            word = look_at_pdf(data, most_pages)
        else:
            word, kept = draw_anew(data, kind)
    except MemoryError:
        raise SystemExit(1) from None  # too much in it, as when the system ends this process
    except Exception:  # noqa: BLE001 - the libraries raise anything on broken files, and no other file is read by this process
        word = UNREADABLE
    sys.stdout.buffer.write(word.encode() + b"\n" + kept)


if __name__ == "__main__":
    main()

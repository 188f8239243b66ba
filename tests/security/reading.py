"""What an answer says, whatever kind of file it is."""

from __future__ import annotations

import io
import zipfile

from pypdf import PdfReader


def texts_of(data, kind):
    """What can be read in a file, and in the files within it."""
    yield data.decode("utf-8", "replace")
    if data.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(data))
        yield "\n".join(page.extract_text() for page in reader.pages)
        yield str(reader.metadata)
    elif data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name
                yield from texts_of(archive.read(name), "")
    elif "calendar" in kind:
        yield data.decode().replace("\r\n ", "")

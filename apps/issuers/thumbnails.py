"""A badge's picture in the sizes that pages show, as WebP: a few kilobytes, while the whole has up to a hundred.

Made on request, from a picture that never changes. Nothing is stored: each process keeps what it has made, and a
browser asks only once.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from django.core.files.storage import default_storage
from PIL import Image

# For the widest place on a page, at one and two device pixels per pixel.
SIZES = (240, 480)
# Part of the ETag: to be increased whenever the output changes.
EDITION = 1


def etag(sha256: str, size: int) -> str:
    return f'"{sha256[:32]}-{size}-{EDITION}"'


@lru_cache(maxsize=512)
def made(name: str, size: int) -> bytes:
    """The thumbnail of the picture stored under `name`, which includes its checksum."""
    with default_storage.open(name, "rb") as file, Image.open(file, formats=("PNG",)) as whole:
        picture = whole.convert("RGBA")
    picture.thumbnail((size, size), Image.Resampling.LANCZOS)
    into = BytesIO()
    picture.save(into, "WEBP", quality=85, alpha_quality=90, method=4)
    return into.getvalue()

"""A badge's picture in the sizes that pages show, as WebP: a few kilobytes, where the whole has up to a hundred.

Made when somebody asks, from a picture that never changes: nothing is written down, each process keeps what it made, and
a browser asks once.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from django.core.files.storage import default_storage
from PIL import Image

# Of the widest place on a page, at one and at two dots a pixel.
SIZES = (240, 480)
# Stands in the ETag: one more when they come out otherwise.
EDITION = 1


def etag(sha256: str, size: int) -> str:
    return f'"{sha256[:32]}-{size}-{EDITION}"'


@lru_cache(maxsize=512)
def made(name: str, size: int) -> bytes:
    """Of the picture that lies under `name`, which its sum has made."""
    with default_storage.open(name, "rb") as file, Image.open(file, formats=("PNG",)) as whole:
        picture = whole.convert("RGBA")
    picture.thumbnail((size, size), Image.Resampling.LANCZOS)
    into = BytesIO()
    picture.save(into, "WEBP", quality=85, alpha_quality=90, method=4)
    return into.getvalue()

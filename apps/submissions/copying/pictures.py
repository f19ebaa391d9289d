"""Pictures, drawn again, so that only pixels remain."""

from __future__ import annotations

import io
import warnings
from typing import IO, Any

from PIL import Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from apps.submissions.copying.common import Copy, NoCopy, Why

LONGEST_SIDE = 4096
MOST_PIXELS = 50_000_000
# For all frames of an animation together; a longer one is represented by its first frame.
MOST_MOVING_PIXELS = 50_000_000
MOST_FRAMES = 500
_SAVED: dict[str, tuple[str, dict[str, Any]]] = {
    "JPEG": ("image/jpeg", {"quality": 88, "optimize": True}),
    "PNG": ("image/png", {}),
    "WEBP": ("image/webp", {"quality": 88, "method": 2}),
}
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, MemoryError)


def copy(original: IO[bytes], into: IO[bytes]) -> Copy:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(original, formats=("PNG", "JPEG", "WEBP", "GIF"))
            if picture.width * picture.height > MOST_PIXELS:
                raise NoCopy(Why.TOO_MUCH)
            frames = int(getattr(picture, "n_frames", 1)) if picture.format in {"GIF", "WEBP"} else 1
            moves = 1 < frames <= MOST_FRAMES and frames * picture.width * picture.height <= MOST_MOVING_PIXELS
            return _moving(picture, into) if moves else _still(picture, into)
    except _BROKEN:
        raise NoCopy(Why.BROKEN) from None


def _still(picture: Image.Image, into: IO[bytes]) -> Copy:
    saved_as = "JPEG" if picture.format in {"JPEG", "MPO"} else "PNG" if picture.format == "GIF" else picture.format
    picture.seek(0)
    painted = _fit(ImageOps.exif_transpose(_seen(picture)))
    if saved_as == "JPEG":
        painted = painted.convert("L" if painted.mode == "L" else "RGB")
    media_type, options = _SAVED[str(saved_as)]
    _anew(painted).save(into, str(saved_as), **options)
    return Copy(media_type, painted.width, painted.height)


def _moving(picture: Image.Image, into: IO[bytes]) -> Copy:
    frames, times = [], []
    for frame in ImageSequence.Iterator(picture):
        times.append(max(int(frame.info.get("duration") or 100), 20))
        frames.append(_anew(_fit(frame.convert("RGBA"))))
    frames[0].save(into, "WEBP", save_all=True, append_images=frames[1:], duration=times, loop=0, quality=80, method=0)
    return Copy("image/webp", frames[0].width, frames[0].height)


def _seen(picture: Image.Image) -> Image.Image:
    """The picture in colours that need no profile."""
    profile = picture.info.get("icc_profile")
    exif = picture.getexif()
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            into = "RGBA" if "A" in picture.mode or "transparency" in picture.info else "RGB"
            if picture.mode not in {"RGB", "RGBA", "CMYK", "L"}:
                picture = picture.convert(into)
            seen = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB" if into == "RGB" else "RGBA"
            )
        except (ImageCms.PyCMSError, ValueError, OSError):
            seen = None
        if seen is not None:
            seen.info["exif"] = exif.tobytes()
            return seen
    if picture.mode.startswith(("I", "F")):
        # Sixteen bits per channel, of which a screen shows eight.
        return ImageOps.autocontrast(picture.convert("F").convert("L")) if picture.mode == "F" else _eight_bits(picture)
    if picture.mode in {"P", "PA", "LA", "1"}:
        return picture.convert("RGBA" if "transparency" in picture.info or "A" in picture.mode else "RGB")
    return picture.convert("RGB") if picture.mode not in {"L", "RGB", "RGBA"} else picture


def _eight_bits(picture: Image.Image) -> Image.Image:
    return picture.point(lambda value: value / 256).convert("L")


def _fit(picture: Image.Image) -> Image.Image:
    if max(picture.size) <= LONGEST_SIDE:
        return picture
    return ImageOps.contain(picture, (LONGEST_SIDE, LONGEST_SIDE))


def _anew(picture: Image.Image) -> Image.Image:
    """The pixels in a new image, without the old one's metadata."""
    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    return fresh

"""How static files are packed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

if TYPE_CHECKING:
    from whitenoise.compress import Compressor


class QuicklyCompressed(CompressedManifestStaticFilesStorage):
    """By gzip alone: Brotli takes a first start a minute, and saves nothing on the way from a machine to itself."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return super().create_compressor(**kwargs, use_brotli=False)

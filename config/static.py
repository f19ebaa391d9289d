"""How static files are compressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

if TYPE_CHECKING:
    from whitenoise.compress import Compressor


class QuicklyCompressed(CompressedManifestStaticFilesStorage):
    """Uses gzip only: Brotli would take a minute at the first start, and save nothing on a local connection."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return super().create_compressor(**kwargs, use_brotli=False)

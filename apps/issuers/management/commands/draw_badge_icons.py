from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.issuers.art import glyphs


class Command(BaseCommand):
    help = "Take the outlines of badge pictures from static/node_modules/bootstrap-icons into apps/issuers/art/icons."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.ROOT / "static" / "node_modules" / "bootstrap-icons" / "icons"
        sources = {path.stem: path.read_text() for path in folder.glob("*.svg")}
        drawn = glyphs.drawn_from(sources)
        glyphs.DRAWN.write_text(json.dumps(drawn, indent=0) + "\n")
        self.stdout.write(f"{glyphs.DRAWN.relative_to(settings.ROOT)} drawn: {len(drawn)} pictures.")

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.core import drawing


class Command(BaseCommand):
    help = "Draw docs/states.md from the tables of moves."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.ROOT / "docs" / "states.md"
        path.write_text(drawing.states_page(), encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.ROOT)} drawn: {len(drawing.moving_models())} pictures.")

"""Compiled translations: django.po (ours) and framework.po (Django's strings) into one django.mo.

    python -m config.parts.catalogues

`make up` and the tests run it automatically. It uses polib, a wheel, because msgfmt is a system package.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def languages() -> list[str]:
    return sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/django.po"))


def sources(language: str) -> list[Path]:
    """A language's files: if both contain a string, the later file's translation is used."""
    folder = LOCALE / language / "LC_MESSAGES"
    return [path for name in ("framework", "django") if (path := folder / f"{name}.po").exists()]


def compiled(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.mo"


def compile_one(language: str) -> None:
    """Compile a language into a temporary file and move it into place, so that readers see the old file or the new
    one.
    """
    together = polib.POFile()
    entries: dict[tuple[str | None, str], polib.POEntry] = {}
    for path in sources(language):
        file = polib.pofile(str(path))
        together.metadata = file.metadata
        entries |= {(entry.msgctxt, entry.msgid): entry for entry in file.translated_entries()}
    together.extend(entries.values())
    target = compiled(language)
    number, beside = tempfile.mkstemp(dir=target.parent, suffix=".mo")
    os.close(number)
    together.save_as_mofile(beside)
    Path(beside).chmod(0o644)
    Path(beside).replace(target)


def compile_stale() -> None:
    """Compile what is older than its sources, for a test run that `make` didn't start."""
    for language in languages():
        newest = max(path.stat().st_mtime for path in sources(language))
        if not compiled(language).exists() or compiled(language).stat().st_mtime < newest:
            compile_one(language)


def main() -> None:
    for language in languages():
        compile_one(language)


if __name__ == "__main__":
    main()

"""Where in a piece of evidence to look: a page, a time, a quote."""

from __future__ import annotations

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

LONGEST_QUOTE = 500
_PAGE = re.compile(r"(\d{1,6})")
_TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})")
_BETWEEN = " ·,;"
_MARKS = "“”\"«»„'"


class Place(NamedTuple):
    """A page from 1, seconds from the beginning, text to look for: any of them, or none."""

    page: int | None = None
    seconds: int | None = None
    quote: str = ""

    def __str__(self) -> str:
        """As people say it, and as `parse` reads it: page 4 · 2:15 · “no burr”."""
        parts = [] if self.page is None else [_("page %(n)d") % {"n": self.page}]
        if self.seconds is not None:
            parts.append(clock_of(self.seconds))
        if self.quote:
            parts.append(f"“{self.quote}”")
        return " · ".join(parts)


NOWHERE = Place()


def clock_of(seconds: int) -> str:
    """A time as players show it: 2:15, 1:02:15."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def parse(typed: str) -> Place:
    """The place in typed text: “page 4”, “p. 4”, “2:15”, “4, no burr”. What is neither page nor time is a quote."""
    page, seconds, rest = None, None, typed.strip()
    while rest:
        if page is None and (found := _page_at(rest)):
            page = int(found[1])
        elif seconds is None and (found := _alone(_TIME, rest)):
            hours, minutes, left = (int(part or 0) for part in found.groups())
            seconds = (hours * 60 + minutes) * 60 + left
        else:
            break
        rest = rest[found.end() :].lstrip(_BETWEEN)
    return Place(page or None, seconds, rest.strip(_BETWEEN + _MARKS)[:LONGEST_QUOTE])


def _page_at(typed: str) -> re.Match[str] | None:
    """A number that is marked as a page, or that is alone at the front."""
    words = "|".join(re.escape(word) for word in ("pages", "page", "pp.", "p.", "p", *_own_word()))
    said = re.match(rf"(?:{words})\s*{_PAGE.pattern}(?!\d)", typed, re.IGNORECASE)
    return said or _alone(_PAGE, typed)


def _own_word() -> list[str]:
    """The word for a page in the reader's language."""
    word = re.sub(r"[\d%].*$", "", _("page %(n)d") % {"n": 1}).strip()
    return [word] if word else []


def _alone(pattern: re.Pattern[str], typed: str) -> re.Match[str] | None:
    """Match the pattern at the front, if nothing or a separator follows."""
    return re.match(rf"{pattern.pattern}(?=$|\s*[·,;])", typed)

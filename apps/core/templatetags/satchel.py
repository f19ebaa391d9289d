"""Template tags and filters that Satchel needs beyond Django's own."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from django import template
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import formats, timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core import changes
from apps.core import markdown as markdown_text
from apps.core.clock import zone as zone_called
from apps.core.pills import Pill, pill_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from typing import Protocol

    from django_stubs_ext import StrOrPromise

    class Level(Protocol):
        name: str

    class Levels(Protocol):
        def all(self) -> Iterable[Level]: ...

    class Criterion(Protocol):
        """What a rubric's table needs from a criterion; the model is in a higher app."""

        levels: Levels


register = template.Library()


@cache
def _icons() -> dict[str, str]:
    for folder in settings.STATICFILES_DIRS:
        path = folder / "icons.json"
        if path.is_file():
            icons: dict[str, str] = json.loads(path.read_text())
            return icons
    message = "static/dist/icons.json is missing: run `npm ci && npm run build` in static/."
    raise ImproperlyConfigured(message)


@register.simple_tag
@cache
def icon(name: str, css: str = "") -> SafeString:
    """Draw an icon from static/icons.txt in the colour of the surrounding text; screen readers ignore it."""
    inside = _icons().get(name)
    if inside is None:
        message = f"No icon {name!r}: add its name to static/icons.txt and build the front end."
        raise template.TemplateSyntaxError(message)
    return format_html(
        '<svg class="i{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>',
        f" {css}" if css else "",
        mark_safe(inside),  # noqa: S308 - from our own build
    )


@register.simple_tag
def icon_names() -> list[str]:
    """Names of all icons that were built."""
    return sorted(_icons())


@register.simple_tag
def pill(state: str, kind: str = "") -> Pill:
    """The look of a state: icon, tone, word. Kinds are listed in apps.core.pills."""
    return pill_of(state, kind or "submission")


@register.simple_tag
def state_pill(state: str, kind: str = "", word: StrOrPromise = "") -> SafeString:
    """Draw the same pill as components/state_pill.html."""
    look = pill_of(state, kind or "submission")
    return format_html(
        '<span class="pill s-{}">{}<span>{}</span></span>', look.tone, icon(look.icon), word or look.word
    )


class Block(NamedTuple):
    """One block of a level track, as CSS classes."""

    css: str


@register.simple_tag
def track_blocks(reached: int | None, needed: int | None, of: int) -> list[Block]:
    """One block per level: filled up to the level reached (brown if below what is needed), with a bar at the level
    needed.
    """
    reached, needed = reached or 0, needed or 0
    filled = "on" if reached >= needed else "below"
    return [
        Block(" ".join(part for part in (filled if n <= reached else "", "need" if n == needed else "") if part))
        for n in range(1, of + 1)
    ]


class Column(NamedTuple):
    """One column of a rubric; `name` if every criterion calls that level the same."""

    number: int
    name: str


@register.simple_tag
def rubric_columns(criteria: Sequence[Criterion]) -> list[Column]:
    """As many columns as the longest criterion has levels, named if all criteria agree on all names."""
    rows = [[level.name for level in criterion.levels.all()] for criterion in criteria]
    agreed = bool(rows) and all(row == rows[0] for row in rows)
    width = max(map(len, rows), default=0)
    return [Column(n, rows[0][n - 1] if agreed else "") for n in range(1, width + 1)]


@register.simple_tag
def changes_between(before: str, after: str) -> changes.Changes:
    """Words added and removed."""
    return changes.between(before, after)


@register.simple_tag
def share_of(value: float, of: float) -> int:
    """The share as a whole percentage, 0 to 100, rounded down, so that 100 means all done."""
    if of <= 0:
        return 0
    percent = int(100 * value / of)
    return max(0, min(percent, 100))


class Step(NamedTuple):
    """One stop on a submission's progress line."""

    word: StrOrPromise
    is_done: bool
    is_now: bool
    css: str


_STOPS = (_("Draft"), _("Handed in"), _("Being judged"), _("Decision"))
_STOP_OF = {"draft": 0, "submitted": 1, "withdrawn": 1, "lapsed": 0, "under_assessment": 2}
_OWN_WORD = {"withdrawn", "lapsed", "awaiting_decision", "not_yet", "awarded", "declined", "under_appeal"}


@register.simple_tag
def steps(state: str) -> list[Step]:
    """The four stops of a submission; a state outside the usual path replaces its stop's word with its own."""
    now = _STOP_OF.get(state, len(_STOPS) - 1)
    line = []
    for place, word in enumerate(_STOPS):
        own = place == now and state in _OWN_WORD
        done = place < now or state == "awarded"
        css = "done" if done else "back" if place == now and state == "not_yet" else ""
        line.append(Step(pill_of(state, "submission").word if own else word, done, place == now, css))
    return line


_EVIDENCE_ICONS = {
    "image": "image-fill",
    "video": "camera-video-fill",
    "audio": "volume-up-fill",
    "pdf": "file-earmark-pdf-fill",
    "text": "file-earmark-text-fill",
    "reflection": "pencil-fill",
    "data": "file-earmark-code-fill",
    "certificate": "award-fill",
    "credential": "patch-check-fill",
    "link": "link-45deg",
    "private": "lock-fill",
}


@register.filter
def evidence_icon(kind: str) -> str:
    return _EVIDENCE_ICONS.get(kind, "file-earmark-fill")


# As in Django's json_script: nothing in a value can end the element.
_WITHIN_SCRIPT = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def data_block(data: dict[str, object], kind: str) -> SafeString:
    """Data for programs that read the page, as `application/ld+json`: browsers don't run it, so no CSP blocks it."""
    text = json.dumps(data, ensure_ascii=False, default=str).translate(_WITHIN_SCRIPT)
    return format_html('<script type="{}">{}</script>', kind, mark_safe(text))  # noqa: S308 - escaped above


_NOTE_ICONS = {
    "unsure": "exclamation-triangle-fill",
    "notyet": "arrow-repeat",
    "pass": "check-circle-fill",
    "brand": "check-circle-fill",
    "fail": "x-octagon-fill",
}


@register.filter
def note_icon(tone: str) -> str:
    return _NOTE_ICONS.get(tone, "info-circle-fill")


@register.filter
def markdown(text: str) -> SafeString:
    return markdown_text.render(text or "")


@register.filter
def initials(name: str) -> str:
    """The first letters of the first two words, for a round or square badge beside the name."""
    return "".join(word[0] for word in str(name).split()[:2]).upper()


@register.filter
def backticks(text: str) -> SafeString:
    """Render plain text with words in backticks as code."""
    parts = escape(text).split("`")
    return mark_safe("".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts)))  # noqa: S308 - escaped


@register.filter
def last_line(text: str) -> str:
    """The last line of a traceback."""
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else ""


def _zone_words(zone: str) -> str:
    city = zone.rpartition("/")[2].replace("_", " ")
    return city if city == "UTC" else gettext("%(city)s time") % {"city": city}


@register.simple_tag
def day(moment: datetime | date, zone: str = "") -> SafeString:
    """A date in words, in `zone` (an issuer's, say) or the reader's own."""
    local = _local(moment, zone)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), formats.date_format(local, "j F Y"))


@register.simple_tag
def clock(moment: datetime, zone: str = "") -> SafeString:
    """Date and time of day, in the reader's zone, or in `zone`, which is then named."""
    local = _local(moment, zone)
    words = formats.date_format(local, "j F Y, g:i a").replace(".", "")
    if zone:
        words = f"{words} {_zone_words(zone)}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.simple_tag
def until(moment: datetime) -> SafeString:
    """A time that is near, in the reader's zone; for today the time of day is enough."""
    local = timezone.localtime(moment)
    near = local.date() == timezone.localdate()
    words = formats.date_format(local, "g:i a" if near else "D j M, g:i a").replace(".", "")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


def _local(moment: datetime | date, zone: str) -> datetime | date:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return moment
    return timezone.localtime(moment, zone_called(zone) if zone else None)

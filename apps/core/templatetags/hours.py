"""The time of day of something saved a moment ago."""

from __future__ import annotations

from django import template

from apps.core.hours import hour_of

register = template.Library()
register.filter("hour", hour_of)

"""The hour of something that was kept a moment ago."""

from __future__ import annotations

from django import template

from apps.core.hours import hour_of

register = template.Library()
register.filter("hour", hour_of)

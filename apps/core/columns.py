"""What a model's column declares: its label, its limits, how it reads a value."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.text import capfirst


def column(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    found = model._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise TypeError(name)
    return found


def label_of(model: type[models.Model], name: str) -> str:
    """The column's label with a capital, as shown before a value or an error."""
    return str(capfirst(column(model, name).verbose_name))

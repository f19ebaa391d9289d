"""Form fields for text that refuse, with a message, what the database, a signature or a screen can't hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import URLValidator

from apps.core.text import one_line, validate_text

HTTP = ("http", "https")


def offer(form: forms.BaseForm, name: str, rows: Any) -> None:
    """Set a field's choices: a queryset for rows, otherwise (value, words) pairs."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
    elif isinstance(field, forms.ChoiceField):
        field.choices = rows
    else:
        raise TypeError(name)


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **options)


class PlainText(forms.CharField):
    """One line of text; line breaks and tabs become spaces."""

    default_validators = [validate_text]

    def to_python(self, value: Any) -> str:
        return one_line(str(super().to_python(value)))


class Words(forms.CharField):
    """Paragraphs, in Markdown if the page says so. Line ends become a single newline."""

    default_validators = [validate_text]
    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class WebAddress(forms.URLField):
    """An http or https address; without a scheme it is taken as https."""

    default_validators = [URLValidator(schemes=HTTP), validate_text]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)

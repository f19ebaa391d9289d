from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PlainText, WebAddress, offer
from apps.frameworks import verbs
from apps.frameworks.importers.rows import LONGEST, MOST_BYTES
from apps.frameworks.models import Framework

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class AboutForm(forms.Form):
    """A framework's name and origin. A CASE file supplies most of what is left empty."""

    title = PlainText(
        label=_("Title"),
        required=False,
        max_length=LONGEST["title"],
        help_text=_("Needed with CSV. A CASE file names its own."),
    )
    kind = forms.ChoiceField(label=_("It lists"), choices=Framework.Kind.choices, initial=Framework.Kind.SKILLS)
    publisher = PlainText(label=_("Publisher"), required=False, max_length=LONGEST["publisher"])
    source_url = WebAddress(label=_("Where it comes from"), required=False, max_length=LONGEST["url"])
    licence = PlainText(
        label=_("Licence"), required=False, max_length=LONGEST["licence"], help_text=_("What its publisher allows.")
    )
    language = PlainText(
        label=_("Language"),
        required=False,
        max_length=LONGEST["language"],
        help_text=_("A code like en or mi."),
        validators=[
            RegexValidator(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", _("Write a language code, like en or mi."))
        ],
    )
    label = PlainText(
        label=_("Version"),
        required=False,
        max_length=LONGEST["version"],
        help_text=_("As people call it, like 2026. Left empty, versions are numbered."),
    )


class UploadForm(AboutForm):
    upload = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        max_length=None,
        help_text=_("CASE 1.1 as JSON, or CSV. Up to 20,000 items and %(most)d MB.") % {"most": MOST_BYTES // 1024**2},
    )
    into = forms.ModelChoiceField(
        label=_("It becomes"),
        queryset=Framework.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("A new framework"),
        help_text=_("Or the next version of one that is here."),
    )
    field_order = ("upload", "into", "label", "title", "kind", "publisher", "source_url", "licence", "language")
    limit = MOST_BYTES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "into", Framework.objects.open().order_by("title"))

    def clean_upload(self) -> UploadedFile:
        """The file, checked for size before a byte of it is read."""
        file: UploadedFile = self.cleaned_data["upload"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(verbs.too_large(file.size or 0))
        return file

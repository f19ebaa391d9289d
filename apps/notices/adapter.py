"""Where allauth meets the house: names are saved, and its letters go through our outbox in our layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.template.loader import render_to_string

from apps.notices import verbs, words

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - allauth's signature
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)  # type: ignore[no-any-return]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A letter of the sign-in pages, in our words where we have them; one without HTML of ours gets its text framed."""
        context = {**words.frame(), "email": email, **context}
        # allauth writes addresses with the host that was asked; letters have ours.
        context |= {
            name: f"{settings.PUBLIC_URL}{urlsplit(str(value))._replace(scheme='', netloc='').geturl()}"
            for name, value in context.items()
            if name.endswith("_url") and value
        }
        message = self.render_mail(template_prefix, email, context)
        subject, text = str(message.subject), str(message.body).strip() + "\n"
        html = next((str(body) for body, kind in getattr(message, "alternatives", ()) if kind == "text/html"), "")
        if not html:
            html = render_to_string("mail/plain.html", {**context, "subject": subject, "text": text})
        verbs.write_for_sign_in(
            kind=template_prefix,
            to=email,
            person=context.get("user"),
            subject=subject,
            text=text,
            html=words.inlined(html),
        )

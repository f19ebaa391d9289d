"""Where allauth meets the house: names are saved, and its letters go through our outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter

from apps.notices import verbs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - allauth's signature
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)  # type: ignore[no-any-return]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message = self.render_mail(template_prefix, email, context)
        html = next(
            (body for body, media_type in getattr(message, "alternatives", ()) if media_type == "text/html"), ""
        )
        verbs.write_for_sign_in(
            kind=template_prefix,
            to=email,
            person=context.get("user"),
            subject=message.subject,
            text=str(message.body),
            html=str(html),
        )

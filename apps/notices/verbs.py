"""What happens to letters: written, delivered."""

from __future__ import annotations

from email.mime.image import MIMEImage
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string

from apps.core import clock, outbox
from apps.core.failpoints import fail_here
from apps.notices.models import Letter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.accounts.models import User

SIGN_IN = "sign-in:"


@transaction.atomic
def write(
    kind: str,
    *,
    key: str,
    to: User,
    context: dict[str, Any],
    attachments: Sequence[dict[str, Any]] = (),
) -> Letter:
    """Write a letter from `templates/mail/<kind>.{subject.txt,txt,html}` in the person's language, and queue it.

    `key` names the event and the person: the same letter is written once, however often it is asked for.
    """
    letter = Letter.objects.filter(dedupe_key=key).first()
    if letter is not None:
        return letter
    context = {**context, "person": to, "public_url": settings.PUBLIC_URL, "site_name": settings.SITE_NAME}
    with translation.override(to.language):
        subject = " ".join(render_to_string(f"mail/{kind}.subject.txt", context).split())
        text = render_to_string(f"mail/{kind}.txt", context).strip() + "\n"
        html = css_inline.inline(
            render_to_string(f"mail/{kind}.html", {**context, "subject": subject}), keep_at_rules=True
        )
    letter = Letter.objects.create(
        dedupe_key=key,
        kind=kind,
        person=to,
        to=to.email,
        subject=subject,
        text=text,
        html=html,
        attachments=list(attachments),
        queued_at=clock.now(),
    )
    outbox.enqueue("apps.notices.tasks.deliver", key=f"deliver:{letter.public_id}", letter_id=letter.pk)
    return letter


@transaction.atomic
def write_for_sign_in(*, kind: str, to: str, person: User | None, subject: str, text: str, html: str) -> Letter:
    """Queue a letter that the sign-in pages composed. It may hold a key to the account: see `deliver`."""
    letter = Letter(kind=kind, person=person, to=to, subject=subject, text=text, html=html, queued_at=clock.now())
    letter.dedupe_key = f"{SIGN_IN}{letter.public_id}"
    letter.save()
    outbox.enqueue("apps.notices.tasks.deliver", key=f"deliver:{letter.public_id}", letter_id=letter.pk)
    return letter


def deliver(letter_id: int) -> None:
    """Hand a letter to the mail server. A second try carries the same Message-ID, so that a reader sees one letter."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter_id)
        if letter.state in {Letter.State.SENT, Letter.State.CANCELLED}:
            return
        message = compose(letter)
        fail_here("before_letter")
        message.send()
        fail_here("after_letter")
        letter.move(Letter.State.SENT)
        letter.sent_at = clock.now()
        if letter.dedupe_key.startswith(SIGN_IN):
            # Its link opens an account: once sent, only the reader has it.
            letter.text = letter.html = ""
        letter.save(update_fields=["state", "sent_at", "text", "html"])


def compose(letter: Letter) -> EmailMultiAlternatives:
    """The message itself, its attachments made now."""
    host = urlsplit(settings.PUBLIC_URL).hostname
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[letter.to],
        headers={"Message-ID": f"<{letter.public_id}@{host}>", "X-Auto-Response-Suppress": "All"},
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    for one in letter.attachments:
        content: bytes = import_string(one["function"])(**one["arguments"])
        if one.get("cid"):
            picture = MIMEImage(content)
            picture.add_header("Content-ID", f"<{one['cid']}>")
            picture.add_header("Content-Disposition", "inline", filename=one["name"])
            message.attach(picture)
        else:
            message.attach(one["name"], content, one["media_type"])
    return message

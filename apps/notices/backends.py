"""Mail without a mail server: letters are kept in a folder and read at /dev/mail/."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from apps.core import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage


# The Message-ID of each letter, one line for every time it was handed over.
HANDED_OVER = "handed-over.log"


class KeptMail(BaseEmailBackend):
    """Keeps one .eml file per Message-ID: a letter handed over twice is kept once, as a mailbox shows it once."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        settings.MAIL_DIR.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            mime = message.message()
            name = hashlib.sha256(str(mime["Message-ID"]).encode()).hexdigest()[:32]
            path = settings.MAIL_DIR / f"{name}.eml"
            unfinished = path.with_suffix(f".{os.getpid()}")
            unfinished.write_bytes(mime.as_bytes(linesep="\r\n"))  # type: ignore[call-arg] # Django's message knows it
            # Satchel's clock, not the disk's: a demo college has letters from last year.
            os.utime(unfinished, (clock.now().timestamp(),) * 2)
            unfinished.replace(path)
            # Several processes append at once, each a whole line.
            with (settings.MAIL_DIR / HANDED_OVER).open("a") as log:
                log.write(f"{mime['Message-ID']}\n")
        return len(email_messages)

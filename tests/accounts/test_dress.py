"""Nothing of allauth's reaches anybody undressed: no page, no letter, no flash."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.core.context import request_context
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils import timezone

from apps.notices.adapter import EVENTS, AccountAdapter
from apps.notices.models import Letter
from tests.factories import person

THEIRS = Path(allauth.__file__).parent / "templates"
OURS = settings.ROOT / "templates"
# What no address here leads to: phones, links instead of codes, sign-up that is closed, an account with one address,
# a list that stands on another page, browsers that are trusted with the second step.
UNREACHABLE = re.compile(
    r"phone|sms|email_change\.html|email_confirm\.html|signup_closed|verification_sent|verified_email_required"
    r"|confirm_password_reset_code|password_reset_code|authenticator_list|trust\.html|snippets/(already|warn|login_)"
    r"|email/email_confirm_(message|subject)|usersessions/"
)
# One extends the other, and holds nothing but the name of a layout of ours.
PLAIN_BASES = re.compile(
    r"/base_(entrance|manage\w*)\.html|(totp|webauthn|recovery_codes)/base\.html|base_message|base_notification"
)

# What an operator did to somebody's account: where the operator sat is not told.
OF_AN_OPERATOR = {"mfa/email/second_step_reset"}


def theirs():
    for folder in ("account", "mfa", "usersessions"):
        for path in sorted((THEIRS / folder).rglob("*.*")):
            name = str(path.relative_to(THEIRS))
            if not UNREACHABLE.search(name) and not PLAIN_BASES.search(name):
                yield name


def test_every_page_letter_and_flash_that_can_be_reached_is_ours():
    assert [name for name in theirs() if not (OURS / name).is_file()] == []


def test_nothing_of_ours_is_dead():
    """Each of our templates under their names has one of theirs that it stands in for, or is used by another."""
    used = {name for path in OURS.rglob("*.*") for name in re.findall(r'"((?:account|mfa)/[\w/.]+)"', path.read_text())}
    letters = {
        f"{prefix}_{part}"
        for prefix in {*EVENTS, *OF_AN_OPERATOR}
        for part in ("subject.txt", "message.txt", "message.html")
    }
    ours = {str(path.relative_to(OURS)) for folder in ("account", "mfa") for path in (OURS / folder).rglob("*.*")}
    in_html_too = {name.replace(".txt", ".html") for name in theirs() if name.endswith("_message.txt")}

    assert sorted(ours - set(theirs()) - used - letters - in_html_too) == []


LETTERS = sorted(
    {name.removesuffix("_subject.txt") for name in theirs() if name.endswith("_subject.txt")}
    | set(EVENTS)
    | OF_AN_OPERATOR
)


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", LETTERS)
def test_every_letter_is_written_in_text_and_html_in_our_layout(rf, prefix):
    request = rf.get("/", headers={"Host": "127.0.0.1:8000"})
    request.user = AnonymousUser()
    someone = person("Mārama & Hēmi")
    with request_context(request):
        AccountAdapter().send_mail(
            prefix,
            someone.email,
            {
                "user": someone,
                "code": "BCDF-GHJK",
                "password_reset_url": "http://localhost:8000/accounts/password/reset/key/1-a-b/",
                "added": "a@people.example",
                "from_email": "b@people.example",
                "to_email": "c@people.example",
                "deleted_email": "d@people.example",
                "timestamp": timezone.now(),
                "ip": "192.0.2.7",
                "device": "Firefox on Linux",
            },
        )

    letter = Letter.objects.latest("pk")
    words = re.sub(r"<style.*?</style>|<[^>]+>", " ", letter.html, flags=re.DOTALL)
    for text in (letter.text, words):
        assert "Kia ora Mārama & Hēmi," in text.replace("&amp;", "&")
        assert not re.search(r"!|example\.com|successfully|[Pp]lease|127\.0\.0\.1|None", text), text
    assert 0 < len(letter.subject) < 60
    assert letter.subject in words
    assert 'class="flap"' in letter.html
    assert "#0d3f39" in letter.html
    assert letter.text.endswith("Ngā mihi,\nSatchel\nhttp://localhost:8000\n")
    if prefix in EVENTS:
        assert "in Firefox on Linux, from the network address 192.0.2.7" in letter.text
        assert "http://localhost:8000/accounts/password/reset/" in letter.text


@pytest.mark.parametrize("name", [name for name in theirs() if "/messages/" in name])
def test_every_flash_speaks_our_way(name):
    said = render_to_string(name, {"email": "a@people.example"}).strip()

    assert not re.search(r"!|successfully|[Pp]lease", said), said

"""/dev/mail/ holds codes that open accounts: where others can reach it, only an operator reads there."""

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client

from apps.notices.backends import HANDED_OVER
from tests.factories import operator, person

pytestmark = pytest.mark.django_db


def test_a_letter_handed_over_twice_is_kept_once_and_both_times_are_written_down(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    one, other = (
        EmailMessage(
            "Code", "123456", "a@example.org", ["b@example.org"], headers={"Message-ID": f"<{name}@example.org>"}
        )
        for name in ("one", "other")
    )

    for letters in ([one], [other, one]):
        get_connection("apps.notices.backends.KeptMail").send_messages(letters)

    assert len(list(settings.MAIL_DIR.glob("*.eml"))) == 2
    handed_over = (settings.MAIL_DIR / HANDED_OVER).read_text().splitlines()
    assert handed_over == ["<one@example.org>", "<other@example.org>", "<one@example.org>"]


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("rest", ["", f"{'0' * 32}/", f"{'0' * 32}/html/", f"{'0' * 32}/attachments/0/"])
def test_where_others_can_listen_letters_are_not_for_strangers(settings, tmp_path, public, rest):
    settings.BIND, settings.DEMO_PUBLIC, settings.MAIL_DIR = "0.0.0.0", public, tmp_path  # noqa: S104
    (tmp_path / f"{'0' * 32}.eml").write_bytes(
        b"Subject: Code\nTo: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        b"--x\nContent-Type: text/plain\n\n123456\n--x\nContent-Type: text/plain\n"
        b"Content-Disposition: attachment; filename=a.txt\n\na\n--x--\n"
    )
    found = []
    for someone in (None, person(), operator()):
        client = Client()
        if someone:
            client.force_login(someone)
        found.append(client.get(f"/dev/mail/{rest}").status_code)

    assert found == [404, 404, 200]

"""/dev/mail/ holds codes that open accounts: where others can reach it, only an operator reads there."""

import pytest
from django.test import Client

from tests.factories import operator, person

pytestmark = pytest.mark.django_db


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

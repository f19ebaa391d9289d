import re

import pytest
from django.test import Client

from apps.issuers.models import *
from apps.notices.models import Letter
from tests.factories import *

pytestmark = pytest.mark.django_db


def test_smoke():
    issuer, owner = issuer_with_owner("Kōwhai Ridge")
    v = published_version(issuer)
    c = Client()
    c.force_login(owner)
    base = f"/organisations/{issuer.slug}/"
    for path in ("", "people/", "profile/", "logo/", "approvals/", "leave/"):
        r = c.get(base + path)
        assert r.status_code == 200, path
    r = c.post(
        base + "people/invite/",
        {
            "email": "Tevita@x.example",
            "role": "assessor",
            "achievement": v.achievement.public_id,
            "until": "2027-03-01",
        },
    )
    assert r.status_code == 302, r.content.decode()
    letter = Letter.objects.latest("pk")
    print(letter.subject)
    print(letter.text)
    link = re.search(r"/invitations/\S+", letter.text)[0]
    print(link)
    r = Client().get(link)
    assert r.status_code == 200
    t = person("Tevita", email="tevita@x.example")
    tc = Client()
    tc.force_login(t)
    assert tc.get("/organisations/").status_code == 200
    r = tc.post(link + "accept/")
    assert r.status_code == 302 and r.headers["Location"] == base, r
    assert tc.get(base).status_code == 200
    s = Seat.objects.get(person=t)
    r = c.get(base + f"people/{s.public_id}/")
    assert r.status_code == 200
    r = c.post(base + f"people/{s.public_id}/suspend/")
    assert r.headers["Location"] == base + "people/"
    r = c.get(base + "people/")
    assert "Suspended" in r.content.decode()
    op = operator()
    oc = Client()
    oc.force_login(op)
    for path in ("/organisations/", "/organisations/found/", base, base + "place/"):
        assert oc.get(path).status_code == 200
    r = oc.post(
        "/organisations/found/",
        {"name": "Ngā Awa", "kind": "organisation", "owner_email": op.email, "under": "", "slug": ""},
    )
    print(r.status_code, r.headers.get("Location"))

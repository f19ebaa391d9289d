"""The share sheet of a badge and of a collection: each artefact is what it is meant for, and shows what is shown."""

import json
import re
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from rest_framework.test import APIClient

from apps.accounts import verbs as accounts
from apps.backpacks import codes, counting, embedding, records, sheet, tokens, verbs
from apps.backpacks.models import ViewCount
from apps.core import clock
from apps.credentials import verbs as credentials
from apps.issuers.models import Issuer
from tests.factories import browser, credential_with_picture, owner_of, person

pytestmark = pytest.mark.django_db
NAME = "Tāne Hēnare"


@pytest.fixture(scope="module")
def made(around_the_file):
    found = credential_with_picture(learner=person(NAME))
    verbs.show_credential(found, by=found.earner, visibility="link")
    return type(found).objects.for_its_page().get(pk=found.pk)


@pytest.fixture
def credential(made):
    return deepcopy(made)


def page_of(credential, reader=None, query=""):
    return browser(reader or credential.earner).get(f"/c/{credential.public_id}/share/{query}")


class Links(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found, self.fields, self._field = [], {}, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "a":
            self.found.append(attrs["href"])
        if tag == "textarea":
            self._field = attrs["id"]
            self.fields[self._field] = ""
        if tag == "input" and "id" in attrs:
            self.fields[attrs["id"]] = attrs.get("value", "")

    def handle_data(self, data):
        if self._field:
            self.fields[self._field] += data

    def handle_endtag(self, tag):
        self._field = ""


def to(links, host):
    return [one for one in links.found if urlsplit(one).netloc == host]


# --- paper ----------------------------------------------------------------------------------------------------------
def poster_of(page):
    """The lines that are there for paper alone."""
    (part,) = re.findall(r'<div class="poster print-only">(.*?)</div>', page.content.decode(), re.DOTALL)
    return [unescape(one) for one in re.findall(r"<p[^>]*>(.*?)</p>", part)]


@pytest.mark.parametrize("shows_name", [True, False])
def test_printed_it_is_a_name_a_code_and_an_address_beside_the_qr_code(credential, shows_name):
    credentials.disclose(credential, by=credential.earner, name=shows_name, words=False, evidence=[])
    before = poster_of(page_of(credential))
    short = verbs.make_code(credential, by=credential.earner)

    after = poster_of(page_of(credential))

    name, *holder, by_line, address = before
    assert (name, holder, address) == (
        credential.version.name,
        [NAME] if shows_name else [],
        f"http://localhost:8000{credential.get_absolute_url()}",
    )
    code = codes.address_of(short)
    assert after == [name, *holder, by_line, code.rpartition("/")[2], code, address]


# --- LinkedIn -------------------------------------------------------------------------------------------------------
def linkedin(*, issued, zone, until=None, number="", name="Te Kura & Sons"):
    """The fields as LinkedIn reads them from the address."""
    local = ZoneInfo(zone)
    record = SimpleNamespace(
        badge_name="Shear a ewe + lamb",
        issuer_name=name,
        awarded_on=issued.astimezone(local),
        valid_until=until.astimezone(local) if until else None,
        address="https://satchel.example/c/abc",
    )
    credential = SimpleNamespace(public_id="abc", issuer=SimpleNamespace(linkedin_number=number))
    whole = urlsplit(sheet.add_to_linkedin(record, credential))
    assert whole[:3] == ("https", "www.linkedin.com", "/profile/add")
    return dict(parse_qsl(whole.query, strict_parsing=True))


def test_linkedin_gets_each_field_in_the_issuers_zone_and_months_from_one():
    # 31 December, 23:30 in Auckland: still December there, and two months further on in no zone at all.
    fields = linkedin(issued=datetime(2026, 12, 31, 10, 30, tzinfo=UTC), zone="Pacific/Auckland")

    assert fields == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Shear a ewe + lamb",
        "organizationName": "Te Kura & Sons",
        "issueYear": "2026",
        "issueMonth": "12",
        "certUrl": "https://satchel.example/c/abc",
        "certId": "abc",
    }


@pytest.mark.parametrize(
    ("issued", "zone", "told"),
    [
        (datetime(2026, 12, 31, 11, 30, tzinfo=UTC), "Pacific/Auckland", ("2027", "1")),
        (datetime(2026, 12, 31, 11, 30, tzinfo=UTC), "UTC", ("2026", "12")),
        (datetime(2027, 1, 1, 4, 59, tzinfo=UTC), "America/New_York", ("2026", "12")),
        (datetime(2027, 1, 1, 5, 0, tzinfo=UTC), "America/New_York", ("2027", "1")),
    ],
)
def test_the_year_turns_where_the_issuer_is(issued, zone, told):
    fields = linkedin(issued=issued, zone=zone)

    assert (fields["issueYear"], fields["issueMonth"]) == told


def test_linkedin_gets_the_organisations_number_in_place_of_its_name_and_the_end():
    fields = linkedin(
        issued=datetime(2026, 5, 3, tzinfo=UTC),
        zone="Pacific/Auckland",
        number="90210044",
        until=datetime(2027, 12, 31, 10, 30, tzinfo=UTC),
    )

    assert (fields["organizationId"], "organizationName" in fields) == ("90210044", False)
    assert (fields["expirationYear"], fields["expirationMonth"]) == ("2027", "12")


def test_the_page_offers_that_very_form(credential):
    Issuer.objects.filter(pk=credential.issuer_id).update(linkedin_number="4711", time_zone="Pacific/Auckland")

    (add, post) = to(Links(page_of(credential).content.decode()), "www.linkedin.com")

    fields = dict(parse_qsl(urlsplit(add).query))
    assert (fields["organizationId"], fields["certId"]) == ("4711", credential.public_id)
    assert fields["certUrl"] == f"http://localhost:8000/c/{credential.public_id}"
    assert post.startswith("https://www.linkedin.com/sharing/share-offsite/?url=http%3A%2F%2Flocalhost%3A8000%2Fc%2F")


# --- the page -------------------------------------------------------------------------------------------------------
def test_other_networks_are_plain_links_that_carry_the_address(credential):
    page = page_of(credential, query="?instance=https://Mastodon.NZ/@tane").content.decode()
    links, address = Links(page), f"http://localhost:8000/c/{credential.public_id}"

    told = {}
    for host in ("mastodon.nz", "bsky.app", "x.com", "www.facebook.com", "wa.me", "www.reddit.com"):
        (one,) = to(links, host)
        told[host] = parse_qs(urlsplit(one).query)
    words = f"I earned “{credential.version.name}” from {credential.issuer.name}."
    assert told == {
        "mastodon.nz": {"text": [f"{words} {address}"]},
        "bsky.app": {"text": [f"{words} {address}"]},
        "x.com": {"text": [words], "url": [address]},
        "www.facebook.com": {"u": [address]},
        "wa.me": {"text": [f"{words} {address}"]},
        "www.reddit.com": {"url": [address], "title": [words]},
    }
    scripts = re.findall(r'<(?:script|img|iframe|link)[^>]+(?:src|href)="(https?://[^"]+)"', page)
    assert [one for one in scripts if not one.startswith("http://localhost:8000/")] == []


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("mastodon.nz", "mastodon.nz"),
        (" @tane@Mastodon.NZ ", "mastodon.nz"),
        ("https://social.example:8443/about", "social.example:8443"),
        ("localhost", ""),
        ("mastodon.nz?x=", ""),
        ("javascript:alert(1)", ""),
        ("a b.nz", ""),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_a_mastodon_is_told_by_its_host_its_address_or_an_account(typed, host):
    assert sheet.host_of(typed) == host


def test_what_is_no_server_is_said_to_be_none(credential):
    page = page_of(credential, query="?instance=javascript:alert(1)").content.decode()

    assert ("That is not a server address" in page, "https://mastodon.social/share" in page) == (True, True)
    assert "https://javascript" not in page


def test_a_private_badge_says_who_would_see_it_and_gives_nothing_out(credential):
    verbs.show_credential(credential, by=credential.earner, visibility="private")
    page = page_of(credential).content.decode()

    assert "Only you see this badge now" in page
    for artefact in ("linkedin.com", "bsky.app", "<iframe", "&lt;iframe", "&lt;table", "qr.svg", "card.png", "oembed"):
        assert artefact not in page

    answer = browser(credential.earner).post(
        f"/c/{credential.public_id}/show/", {"visibility": "link", "then": "share"}
    )
    assert answer.headers["Location"] == f"/c/{credential.public_id}/share/"
    assert "linkedin.com" in page_of(credential).content.decode()


def test_the_sheet_is_for_its_earner(credential):
    assert page_of(credential, person()).status_code == 404
    assert page_of(credential, owner_of(credential.issuer)).status_code == 404
    assert browser(None).get(f"/c/{credential.public_id}/share/").status_code == 302
    mine, others = (
        browser(who).get(f"/c/{credential.public_id}").content.decode() for who in (credential.earner, None)
    )
    link = f"/c/{credential.public_id}/share/"
    assert (link in mine, link in others) == (True, False)


def test_what_was_taken_back_is_no_longer_claimed_and_the_rest_tells_it(credential):
    credentials.revoke(credential, by=owner_of(credential.issuer), reason="mistake", note="")

    page = page_of(credential).content.decode()

    assert "Anyone who opens it sees “Taken back”." in page
    for claim in ("profile/add", "signature-source", "cv-line"):
        assert claim not in page
    assert ("embed-source" in page, "qr.svg" in page) == (True, True)


# --- signature and line -----------------------------------------------------------------------------------------------
class Mail(HTMLParser):
    """What a mail program makes of HTML: its elements with their attributes, and its words."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def test_the_signature_is_a_table_with_alternative_text_whole_addresses_and_no_style(credential):
    links = Links(page_of(credential).content.decode())
    mail = Mail(links.fields["signature-source"])
    badge, address = credential.version, f"http://localhost:8000/c/{credential.public_id}"

    assert {tag for tag, _attrs in mail.elements} == {"table", "tr", "td", "a", "img", "b", "br"}
    assert mail.all("img") == [
        {
            "src": f"http://localhost:8000/achievements/{badge.achievement.slug}/v{badge.number}/badge.png",
            "alt": f"{badge.name}, from {credential.issuer.name}",
            "width": "72",
            "height": "72",
            "border": "0",
        }
    ]
    assert [one["href"] for one in mail.all("a")] == [address] * 3
    assert not [attrs for _tag, attrs in mail.elements if {"style", "class", "id", "color", "bgcolor"} & set(attrs)]
    assert NAME not in "".join(mail.words)


def test_names_cannot_break_out_of_any_artefact(credential):
    hostile = '"><script>alert(1)</script>& <b>'
    record = records.record_of(credential, form=None, full=False, brief=True)

    made = sheet.of_credential(replace(record, badge_name=hostile, issuer_name=hostile), credential)

    mail, frame = Mail(made.signature), Mail(str(made.frame.html()))
    assert (mail.all("script"), mail.all("img")[0]["alt"], "".join(mail.words).count(hostile)) == (
        [],
        f"{hostile}, from {hostile}",
        2,
    )
    assert [tag for tag, _attrs in frame.elements] == ["iframe"]
    assert frame.all("iframe")[0]["title"] == hostile
    page = ET.fromstring(embedding.xml(made.frame.oembed()))  # noqa: S314 - written by ourselves
    assert (page.find("title").text, page.find("html").text) == (hostile, str(made.frame.html()))


def test_the_line_for_a_cv_is_plain_text_with_an_address_to_type(credential):
    def line():
        return Links(page_of(credential).content.decode()).fields["cv-line"].strip()

    local = credential.awarded_at.astimezone(ZoneInfo(credential.issuer.time_zone))
    day = f"{local.day} {local:%B %Y}"
    begins = f"{credential.version.name}, {credential.issuer.name}, {day}. "
    assert line() == f"{begins}http://localhost:8000/c/{credential.public_id}"

    code = verbs.make_code(credential, by=credential.earner)

    assert line() == f"{begins}{codes.address_of(code)}"


# --- collections --------------------------------------------------------------------------------------------------------
def test_each_link_of_a_collection_has_a_sheet_of_its_own(credential):
    owner = credential.earner
    collection = verbs.make_collection(by=owner, title="Blades")
    verbs.collect(collection, credential.backpack_item, by=owner)
    first, second = (verbs.share(collection, by=owner, name=name) for name in ("Fern", "Rimu"))
    there = f"/backpack/collections/{collection.public_id}"

    page = browser(owner).get(f"{there}/links/{first.public_id}/").content.decode()

    token, other = (tokens.token_of(one.public_id) for one in (first, second))
    assert (f"http://localhost:8000/b/{token}/" in page, other in page, "profile/add" in page) == (True, False, False)
    assert f"http://localhost:8000/embed/b/{token}" in page
    mail = Mail(Links(page).fields["signature-source"])
    assert mail.all("img")[0] | {"width": "", "height": ""} == {
        "src": f"http://localhost:8000/b/{token}/card.png",
        "alt": "Blades",
        "width": "",
        "height": "",
        "border": "0",
    }
    assert browser(person()).get(f"{there}/links/{first.public_id}/").status_code == 404
    verbs.revoke_link(first, by=owner)
    assert browser(owner).get(f"{there}/links/{first.public_id}/").status_code == 404


def test_a_public_collection_is_handed_on_by_its_own_address(credential):
    owner = credential.earner
    collection = verbs.make_collection(by=owner, title="Blades")
    verbs.collect(collection, credential.backpack_item, by=owner)
    there = f"/backpack/collections/{collection.public_id}"
    client = browser(owner)
    assert client.get(f"{there}/sheet/").headers["Location"] == f"{there}/#share"

    verbs.publish_collection(collection, by=owner)

    assert f"http://localhost:8000/b/{collection.public_id}/" in client.get(f"{there}/sheet/").content.decode()
    assert client.post(f"{there}/sheet/code/").headers["Location"] == f"{there}/sheet/#paper"
    assert "/v/" in client.get(f"{there}/sheet/").content.decode()


# --- looks --------------------------------------------------------------------------------------------------------------
def looks_at(credential):
    """What was taken in, whether a process has handed it on by itself already or not."""
    counting.hand_on()
    counting.take_in()
    return counting.days_of("credential", credential.public_id, since=credential.awarded_at.date())


def test_looks_of_strangers_are_counted_and_neither_ones_own_nor_a_programs(credential):
    path = f"/c/{credential.public_id}"
    before = sum(number for _day, number in looks_at(credential))  # by other tests of this file

    browser(None).get(path)
    browser(person()).get(path)
    browser(None).head(path)
    browser(credential.earner).get(path)
    browser(None).get(path, headers={"Accept": "application/vc"})
    browser(None).get(f"/embed{path}")

    assert looks_at(credential) == [(clock.now().date(), before + 2)]


def test_a_page_that_everybody_opens_is_made_once_and_each_look_counted(credential, settings):
    settings.KEPT_BRIEFLY = 60.0
    path = f"/c/{credential.public_id}"

    for _look in range(5):
        browser(None).get(path)
    browser(None).head(path)

    assert looks_at(credential) == [(clock.now().date(), 5)]


def test_the_earner_reads_the_looks_by_day(credential):
    today = clock.now().date()
    for days, number in ((0, 3), (2, 5), (29, 1), (30, 100)):
        ViewCount.objects.create(
            of="credential", subject_id=credential.public_id, on=today - timedelta(days=days), number=number
        )

    page = page_of(credential).content.decode()

    assert "9 times in thirty days." in page
    table = re.search(r'<table class="figures">(.*?)</table>', page, re.DOTALL)[1]
    assert re.findall(r'<td class="num">(\d+)</td>', table) == ["3", "5", "1"]
    heights = re.findall(r'<rect class="amount"[^>]* height="([\d.]+)"', page)
    assert heights == ["20.0", "100.0", "60.0"]


# --- for programs ---------------------------------------------------------------------------------------------------------
def test_programs_read_the_same_for_their_own_person_and_nobody_elses(credential):
    _token, key = accounts.create_token(credential.earner, by=credential.earner, name="x", scopes=["credentials:read"])
    client = APIClient(headers={"Authorization": f"Bearer {key}"})
    path = f"/api/v1/credentials/{credential.public_id}/share/"

    answer = client.get(path)

    address = f"http://localhost:8000/c/{credential.public_id}"
    body = answer.json()
    assert (answer.status_code, sorted(body)) == (
        200,
        [
            *(
                "card",
                "cv_line",
                "embed",
                "linkedin",
                "name",
                "networks",
                "oembed",
                "qr",
                "short_url",
                "signature_html",
            ),
            "url",
        ],
    )
    assert (body["url"], body["short_url"], body["qr"]) == (
        address,
        None,
        {"svg": f"{address}/qr.svg", "png": f"{address}/qr.png"},
    )
    assert NAME not in json.dumps(body, ensure_ascii=False)
    assert APIClient().get(path).status_code == 401
    verbs.show_credential(credential, by=credential.earner, visibility="private")
    assert (client.get(path).status_code, client.get(path).json()["detail"]) == (
        409,
        "Nobody but you sees it now. Show it first.",
    )

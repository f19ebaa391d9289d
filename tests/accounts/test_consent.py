import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.template.loader import get_template
from django.test import Client

from apps.accounts import queries, verbs
from apps.accounts.models import Consent, User
from apps.core.models import Event
from tests.factories import open_attempt, person

pytestmark = pytest.mark.django_db
PAGE = {"Accept": "text/html,application/xhtml+xml"}
YES = {"agree": "on"}


@pytest.fixture
def newcomer():
    """Somebody an operator registered: nobody has asked them yet."""
    return verbs.register(email="hoa@people.example", name="Hoa", password=None)


@pytest.fixture
def publish_newer_terms(settings, tmp_path):
    def publish():
        """Version 2 of the terms."""
        text = tmp_path / "terms" / "v2.html"
        text.parent.mkdir()
        text.write_text('{% extends "accounts/document.html" %}{% block heading %}New terms{% endblock %}')
        (template,) = settings.TEMPLATES
        settings.TEMPLATES = [{**template, "DIRS": [*template["DIRS"], tmp_path]}]
        settings.CONSENT_VERSIONS = {"terms": 2, "privacy": 1}

    return publish


def test_consent_keeps_each_document_with_its_version_and_leaves_a_trail(newcomer):
    verbs.consent(newcomer, by=newcomer)

    given = newcomer.consents.order_by("document").values_list("document", "version")
    events = Event.objects.filter(kind="consent.given", subject_id=newcomer.public_id).order_by("pk")
    assert list(given) == [("privacy", 2), ("terms", 1)]
    assert [(event.actor_id, event.data) for event in events] == [
        (newcomer.public_id, {"document": "terms", "version": 1}),
        (newcomer.public_id, {"document": "privacy", "version": 2}),
    ]
    assert queries.open_documents(User.objects.get(pk=newcomer.pk)) == []


def test_consent_twice_keeps_the_first_time(newcomer):
    verbs.consent(newcomer, by=newcomer)
    before = list(newcomer.consents.values())

    verbs.consent(newcomer, by=newcomer)

    assert list(newcomer.consents.values()) == before
    assert Event.objects.filter(kind="consent.given").count() == 2


def test_nobody_agrees_for_another(newcomer):
    with pytest.raises(PermissionDenied):
        verbs.consent(newcomer, by=person())

    assert not newcomer.consents.exists()
    verbs.consent(newcomer, by=newcomer)


def test_a_newer_version_is_one_row_more(newcomer, publish_newer_terms):
    Consent.objects.create(person=newcomer, document="terms", version=1, given_at=newcomer.joined_at)
    publish_newer_terms()

    verbs.consent(newcomer, by=newcomer)

    assert list(newcomer.consents.order_by("document", "version").values_list("document", "version")) == [
        ("privacy", 1),
        ("terms", 1),
        ("terms", 2),
    ]


@pytest.mark.parametrize(
    ("document", "version", "rule"),
    [
        ("terms", 1, "one_consent_per_version"),
        ("terms", 0, "consent_versions_begin_at_1"),
        ("poem", 1, "consent_to_a_known_document"),
    ],
)
def test_the_database_keeps_the_rules(document, version, rule):
    someone = person()

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Consent.objects.create(person=someone, document=document, version=version, given_at=someone.joined_at)


def test_a_newer_version_stands_in_the_way_of_the_next_page_and_nothing_else(publish_newer_terms, browser_of):
    someone = person()
    attempt = open_attempt(learner=someone)
    client = browser_of(someone)
    publish_newer_terms()
    work = f"/submissions/{attempt.submission.public_id}/"

    page = client.get(f"{work}?from=letter")
    asked = client.get(page.headers["Location"])
    form = client.post(f"{work}save/", {"overview": "Typed before.", "reflection": "", "edition": attempt.edition})
    part = client.get(work, headers={"HX-Request": "true"})
    picture = client.get(work, headers={"Accept": "image/avif,*/*"})
    others = [
        client.get(path).status_code for path in ("/terms/", "/privacy/", "/help/", "/backpack/", "/accounts/email/")
    ]

    assert page.headers["Location"] == f"/accounts/consent/?next=%2Fsubmissions%2F{work[13:-1]}%2F%3Ffrom%3Dletter"
    assert "the texts have changed" in asked.content.decode()
    assert "consent" not in form.headers.get("Location", "")
    attempt.refresh_from_db()
    assert attempt.overview == "Typed before."
    assert (part.status_code, picture.status_code, others) == (200, 200, [200] * 5)


def test_who_agrees_goes_on_where_they_were_going(publish_newer_terms, browser_of):
    client = browser_of(person())
    publish_newer_terms()

    unticked = client.post("/accounts/consent/", {"next": "/submissions/"})
    agreed = client.post("/accounts/consent/", {**YES, "next": "/submissions/"})

    assert "Nothing can be kept for you without this." in unticked.content.decode()
    assert 'name="next" value="/submissions/"' in unticked.content.decode()
    assert (agreed.status_code, agreed.headers["Location"]) == (302, "/submissions/")
    assert client.get("/submissions/").status_code == 200
    elsewhere = client.post("/accounts/consent/", {**YES, "next": "https://elsewhere.example/"})
    assert elsewhere.headers["Location"] == "/accounts/consent/"


def test_somebody_who_was_never_asked_is_asked_before_the_first_page(newcomer):
    client = Client(headers=PAGE)
    client.force_login(newcomer)

    page = client.get("/", follow=True)

    assert page.redirect_chain == [("/accounts/consent/?next=%2F", 302)]
    assert "Before you go on" in page.content.decode()


def test_the_account_tells_what_one_agreed_to_and_the_text_stays_readable(publish_newer_terms, browser_of):
    client = browser_of(person())
    publish_newer_terms()
    client.post("/accounts/consent/", YES)

    page = client.get("/accounts/consent/").content.decode()
    old, new = client.get("/terms/v1").content.decode(), client.get("/terms/").content.decode()

    for address in ("/terms/v1", "/terms/v2", "/privacy/v1"):
        assert f'href="{address}"' in page
    assert "This text is no longer in force." in old
    assert "New terms" in new
    assert 'href="/terms/v1"' in new


def test_a_token_goes_on_reading_and_writes_again_after_a_yes(client, publish_newer_terms):
    someone = person()
    _token, secret = verbs.create_token(someone, by=someone, name="a", scopes=["submissions:read", "submissions:write"])
    slug = open_attempt().submission.achievement.slug
    headers = {"Authorization": f"Bearer {secret}"}
    publish_newer_terms()

    def start():
        return client.post(
            "/api/v1/submissions/", {"achievement": slug}, content_type="application/json", headers=headers
        )

    refused = start()

    assert client.get("/api/v1/submissions/", headers=headers).status_code == 200
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "The terms have changed. Sign in and agree to them, then this token writes again.",
    )
    verbs.consent(someone, by=someone)
    assert start().status_code == 201


def test_every_version_that_somebody_may_have_agreed_to_has_its_text():
    assert set(settings.CONSENT_VERSIONS) == set(Consent.Document.values)
    for document, newest in settings.CONSENT_VERSIONS.items():
        for version in range(1, newest + 1):
            assert get_template(f"{document}/v{version}.html")

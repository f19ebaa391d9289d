"""Keeping an award with the link in its letter, before there is an account and after."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied

from apps.accounts import queries as people
from apps.accounts import verbs as accounts
from apps.accounts.models import User
from apps.backpacks.models import BackpackItem
from apps.core import clock, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.credentials import tokens, verbs
from apps.credentials.models import ClaimLink, Credential
from apps.notices.models import Letter, Notice
from tests.credentials.letters import NEW, awarded, link_in, sent_to
from tests.factories import PASSWORD, browser, code_sent_to, events_of, owner_of, person, published_version
from tests.together import at_once, meanwhile

pytestmark = pytest.mark.django_db

TYPED = {"name": "Hēmi Ruru-Hīroki", "agree": "on"}
MINE = {"mine": "on"}


@pytest.fixture
def credential():
    return awarded()


@pytest.fixture
def link(credential):
    return link_in(sent_to(NEW)[0])


def signed_in(someone):
    """With the password, asked for once more just now."""
    client = browser(someone)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def everything():
    """Rows of all that a claim would change."""
    models = (User, EmailAddress, UserSession, Credential, ClaimLink, Event, Job, Letter, Notice, BackpackItem)
    return {model.__name__: sorted(map(str, model.objects.values_list())) for model in models}


def test_the_page_says_what_it_is_and_opening_it_writes_nothing(credential, link):
    before = everything()

    answers = [browser().get(link), browser().head(link)]

    page = answers[0].content.decode()
    assert everything() == before
    assert (answers[0]["X-Robots-Tag"], answers[0]["Referrer-Policy"]) == ("noindex", "same-origin")
    assert ("h•••@people.example" in page, NEW in page, credential.version.name in page) == (True, False, True)
    assert (credential.issuer.name in page, 'value="Hēmi Ruru"' in page, page.count("btn-primary")) == (True, True, 1)


def test_who_was_never_here_keeps_it_and_is_in_their_backpack(credential, link):
    client = browser()

    answer = client.post(link, TYPED, follow=True)

    credential.refresh_from_db()
    earner = credential.earner
    assert (answer.redirect_chain[-1][0], answer.status_code) == ("/backpack/", 200)
    assert credential.version.name in answer.content.decode()
    assert (credential.state, earner.name, people.verified_addresses_of(earner)) == ("claimed", TYPED["name"], [NEW])
    assert people.open_documents(earner) == []
    assert events_of(credential)[-1] == ("credential.claimed", earner.public_id)
    assert [kind for kind, by in events_of(earner) if by == earner.public_id] == [
        "address.confirmed",
        "person.registered",
        "consent.given",
        "consent.given",
    ]
    assert UserSession.objects.filter(user=earner).count() == 1


def test_without_a_yes_to_the_texts_or_a_name_nothing_is_kept(credential, link):
    before = everything()

    for typed in ({"name": ""}, {"name": "Hēmi"}, {"agree": "on"}, {"name": " ", "agree": "on"}):
        assert browser().post(link, typed).status_code == 422

    assert everything() == before


def test_used_it_is_as_if_it_had_never_been(credential, link):
    browser().post(link, TYPED)

    guessed = f"/claim/{tokens.token_of('nobody')}/"
    again, never = browser().get(link), browser().get(guessed)
    assert (again.status_code, never.status_code) == (404, 404)
    assert again.content.replace(link[7:33].encode(), guessed[7:33].encode()) == never.content
    assert browser().post(link, TYPED).status_code == 404


def test_it_opens_ninety_days_from_the_last_letter(credential, link):
    owner = owner_of(credential.issuer)
    with clock.at(clock.now() + timedelta(days=80)):
        verbs.resend(credential, by=owner)
        outbox.drain()
    for days, status in {169: 200, 171: 404}.items():
        with clock.at(clock.now() + timedelta(days=days)):
            assert browser().get(link).status_code == status, days


@pytest.mark.parametrize("act", ["revoke", "suspend", "reissue", "claim"])
def test_what_is_taken_back_paused_replaced_or_kept_elsewhere_opens_nothing(credential, link, act):
    owner = owner_of(credential.issuer)
    acts = {
        "revoke": lambda: verbs.revoke(credential, by=owner, reason="mistake", note=""),
        "suspend": lambda: verbs.suspend(credential, by=owner, note=""),
        "reissue": lambda: verbs.reissue(credential, by=owner),
        "claim": lambda: verbs.claim(credential, by=credential.earner),
    }
    acts[act]()

    assert [browser().get(link).status_code, browser().post(link, TYPED).status_code] == [404, 404]


def test_who_declined_may_keep_it_after_all(credential, link):
    verbs.decline(credential, by=credential.earner)

    browser().post(link, TYPED)

    credential.refresh_from_db()
    assert credential.state == "claimed"


def test_an_account_in_use_is_signed_in_to_first(link, credential):
    client = browser()
    client.post("/accounts/login/code/", {"login": NEW})
    client.post("/accounts/login/code/confirm/", {"code": code_sent_to(NEW)})
    outbox.drain()
    client.logout()

    page = browser().get(link).content.decode()
    answer = browser().post(link, TYPED)

    assert ("Sign in to keep it" in page, 'name="agree"' in page) == (True, False)
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={link}")
    credential.refresh_from_db()
    assert (credential.state, credential.earner.name) == ("offered", "Hēmi Ruru")


def test_who_has_an_account_signs_in_and_keeps_it():
    earner = person("Ani")
    credential = awarded(address=earner.email)
    link = link_in(sent_to(earner.email)[0])
    assert browser().post(link, TYPED).status_code == 302
    client = browser()
    client.post("/accounts/login/", {"login": earner.email, "password": PASSWORD, "next": link})

    page = client.get(link).content.decode()
    answer = client.post(link)

    credential.refresh_from_db()
    earner.refresh_from_db()
    assert ("Keep it" in page, answer.url, credential.state, earner.name) == (True, "/backpack/", "claimed", "Ani")


@pytest.mark.parametrize("younger", [True, False])
def test_who_is_too_young_to_share_by_themselves_says_so_when_they_take_the_account_up(credential, link, younger):
    answer = browser().post(link, {**TYPED, **({"younger": "on"} if younger else {})})

    credential.earner.refresh_from_db()
    assert (answer.status_code, credential.earner.is_minor) == (302, younger)


def test_somebody_else_who_is_signed_in_keeps_nothing(credential, link):
    other = person()
    client = browser(other)

    page = client.get(link).content.decode()
    answer = client.post(link, TYPED)

    credential.refresh_from_db()
    assert (answer.status_code, credential.state) == (200, "offered")
    assert ("This address is mine too: keep it here" in page, NEW in page) == (True, False)
    with pytest.raises(PermissionDenied):
        verbs.claim_by_link(ClaimLink.objects.get(), by=other)


def test_who_is_signed_in_with_another_address_keeps_it_there_and_the_unused_account_comes_along(credential, link):
    ana, made = person("Ana", email="ana@home.example"), credential.earner
    second = awarded(address=NEW)
    client = signed_in(ana)

    answer = client.post(link, MINE, follow=True)
    outbox.drain()

    assert (answer.redirect_chain, credential.version.name in answer.content.decode()) == ([("/backpack/", 302)], True)
    for one in (credential, second, made, ana):
        one.refresh_from_db()
    assert (credential.state, credential.earner, second.state, second.earner) == ("claimed", ana, "offered", ana)
    assert (made.merged_into, made.is_active, ana.email, ana.name) == (ana, False, "ana@home.example", "Ana")
    assert people.verified_addresses_of(ana) == ["ana@home.example", NEW]
    assert [kind for kind, _by in events_of(ana)][-2:] == ["person.merged", "address.added"]
    assert events_of(credential)[-1] == ("credential.claimed", ana.public_id)
    assert "belongs to your account now" in sent_to("ana@home.example")[-1].body
    assert browser().get(link).status_code == 404


def test_it_is_asked_first_whether_it_is_they(credential, link):
    client = browser(person())  # who signed in some time ago

    answer = client.post(link, MINE)

    credential.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, f"/accounts/reauthenticate/?next={quote(link, safe='')}")
    assert credential.state == "offered"


@pytest.mark.parametrize("used", ["address", "token", "in", "off", "operator", "another", "moved"])
def test_an_account_in_use_is_not_taken_in_by_a_letter_of_an_award(credential, link, used):
    bring_into_use(credential.earner, used)
    ana = person()
    client = signed_in(ana)

    page = client.get(link).content.decode()
    answer = client.post(link, MINE)
    with pytest.raises(Refused, match="in use"):
        verbs.claim_as_own(ClaimLink.objects.get(), by=ana)

    credential.refresh_from_db()
    assert (answer.status_code, credential.state, credential.earner == ana) == (200, "offered", False)
    assert ("belongs to another account" in page, 'href="/accounts/merge/"' in page) == (True, True)
    assert "mine too" not in page
    assert len(people.verified_addresses_of(ana)) == 1


def test_what_stands_between_two_accounts_is_said_and_nothing_is_taken_in(credential, link):
    owner = owner_of(credential.issuer)
    client = signed_in(owner)

    page = client.get(link).content.decode()
    answer = client.post(link, MINE)
    with pytest.raises(Refused, match="nobody may do for themselves"):
        verbs.claim_as_own(ClaimLink.objects.get(), by=owner)

    credential.refresh_from_db()
    assert (answer.status_code, credential.state) == (200, "offered")
    assert ("nobody may do for themselves" in page, "mine too" in page) == (True, False)


def test_a_link_that_has_done_its_work_takes_nothing_in(credential):
    link = ClaimLink.objects.get()
    verbs.revoke(credential, by=owner_of(credential.issuer), reason="mistake", note="")

    with pytest.raises(Refused, match="already been used"):
        verbs.claim_as_own(link, by=person())

    assert User.objects.get(pk=credential.earner_id).merged_into is None


@pytest.mark.parametrize("used", ["address", "token", "in", "off", "operator", "another", "moved"])
def test_a_letter_is_no_key_to_an_account_that_is_in_use(credential, link, used):
    bring_into_use(earner := credential.earner, used)

    answer = browser().post(link, TYPED)
    with pytest.raises(Refused, match="in use"):
        verbs.claim_by_link(ClaimLink.objects.get(), by=None, name="X")

    credential.refresh_from_db()
    assert (answer.status_code, credential.state) == (302, "offered")
    assert not EmailAddress.objects.filter(user=earner, email=NEW, verified=True).exists()


def test_a_password_that_nobody_proved_is_no_use_and_ends_with_the_letter(credential, link):
    earner = credential.earner
    earner.set_password(PASSWORD)
    earner.save(update_fields=["password"])
    client = browser()

    page = client.post(link, TYPED, follow=True).content.decode()

    credential.refresh_from_db()
    earner.refresh_from_db()
    assert "was proved no longer works" in page
    assert (credential.state, earner.has_usable_password()) == ("claimed", False)


def bring_into_use(earner, used):
    if used == "address":
        EmailAddress.objects.create(user=earner, email="work@people.example", verified=True)
    elif used == "token":
        accounts.create_token(earner, by=earner, name="x", scopes=["profile:read"])
    elif used == "in":
        earner.last_login = clock.now()
    elif used == "off":
        earner.is_active = False
    elif used == "operator":
        earner.is_operator = True
    elif used == "another":  # somebody has proved it as theirs meanwhile
        EmailAddress.objects.create(user=person(), email=NEW, verified=True)
    else:
        earner.email = "elsewhere@people.example"
    earner.save()


def test_nobody_moves_in_for_another(credential):
    with pytest.raises(PermissionDenied):
        accounts.move_in(credential.earner, by=person(), address=NEW, name="X")


def test_guesses_are_counted(settings):
    settings.RATE_LIMITS_FACTOR, settings.RATE_LIMITS = 1, settings.RATE_LIMITS | {"claim": "3/h"}

    answers = [browser().get(f"/claim/{tokens.token_of(str(n))}/").status_code for n in range(5)]

    assert answers == [404, 404, 404, 429, 429]


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_keep_it_once():
    credential = awarded(published_version())
    link = ClaimLink.objects.get()

    came = at_once(*[lambda: verbs.claim_by_link(link, by=None, name="Hēmi")] * 2)

    assert sorted(type(one).__name__ for one in came) == ["Credential", "Refused"]
    assert [kind for kind, _by in events_of(credential)].count("credential.claimed") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other_first", [True, False])
def test_of_who_takes_it_up_and_who_takes_it_in_at_one_moment_one_has_it(other_first):
    credential, ana = awarded(published_version()), person()
    link = ClaimLink.objects.get()
    acts = [lambda: verbs.claim_by_link(link, by=None, name="Hēmi"), lambda: verbs.claim_as_own(link, by=ana)]

    first, second = meanwhile(*(acts if other_first else reversed(acts)))

    credential.refresh_from_db()
    assert (type(first), type(second)) == (Credential, Refused)
    assert (credential.state, credential.earner == ana) == ("claimed", not other_first)

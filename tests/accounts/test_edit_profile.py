from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from apps.accounts import verbs
from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.models import Event
from apps.notices.models import Letter
from apps.notices.queries import digests_due
from apps.notices.verbs import choose, write_digest
from tests.factories import notice_for, person

pytestmark = pytest.mark.django_db


def test_edit_profile_takes_the_changes_and_leaves_a_trail_without_the_words():
    someone = person("Marama")

    verbs.edit_profile(someone, by=someone, name="Mārama", time_zone="Pacific/Chatham")

    someone.refresh_from_db()
    assert (someone.name, someone.time_zone) == ("Mārama", "Pacific/Chatham")
    event = Event.objects.get(kind="person.edited")
    assert (event.actor_id, event.data) == (someone.public_id, {"fields": ["name", "time_zone"]})


def test_nobody_edits_another():
    someone = person("Marama")

    with pytest.raises(PermissionDenied):
        verbs.edit_profile(someone, by=person(), name="Somebody else")

    someone.refresh_from_db()
    assert someone.name == "Marama"


def test_the_page_saves_and_says_so(client):
    someone = person("Marama")
    client.force_login(someone)

    kept = {"name": "Mārama", "language": "en", "time_zone": "Pacific/Chatham"}
    done = client.post("/accounts/profile/", kept, follow=True)
    refused = client.post("/accounts/profile/", {"name": "", "time_zone": "Nowhere/Land"})

    someone.refresh_from_db()
    assert (someone.name, someone.time_zone) == ("Mārama", "Pacific/Chatham")
    assert "Saved." in done.content.decode()
    assert (refused.status_code, Event.objects.filter(kind="person.edited").count()) == (200, 1)


def test_the_language_is_chosen_by_its_own_verb_and_not_with_the_profile(client):
    someone = person()
    client.force_login(someone)

    client.post("/accounts/profile/", {"name": "Mārama", "language": "mi", "time_zone": "Pacific/Chatham"})

    someone.refresh_from_db()
    assert (someone.language, Event.objects.get(kind="person.edited").data) == ("en", {"fields": ["name", "time_zone"]})


def test_one_language_is_no_question_and_three_are(client, settings):
    client.force_login(person())
    asks = "For the pages, and for the letters we send you."

    assert asks in client.get("/accounts/profile/").content.decode()
    settings.LANGUAGES = [("en", "English")]
    assert asks not in client.get("/accounts/profile/").content.decode()


def test_the_account_begins_with_the_profile(client):
    client.force_login(person())

    page = client.get("/accounts/", follow=True)

    assert page.redirect_chain == [("/accounts/profile/", 302)]
    for path in ("email/", "password/change/", "security/", "sessions/", "tokens/", "consent/"):
        assert f'href="/accounts/{path}"' in page.content.decode()


# --- zones ------------------------------------------------------------------------------------------------------------
def test_which_zones_there_are_is_the_machines_to_know_and_in_no_migration():
    assert User._meta.get_field("time_zone").choices is None


def test_who_chose_a_zone_that_this_machine_does_not_know_reads_pages_letters_and_digests_in_utc(client):
    someone = person()
    User.objects.update(time_zone="America/Nowhere")
    someone.refresh_from_db()
    client.force_login(someone)
    choose(someone, by=someone, ways={"seat_given": "digest"})
    notice_for(someone, "award")
    notice_for(someone, "seat_given", role="owner")
    outbox.drain()

    page = client.get("/accounts/profile/")
    tomorrow = clock.now() + timedelta(days=1)
    due = [one.person for one in digests_due(tomorrow)]
    write_digest(someone, before=tomorrow)
    outbox.drain()

    assert (page.status_code, '<option value="UTC" selected>' in page.text) == (200, True)
    assert due == [someone]
    assert set(Letter.objects.values_list("kind", "state")) == {("award", "sent"), ("digest", "sent")}


def test_nobody_takes_on_a_zone_that_there_is_not():
    someone = person()
    someone.time_zone = "America/Nowhere"

    with pytest.raises(ValidationError, match="There is no time zone “America/Nowhere”"):
        someone.full_clean()

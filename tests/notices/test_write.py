import threading

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.models import Job
from apps.notices import verbs
from apps.notices.models import Letter, Notice
from tests.factories import notice_for, person

pytestmark = pytest.mark.django_db

BADGE = {"name": "badge.png", "media_type": "image/png", "function": "somewhere", "arguments": {}, "cid": "badge"}


def test_write_tells_under_the_bell_and_queues_a_letter():
    reader = person()

    notice = notice_for(reader, key="handed_in:abc", attachments=[BADGE])

    notice.refresh_from_db()
    letter = notice.letter
    assert (notice.person, notice.kind, notice.key, notice.way, notice.address, notice.read_at) == (
        reader,
        "handed_in",
        "handed_in:abc",
        "at_once",
        "/submissions/",
        None,
    )
    assert (letter.person, letter.to, letter.kind, letter.state, letter.attachments) == (
        reader,
        reader.email,
        "handed_in",
        "queued",
        [BADGE],
    )
    assert Job.objects.get(key=f"deliver:{letter.public_id}").state == "pending"


def test_the_same_event_is_told_once_to_each_person():
    one, other = person(), person()

    first = notice_for(one, key="handed_in:abc")
    again = notice_for(one, key="handed_in:abc", badge="Another word")
    notice_for(other, key="handed_in:abc")

    assert again == first
    assert again.facts["badge"] == "Sharpen a knife"
    assert sorted(Notice.objects.values_list("person", "key")) == sorted(
        [(one.pk, "handed_in:abc"), (other.pk, "handed_in:abc")]
    )
    assert Letter.objects.count() == 2
    assert Job.objects.filter(function="apps.notices.tasks.deliver").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_it_at_once_tell_it_once():
    reader = person()
    barrier, failed = threading.Barrier(2), []

    def tell():
        try:
            barrier.wait()
            notice_for(reader, key="handed_in:abc")
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=tell) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert failed == []
    assert (Notice.objects.count(), Letter.objects.count()) == (1, 1)


@pytest.mark.parametrize("way", ["digest", "here"])
def test_who_chose_otherwise_gets_no_letter_now(way):
    reader = person()
    verbs.choose(reader, by=reader, ways={"handed_in": way})

    notice = notice_for(reader, attachments=[BADGE])

    assert (notice.way, notice.letter) == (way, None)
    assert not Letter.objects.exists()


def test_no_word_is_written_in_the_transaction_of_the_change():
    """Facts that no template can read hold up the letter; the act that they tell of stands."""
    with transaction.atomic():
        notice = notice_for(person(), answer_by="soon")

    assert (notice.letter.state, notice.letter.text) == ("queued", "")
    with pytest.raises(ValueError, match="isoformat"):
        verbs.deliver(notice.letter_id)
    notice.letter.refresh_from_db()
    assert notice.letter.state == "failed"


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ({"key": "taken"}, "one_notice_an_event_and_person"),
        ({"way": "pigeon"}, "notice_way_known"),
        ({"way": "here"}, "only_here_is_never_mailed"),
        ({"address": "https://elsewhere.example/"}, "notice_leads_into_the_house"),
        ({"address": "//elsewhere.example/"}, "notice_leads_into_the_house"),
        ({"address": "/\\elsewhere.example/"}, "notice_leads_into_the_house"),
    ],
)
def test_the_database_keeps_the_rules_by_itself(spoil, rule):
    reader = person()
    notice_for(reader, key="taken")
    notice = notice_for(reader)

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(**spoil)

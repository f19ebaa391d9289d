import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core import clock
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.issuers.models import EvidenceRequirement
from apps.submissions import files, queries, verbs
from apps.submissions.models import EvidenceItem, Submission
from tests.factories import browser, drafted_version, open_attempt, owner_of, person, png_upload
from tests.factories.uploads import begun, checked_piece, mp4, pdf, send, sent_piece, zipped

pytestmark = pytest.mark.django_db
FILM = mp4()


def add(attempt, content, **facts):
    return verbs.add_evidence(
        attempt, by=attempt.submission.learner, kind="document", upload=SimpleUploadedFile("a.pdf", content), **facts
    )


def test_each_file_counts_once_with_what_is_on_its_way_and_nobody_elses(django_assert_num_queries):
    learner = person()
    attempt = open_attempt(learner=learner)
    add(attempt, pdf())
    add(attempt, pdf())
    begun(attempt, FILM)
    sent_piece(attempt, FILM[:24] + FILM[24:])
    begun(open_attempt(), FILM)

    with django_assert_num_queries(1):
        used = queries.bytes_of(learner)

    assert used == len(pdf()) + 2 * len(FILM)


def test_what_was_blocked_cancelled_or_taken_out_takes_up_no_room():
    attempt = open_attempt()
    learner = attempt.submission.learner
    checked_piece(attempt, FILM[:-9])
    verbs.cancel_upload(begun(attempt, FILM), by=learner)
    verbs.remove_evidence(add(attempt, pdf()), by=learner)

    assert queries.bytes_of(learner) == 0


def test_more_than_a_learner_may_have_is_refused_with_what_is_used_and_the_limit(settings):
    settings.LEARNER_QUOTA = 30_000
    attempt = open_attempt()
    learner = attempt.submission.learner
    upload = begun(attempt, FILM)

    for act in (lambda: begun(attempt, FILM), lambda: add(attempt, pdf("x" * 11_000))):
        with pytest.raises(files.TooLarge, match=r"take up 19\.5\xa0KB of 29\.3\xa0KB, and this one is 1"):
            act()

    verbs.cancel_upload(upload, by=learner)
    begun(attempt, FILM)


@pytest.mark.parametrize("state", Submission.State.values)
def test_what_was_judged_to_its_end_leaves_room_and_what_may_go_on_does_not(state):
    attempt = open_attempt()
    add(attempt, pdf())
    now = clock.now()

    Submission.objects.filter(pk=attempt.submission_id).update(state=state, submitted_at=now, decided_at=now)

    used = queries.bytes_of(attempt.submission.learner)
    assert used == (0 if state in {"awarded", "declined"} else len(pdf()))


def test_a_file_that_work_at_its_end_shares_with_work_at_hand_counts_once():
    learner = person()
    ended = open_attempt(learner=learner)
    add(ended, pdf())
    add(open_attempt(learner=learner), pdf())
    now = clock.now()

    Submission.objects.filter(pk=ended.submission_id).update(state="awarded", submitted_at=now, decided_at=now)

    assert queries.bytes_of(learner) == len(pdf())


def test_the_file_that_is_replaced_makes_room_unless_another_piece_holds_it(settings):
    attempt = open_attempt()
    old, new = pdf("x" * 9_000), pdf("y" * 9_000)
    settings.LEARNER_QUOTA = len(old) + 100
    piece = add(attempt, old, title="One")

    def put():
        upload = SimpleUploadedFile("b.pdf", new)
        return verbs.replace_file(piece, by=attempt.submission.learner, upload=upload)

    with pytest.raises(files.TooLarge, match="Take out what you don't need"):
        add(attempt, new)
    other = EvidenceItem.objects.create(
        attempt=attempt, **{name: getattr(piece, name) for name in EvidenceItem.CARRIED} | {"title": "Two"}
    )
    with pytest.raises(files.TooLarge, match="Take out what you don't need"):
        put()
    other.delete()

    assert (put().size, queries.bytes_of(attempt.submission.learner)) == (len(new), len(new))


def test_an_issuer_says_on_its_profile_which_files_it_takes():
    issuer = open_attempt().submission.achievement.issuer
    owner = owner_of(issuer)
    address = f"/organisations/{issuer.slug}/profile/"
    form = browser(owner).get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"evidence_types": ["pictures", "documents"]}

    answer = browser(owner).post(address, sent)

    issuer.refresh_from_db()
    assert (answer.status_code, issuer.evidence_types) == (302, ["pictures", "documents"])


def test_what_an_issuer_does_not_take_is_refused_by_form_and_blocked_in_parts():
    attempt = open_attempt()
    issuer = attempt.submission.achievement.issuer
    issuers.edit_issuer(issuer, by=owner_of(issuer), evidence_types=["pictures", "documents"])
    sentence = "are not taken for this badge. Its issuer takes: documents, pictures."

    with pytest.raises(Refused, match=f"Zip files {sentence}"):
        add(attempt, zipped(a=b"1"))
    film = checked_piece(attempt, FILM)
    sheet = add(attempt, pdf())
    picture = verbs.add_evidence(attempt, by=attempt.submission.learner, kind="image", upload=png_upload())

    assert (film.file_state, film.blocked_because) == ("blocked", f"Videos {sentence}")
    assert (sheet.file_state, picture.file_state) == ("ready", "ready")


def asking(*limits):
    """An open attempt whose criteria ask for a video of so many megabytes each."""
    draft = drafted_version()
    for criterion, most in zip(draft.criteria.all(), limits, strict=True):
        EvidenceRequirement.objects.create(criterion=criterion, position=1, kind="video", most_megabytes=most)
        EvidenceRequirement.objects.create(criterion=criterion, position=2, kind="image", most_megabytes=90)
    return open_attempt(issuers.publish(draft, by=owner_of(draft.achievement.issuer)))


def test_a_file_larger_than_every_criterion_asks_for_is_refused_before_it_is_sent():
    attempt = asking(5, 3, 4)

    def begin(size, **facts):
        return verbs.begin_upload(
            attempt, by=attempt.submission.learner, name="x.mp4", size=size, kind="video", **facts
        )

    begin(5 * 1024**2)
    with pytest.raises(files.TooLarge, match="this badge asks for files of up to 5 MB"):
        begin(5 * 1024**2 + 1)
    with pytest.raises(files.TooLarge, match="up to 4 MB"):
        begin(5 * 1024**2, criteria=attempt.submission.version.criteria.all()[1:])


def test_one_criterion_that_names_no_limit_takes_any_size():
    begun(asking(5, None, 4), bytes(6 * 1024**2))


def test_a_file_begun_in_the_place_of_another_is_weighed_again_where_it_is_put(settings):
    attempt = open_attempt()
    learner = attempt.submission.learner
    old, new = mp4(20_000), mp4(24_000)
    settings.LEARNER_QUOTA = len(old) + len(new) - 1
    large = checked_piece(attempt, old, title="The large one")
    small = add(attempt, pdf(), title="The small one")
    upload = begun(attempt, new, instead_of=large)
    send(upload, new)
    sentence = "Take out what you don't need"

    with pytest.raises(files.TooLarge, match=sentence):
        verbs.complete_upload(upload, by=learner)
    with pytest.raises(files.TooLarge, match=sentence):
        verbs.replace_file(small, by=learner, upload=upload)
    upload.refresh_from_db()
    refused = (upload.state, list(attempt.evidence.filter(kind__in=EvidenceItem.FILES)))
    verbs.replace_file(large, by=learner, upload=upload)

    assert refused == ("receiving", [large, small])
    assert queries.bytes_of(learner) == len(new) + len(pdf())


def test_a_file_sent_in_parts_that_just_fits_is_not_counted_twice(settings):
    attempt = open_attempt()
    settings.LEARNER_QUOTA = len(FILM)

    sent_piece(attempt, FILM)

    assert queries.bytes_of(attempt.submission.learner) == len(FILM)

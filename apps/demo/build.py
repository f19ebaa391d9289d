"""The college's history, built in the order in which it happened, with the verbs that any college uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from apps.accounts import verbs as accounts
from apps.accounts.models import User
from apps.backpacks import verbs as backpacks
from apps.backpacks.models import BackpackItem, Collection
from apps.core import clock, outbox
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential, ForeignCredential
from apps.credentials.queries import evidence_of
from apps.demo import (
    abroad,
    awards,
    credit,
    designing,
    desk,
    endorsing,
    judging,
    people,
    policies,
    queries,
    walking,
    web,
)
from apps.demo.achievements import ACHIEVEMENTS, FACTS
from apps.demo.achievements import facts as facts_of_all
from apps.demo.contexts import CONTEXTS
from apps.demo.designing import user_of
from apps.demo.evidence import canvas, film, sounds
from apps.demo.frameworks import FRAMEWORKS, PUBLISHER
from apps.demo.issuers import HOUSES
from apps.demo.shapes import working_days_after
from apps.demo.sharing import SHELVES
from apps.demo.stories import STORIES
from apps.frameworks import verbs as frameworks
from apps.issuers import art
from apps.issuers import verbs as issuers
from apps.issuers.models import Achievement, Issuer, Seat
from apps.submissions import places
from apps.submissions import verbs as submissions
from apps.submissions.models import EvidenceItem, Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from apps.demo import shapes
    from apps.demo.frameworks import SampleFramework

_BUILDING = 0xDE30
_DRAFTED_BEFORE = timedelta(days=3)


@dataclass(frozen=True)
class Step:
    """One thing that someone did."""

    at: datetime
    do: Callable[[], object]


def build(*, follow: Callable[[Sequence[Step]], Iterable[Step]] = iter) -> bool:
    """Build the whole college or nothing; False if it exists already. `follow` may watch the steps."""
    policies.refuse_elsewhere()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BUILDING])
        if queries.is_built():
            return False
        for step in follow(history(clock.now())):
            with clock.at(step.at):
                step.do()
            with clock.at(step.at + timedelta(seconds=40)):
                outbox.drain()
        # One hash for all of them: a hash takes half a second by design, and there are two dozen people.
        everybody = [person.email for person in people.EVERYBODY]
        User.objects.filter(email__in=everybody).update(password=make_password(people.PASSWORD))
    return True


def history(now: datetime) -> list[Step]:
    """Everything that happened up to `now`, in order."""
    told = [*_arrivals(now), *_frameworks(now), *_houses(now), *_publications(now), *_shelves(now)]
    things = (
        *designing.HISTORY,
        *awards.HISTORY,
        *endorsing.HISTORY,
        *abroad.HISTORY,
        *judging.HISTORY,
        *walking.HISTORY,
        *credit.HISTORY,
    )
    told += [Step(moment.before(now), do) for moment, do in things]
    told += [step for story in STORIES for step in journey(story, now)]
    return sorted(told, key=lambda step: step.at)


def _arrivals(now: datetime) -> Iterator[Step]:
    for person in people.EVERYBODY:
        yield Step(person.joined.before(now), partial(_register, person))


def _frameworks(now: datetime) -> Iterator[Step]:
    for sample in FRAMEWORKS:
        yield Step(sample.imported.before(now), partial(_import, sample))


def _houses(now: datetime) -> Iterator[Step]:
    published = {one.slug: one.versions[0].published.before(now) for one in ACHIEVEMENTS}
    for house in HOUSES:
        founded = house.founded.before(now)
        yield Step(founded, partial(_found, house))
        begun = max(founded, house.owner.joined.before(now)) + timedelta(minutes=10)
        yield Step(begun, partial(_seat, house, house.owner, Seat.Role.OWNER, ""))
        yield Step(begun + timedelta(minutes=5), partial(_introduce, house, now))
        if house.verified:
            yield Step(house.verified.before(now), partial(_verify, house))
        for rest in house.resting:
            yield Step(rest.given.before(now), partial(_seat, house, rest.person, rest.role, ""))
            yield Step(rest.since.before(now), partial(_suspend, house, rest))
        for letter in house.invited:
            yield Step(letter.at.before(now), partial(_invite, house, letter))
        for person, role, slug in house.seats:
            possible = max(begun, person.joined.before(now), published.get(slug, begun))
            yield Step(possible + timedelta(minutes=20), partial(_seat, house, person, role, slug))


def _publications(now: datetime) -> Iterator[Step]:
    for achievement in ACHIEVEMENTS:
        for version in achievement.versions:
            published = version.published.before(now)
            yield Step(published - _DRAFTED_BEFORE, partial(_draft, achievement, version))
            yield Step(published, partial(_publish, achievement))


def journey(story: shapes.Story, now: datetime) -> Iterator[Step]:
    """One person's work, from first draft to last decision, as far as it has come."""
    for sitting in story.sittings:
        yield Step(sitting.began.before(now), partial(_write, story, sitting))
        for moment in story.lapsed:
            yield Step(moment.before(now), submissions.lapse_drafts)
        if sitting.handed_in is None:
            continue
        handed_in = sitting.handed_in.before(now)
        yield Step(handed_in, partial(_hand_in, story))
        if sitting.withdrawn:
            yield Step(sitting.withdrawn.before(now), partial(_withdraw, story))
        if sitting.returned:
            yield Step(
                sitting.returned.at.before(now),
                partial(desk.hand_back, story, sitting.returned.by, sitting.returned.reason),
            )
        for said in sitting.messages:
            yield Step(said.at.before(now), partial(_say, story, said))
        if sitting.desk:
            yield Step(sitting.desk.since.before(now), partial(desk.mark, story, sitting.desk))
        if sitting.answer:
            answered = working_days_after(handed_in, sitting.answer.after, sitting.answer.at)
            told = sitting.answer
            sent = partial(desk.send, story, told.by, told.marks, told.note, next_steps=told.next_steps)
            yield Step(answered, sent)
            if story.kept and sitting is story.sittings[-1]:
                yield Step(answered + timedelta(hours=11), partial(desk.keep, story))


def _shelves(now: datetime) -> Iterator[Step]:
    for shelf in SHELVES:
        yield Step(shelf.made.before(now), partial(_put_together, shelf))
        if shelf.shared:
            yield Step(shelf.shared.before(now), partial(_share, shelf))
        if shelf.taken_back:
            yield Step(shelf.taken_back.before(now), partial(_unshare, shelf))


# --- what each step does ----------------------------------------------------------------------------------------------
def _register(person: shapes.Person) -> None:
    user = accounts.register(
        email=person.email,
        name=person.name,
        password=None,
        time_zone=person.time_zone,
        is_operator=person is people.OPERATOR,
    )
    accounts.consent(user, by=user)


def _import(sample: SampleFramework) -> None:
    by = user_of(people.OPERATOR)
    checked = frameworks.upload(
        sample.table.encode(),
        by=by,
        file_name=f"{sample.slug}.csv",
        slug=sample.slug,
        title=sample.title,
        kind=sample.kind,
        label=sample.label,
        publisher=PUBLISHER,
        licence="CC0",
        language="en",
    )
    frameworks.confirm(checked, by=by)


def _found(house: shapes.House) -> None:
    parent = Issuer.objects.get(slug=house.parent) if house.parent else None
    issuers.found(by=user_of(people.OPERATOR), slug=house.slug, parent=parent, **house.profile)


def _introduce(house: shapes.House, now: datetime) -> None:
    """Set the logo, and add the approvals that authorities granted, as the owner."""
    issuer, by = Issuer.objects.get(slug=house.slug), user_of(house.owner)
    if house.logo:
        issuers.set_logo(issuer, by=by, upload=SimpleUploadedFile("logo.png", art.png(house.logo, 512)))
    for one in house.approvals:
        until = None if one.days is None else (now + timedelta(days=one.days)).date()
        issuers.add_approval(issuer, by=by, authority=one.authority, reference=one.reference, url=one.url, until=until)


def _verify(house: shapes.House) -> None:
    issuers.verify(Issuer.objects.get(slug=house.slug), by=user_of(people.OPERATOR))


def _suspend(house: shapes.House, rest: shapes.Rest) -> None:
    seat = Seat.objects.get(issuer__slug=house.slug, person__email=rest.person.email, role=rest.role)
    issuers.suspend(seat, by=user_of(house.owner))


def _invite(house: shapes.House, letter: shapes.Invitation) -> None:
    issuer = Issuer.objects.get(slug=house.slug)
    issuers.invite(issuer, by=user_of(house.owner), email=letter.email, role=letter.role)


def _seat(house: shapes.House, person: shapes.Person, role: str, slug: str) -> None:
    by = people.OPERATOR if role == Seat.Role.OWNER else house.owner
    achievement = Achievement.objects.get(slug=slug) if slug else None
    issuers.seat(user_of(person), Issuer.objects.get(slug=house.slug), role, by=user_of(by), achievement=achievement)


def _draft(achievement: shapes.Achievement, version: shapes.Version) -> None:
    house = next(house for house in HOUSES if house.slug == achievement.house)
    facts = FACTS[achievement.slug]
    content: dict[str, Any] = {
        "words": {**facts.words, **version.words},
        "outcomes": facts.outcomes,
        "picture_words": {**house.art, **achievement.art},
        "rubric": [
            {
                "name": criterion.name,
                "description": criterion.description,
                "required": criterion.required,
                "required_level": criterion.needs,
                "levels": [
                    {"name": name, "description": words}
                    for name, words in zip(version.names_for(criterion), criterion.levels, strict=True)
                ],
                "requirements": facts.evidence.get(criterion.name, ()),
            }
            for criterion in version.rubric
        ],
    }
    by = user_of(achievement.designer)
    if version is achievement.versions[0]:
        codes = facts_of_all.SKILLS.get(achievement.slug, ())
        skills = queries.sample_skills([code for _at, code in codes])
        aligned = [{"criterion": at, **skills[code]} for at, code in codes]
        issuers.draft(Issuer.objects.get(slug=house.slug), by=by, slug=achievement.slug, alignments=aligned, **content)
    else:
        issuers.draft_next(Achievement.objects.get(slug=achievement.slug), by=by, **content)


def _publish(achievement: shapes.Achievement) -> None:
    house = next(house for house in HOUSES if house.slug == achievement.house)
    newest = Achievement.objects.get(slug=achievement.slug).versions.order_by("-number")[0]
    if house.profile.get("asks_approval"):
        issuers.send_in(newest, by=user_of(achievement.designer))
        issuers.approve(newest, by=user_of(house.owner))
    issuers.publish(newest, by=user_of(house.owner))


DID_AGAIN = "I did again what you asked for. The pieces that show it are new."


def _write(story: shapes.Story, sitting: shapes.Sitting) -> None:
    learner = desk.back(story.learner)
    if sitting is story.sittings[0]:
        published = Achievement.objects.get(slug=story.achievement.slug).versions.public().get()
        route = Submission.Route.PRIOR_LEARNING if story.prior_learning else Submission.Route.WORK
        attempt = submissions.start(published, by=learner, route=route).attempts.get()
    else:
        attempt = submissions.try_again(desk.submission_of(story), by=learner)
    context = CONTEXTS[story.achievement.slug]
    attempt = submissions.save_draft(
        attempt,
        by=learner,
        edition=attempt.edition,
        context_place=context.place,
        context_period=f"{clock.now():%B %Y}",
        context_role=context.role,
        context_confirmer=context.confirmer,
        overview=sitting.overview or attempt.overview,
        reflection=sitting.reflection or attempt.reflection,
        what_changed=sitting.what_changed or ("" if attempt.number == 1 else DID_AGAIN),
        declared_own=True,
    )
    criteria = list(attempt.submission.version.criteria.all())
    for piece in sitting.evidence:
        submissions.add_evidence(
            attempt,
            by=learner,
            kind=piece.kind,
            about=_about(piece),
            text=piece.text if piece.kind in EvidenceItem.TEXTS else "",
            url=piece.url,
            upload=SimpleUploadedFile(piece.file_name, content_of(piece)) if piece.file_name else None,
            foreign=ForeignCredential.objects.kept().get(holder=learner, achievement_name=piece.badge)
            if piece.badge
            else None,
            criteria={
                criteria[number - 1]: places.parse(typed)
                for number, typed in {**dict.fromkeys(piece.serves, ""), **(piece.at or {})}.items()
            },
        )
    web.keep_links(attempt)


def _about(piece: shapes.Piece) -> submissions.About:
    people = EvidenceItem.People.AGREED if piece.agreed else EvidenceItem.People.NOBODY
    return submissions.About(
        title=piece.title,
        transcript=piece.transcript,
        people=people,
        people_note=piece.agreed,
        shows_me=piece.shows_me,
    )


def content_of(piece: shapes.Piece) -> bytes:
    """The bytes of a piece that is a file."""
    if piece.hum:
        return sounds.as_recording(piece.hum)
    if not piece.pages:
        return piece.text.encode()
    if piece.kind == EvidenceItem.Kind.VIDEO:
        return film.as_film(piece.pages)
    if piece.kind != EvidenceItem.Kind.IMAGE:
        return canvas.as_scan(piece.pages)
    as_taken = canvas.as_screenshot if piece.file_name.endswith(".png") else canvas.as_photo
    return as_taken(piece.pages[0])


def _hand_in(story: shapes.Story) -> None:
    web.keep_links(desk.attempt_of(story))
    submissions.submit(desk.attempt_of(story), by=user_of(story.learner))
    submissions.lend_sample(desk.submission_of(story), by=user_of(story.learner), lent=story.lent)


def _withdraw(story: shapes.Story) -> None:
    submissions.withdraw(desk.submission_of(story), by=desk.back(story.learner))


def _say(story: shapes.Story, said: shapes.Said) -> None:
    submissions.write_message(desk.submission_of(story), by=desk.back(said.by), text=said.text)


def _put_together(shelf: shapes.Shelf) -> None:
    person = desk.back(shelf.person)
    collection = backpacks.make_collection(by=person, title=shelf.title, story=shelf.story)
    for achievement in shelf.holds:
        item = BackpackItem.objects.get(person=person, credential__achievement__slug=achievement.slug)
        backpacks.collect(collection, item, by=person)


def _share(shelf: shapes.Shelf) -> None:
    person = user_of(shelf.person)
    collection = _collection(shelf)
    backpacks.share(collection, by=person)
    shown = Credential.objects.filter(backpack_item__blocks__collection=collection).order_by("pk")
    for one in shown if shelf.shows_work else ():
        credentials.disclose(one, by=person, name=True, words=True, evidence=evidence_of(one))
        backpacks.make_code(one, by=person)


def _unshare(shelf: shapes.Shelf) -> None:
    backpacks.unshare(_collection(shelf), by=user_of(shelf.person))


# --- the rows behind the data
# -----------------------------------------------------------------------------------------
def _collection(shelf: shapes.Shelf) -> Collection:
    return Collection.objects.get(person__email=shelf.person.email, title=shelf.title)

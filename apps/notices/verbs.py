"""The actions on notices and letters: write, read, choose and deliver."""

from __future__ import annotations

import json
import logging
import time
from datetime import timedelta
from email.mime.image import MIMEImage
from http import HTTPStatus
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.copying import copy_in, insert_new, next_keys
from apps.core.events import record
from apps.core.failpoints import fail_here
from apps.core.ids import new_public_ids
from apps.core.refused import Refused
from apps.notices import queries, tokens, words
from apps.notices.kinds import KINDS, Way
from apps.notices.models import Letter, MailEvent, Notice, Preference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.core.mail.backends.base import BaseEmailBackend

    from apps.notices.kinds import Kind

log = logging.getLogger(__name__)

# How many letters of a mass mailing one job sends, and for how long: people who sign in wait for its end.
LETTERS_AT_ONCE = 100
AT_IT = timedelta(seconds=10)
# The statuses with which a mail service refuses all letters for now, or all of ours.
_TAKES_NONE = {401, 403, 429}
SIGN_IN = "sign-in:"
NOTICE = "notice:"


@transaction.atomic(savepoint=False)
def write(
    kind: str,
    *,
    key: str,
    to: User,
    address: str,
    facts: Mapping[str, Any],
    attachments: Sequence[dict[str, Any]] = (),
    opens: dict[str, Any] | None = None,
    at: str = "",
) -> Notice:
    """Notify a person: under the bell, and by their choice for this kind in a letter now or in the digest.

    `key` names the event: a person is told only once, however often this is called. `facts` is what the text needs
    (names, numbers, dates; `issuer`, if given, signs the letter), `address` the path where to look. `attachments` and
    `opens` (see Letter) go with a letter sent at once; it goes to `at`, an address of theirs, or else to their primary
    one. No text is written here, so that none can get in the way of the change that it is about.
    """
    if to.merged_into is not None:
        to = to.merged_into
    way = queries.ways_of(to)[kind] if to.erased_at is None else Way.HERE  # nobody reads it any more
    notice = Notice(person=to, key=key, kind=kind, facts=facts, address=address, way=way, made_at=clock.now())
    # Two calls at the same moment leave one row, and neither has to look first.
    if not insert_new(notice):
        return Notice.objects.get(person=to, key=key)
    if way == Way.AT_ONCE:
        key = f"{NOTICE}{notice.public_id}"
        notice.letter = _queue(kind, key=key, to=to, at=at, attachments=attachments, opens=opens)
        notice.save(update_fields=["letter"])
    return notice


@transaction.atomic
def mail(told: Telling, kind: str, *, at: str) -> Notice:
    """Mail a person what they asked for, to `at`, which is an address of theirs: at once, whatever they chose for this
    kind. It is no news to them, so the notice is marked as read. A key that was used before is an IntegrityError.
    """
    now = clock.now()
    notice = Notice(person=told.to, key=told.key, kind=kind, facts=told.facts, address=told.address, way=Way.AT_ONCE)
    notice.made_at = notice.read_at = now
    notice.letter = _queue(
        kind,
        key=f"{NOTICE}{notice.public_id}",
        to=told.to,
        at=at,
        attachments=told.attachments,
        opens=told.opens,
    )
    notice.save(force_insert=True)
    return notice


class Telling(NamedTuple):
    """The arguments of `write`, except the kind."""

    key: str
    to: User
    address: str
    facts: Mapping[str, Any]
    attachments: Sequence[dict[str, Any]] = ()
    opens: dict[str, Any] | None = None


@transaction.atomic
def write_many(kind: str, tellings: Sequence[Telling]) -> list[int]:
    """Notify many people at once; return the primary keys of the notices, in that order.

    Not idempotent: the caller's locks must ensure that it is called once, and a key that exists already aborts its
    transaction. The letters are queued as a mass mailing, so that nobody's sign-in waits for them.
    """
    ways = queries.ways_of_many(kind, [one.to for one in tellings])
    now = clock.now()
    names = new_public_ids(len(tellings))
    keys = next_keys(Notice, len(tellings))
    mailed = [place for place, one in enumerate(tellings) if ways[one.to.pk] == Way.AT_ONCE]
    letters = dict(zip(mailed, next_keys(Letter, len(mailed)), strict=True))
    copy_in(
        Letter,
        (
            *("id", "public_id", "dedupe_key", "kind", "person", "to", "attachments", "opens", "queued_at"),
            *("subject", "text", "html", "state", "mail_id", "bounced_for_good"),
        ),
        (
            (
                *(
                    key,
                    public_id,
                    f"{NOTICE}{names[place]}",
                    kind,
                    tellings[place].to.pk,
                    tellings[place].to.email,
                ),
                *(json.dumps(list(tellings[place].attachments)), _json(tellings[place].opens), now),
                *("", "", "", Letter.State.QUEUED.value, "", False),
            )
            for (place, key), public_id in zip(letters.items(), new_public_ids(len(letters)), strict=True)
        ),
    )
    copy_in(
        Notice,
        ("id", "public_id", "person", "kind", "key", "facts", "address", "way", "letter", "made_at"),
        (
            (
                *(keys[place], names[place], one.to.pk, kind, one.key, json.dumps(one.facts, cls=DjangoJSONEncoder)),
                *(one.address, ways[one.to.pk].value, letters.get(place), now),
            )
            for place, one in enumerate(tellings)
        ),
    )
    wanted = list(letters.values())
    for at in range(0, len(wanted), LETTERS_AT_ONCE):
        _enqueue_many(wanted[at : at + LETTERS_AT_ONCE])
    return keys


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


@transaction.atomic
def send_again(notice: Notice) -> Letter:
    """Mail a notice again, to the person's present address. `Refused`: see `queries.why_not_again`.

    The caller has checked permissions. The earlier letter stays as it was; the state of the newest counts.
    """
    notice = Notice.objects.select_related("letter", "person").select_for_update(of=("self",)).get(pk=notice.pk)
    if why := queries.why_not_again(notice, clock.now()):
        raise Refused(why)
    before = notice.letter if notice.letter is not None and notice.letter.kind == notice.kind else None
    notice.letter = _queue(
        notice.kind,
        key=queries.key_again(notice, queries.times_again(notice) + 1),
        to=notice.person,
        attachments=before.attachments if before else (),
        opens=before.opens if before else None,
    )
    notice.save(update_fields=["letter"])
    return notice.letter


@transaction.atomic
def write_digest(person: User, *, before: datetime) -> Letter | None:
    """Queue one letter with all unread notices for the digest made before `before`; None if there are none.

    One per person and day of `before`, which is in the person's zone: a second one would wait for the next day.
    """
    waiting = Notice.objects.for_digest().filter(person=person, made_at__lt=before).order_by("pk")
    found = [notice.pk for notice in waiting.select_for_update()]
    key = f"{words.DIGEST}:{person.public_id}:{before.date()}"
    if not found or Letter.objects.filter(dedupe_key=key).exists():
        return None
    letter = _queue(words.DIGEST, key=key, to=person)
    Notice.objects.filter(pk__in=found).update(letter=letter)
    return letter


@transaction.atomic
def write_for_sign_in(*, kind: str, to: str, person: User | None, subject: str, text: str, html: str) -> Letter:
    """Queue a letter that the sign-in pages composed. It may hold a key to the account: see `deliver`."""
    letter = Letter(kind=kind, person=person, to=to, subject=subject, text=text, html=html, queued_at=clock.now())
    letter.dedupe_key = f"{SIGN_IN}{letter.public_id}"
    letter.save()
    _enqueue(letter)
    return letter


@transaction.atomic
def write_to_address(
    kind: str,
    *,
    key: str,
    to: str,
    person: User | None,
    language: str,
    time_zone: str,
    facts: Mapping[str, Any],
    address: str,
) -> Letter:
    """Queue a letter to someone who need not have an account, in the given language: `templates/mail/<kind>.…`.

    `address` is a full one and may be a key: see `deliver`. Repeated calls with one `key` leave one letter.
    """
    dedupe_key = f"{queries.OFFER}{key}"
    written = Letter.objects.filter(dedupe_key=dedupe_key).first()
    if written is not None:
        return written
    with translation.override(language), timezone.override(clock.zone(time_zone)):
        subject, text, html = words.compose(kind, {"person": person, "facts": facts, "address": address})
    letter = Letter.objects.create(
        kind=kind,
        dedupe_key=dedupe_key,
        person=person,
        to=to,
        subject=subject,
        text=text,
        html=html,
        queued_at=clock.now(),
    )
    _enqueue(letter)
    return letter


@transaction.atomic
def read(notice: Notice, *, by: User) -> None:
    """Mark a notice as read by its person. Read again, it keeps the first time."""
    if notice.person_id != by.pk:
        raise PermissionDenied
    Notice.objects.filter(pk=notice.pk).unread().update(read_at=clock.now())


@transaction.atomic
def read_all(*, by: User, newest: Notice | None = None) -> int:
    """Mark notices as read, up to `newest`, since later ones were not on the page. Returns how many were unread."""
    unread = Notice.objects.visible_to(by).unread()
    if newest is not None:
        unread = unread.filter(made_at__lte=newest.made_at)
    return unread.update(read_at=clock.now())


@transaction.atomic
def choose(person: User, *, by: User, ways: Mapping[str, str]) -> None:
    """Set how notices of these kinds reach a person from now on. Those no longer meant for the digest leave it."""
    if by.pk != person.pk:
        raise PermissionDenied
    before = queries.ways_of(person)
    changed = {}
    for name, asked in ways.items():
        kind, way = KINDS[name], Way(asked)
        if way == before[name]:
            continue
        if way not in kind.ways:
            raise Refused(_("“%(kind)s” is always mailed, at once or in the digest.") % {"kind": kind.label})
        _set_way(person, name, way)
        changed[name] = way.value
    if changed:
        record("notices.chosen", person, by=by, **changed)


def _set_way(person: User, kind: str, way: Way, *, complained_at: datetime | None = None) -> None:
    Preference.objects.update_or_create(person=person, kind=kind, defaults={"way": way, "complained_at": complained_at})
    if way == Way.HERE:
        Notice.objects.for_digest().filter(person=person, kind=kind).update(way=way)


@transaction.atomic
def unsubscribe(token: str) -> list[Kind]:
    """Stop the kinds of mail that a letter's token names. `BadSignature` if the token isn't ours.

    The letter's holder acts for its reader. Idempotent; nothing changes either if the person is gone, or a kind has
    been renamed. If the account was merged into another, that one's letters stop.
    """
    asked = tokens.read_unsubscribe_token(token)
    kinds = [KINDS[name] for name in asked.kinds if name in KINDS and KINDS[name].may_be_stopped]
    person = User.objects.select_related("merged_into").filter(public_id=asked.person_id).first()
    if person is None:
        return kinds
    person = person.merged_into or person
    choose(person, by=person, ways={kind.name: Way.HERE for kind in kinds})
    return kinds


def deliver(letter_id: int, *, server: BaseEmailBackend | None = None) -> None:
    """Hand a letter to the mail server. A second try has the same Message-ID, so that the reader sees one letter.

    Failures are recorded and raised: the outbox tries again, and after two days abandons it as a dead letter.
    """
    try:
        _hand_over(letter_id, server)
    except Exception:
        with transaction.atomic():
            letter = Letter.objects.select_for_update().get(pk=letter_id)
            if letter.state == Letter.State.QUEUED:
                letter.move(Letter.State.FAILED)
                letter.save(update_fields=["state"])
        raise


def deliver_many(letter_ids: Sequence[int]) -> None:
    """Hand over many letters on one connection, one after another, as many as a few seconds allow.

    If one letter fails, it is retried by itself and holds up none of the others. If the mail server itself fails,
    that is raised: the outbox tries the rest later, and the one it failed on last.
    """
    ends = time.monotonic() + AT_IT.total_seconds()
    found = Letter.objects.filter(pk__in=letter_ids, state__in=(Letter.State.QUEUED, Letter.State.FAILED))
    left = sorted(found.values_list("pk", "state"), key=lambda one: (one[1] == Letter.State.FAILED, one[0]))
    waiting = [pk for pk, _state in left]
    with get_connection() as server:
        for place, letter_id in enumerate(waiting):
            if place and time.monotonic() > ends:
                with transaction.atomic():
                    _enqueue_many(waiting[place:])
                return
            try:
                deliver(letter_id, server=server)
            except Exception as error:
                if not speaks_of_one(error):
                    raise
                log.warning("Letter %d waits for another try: %s", letter_id, error)
                with transaction.atomic():
                    _enqueue(Letter.objects.get(pk=letter_id))


def speaks_of_one(error: Exception) -> bool:
    """Whether an error concerns a letter or its address, not the server, where the next would fail too."""
    if not isinstance(error, OSError) or isinstance(error, SMTPRecipientsRefused | SMTPDataError):
        return True
    # The HTTP status of a mail service (anymail), if it answered.
    status = getattr(error, "status_code", None)
    return status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _TAKES_NONE


@transaction.atomic
def _hand_over(letter_id: int, server: BaseEmailBackend | None) -> None:
    letter = Letter.objects.select_related("person").select_for_update(of=("self",)).get(pk=letter_id)
    if not letter.can_move(Letter.State.SENT):
        return
    said = words.Words(letter.subject, letter.text, letter.html)
    if not letter.text:
        if letter.person is None or not letter.notices.exists() or _speaks_too_late(letter):
            letter.move(Letter.State.CANCELLED)
            letter.save(update_fields=["state"])
            return
        said = words.of_letter(letter, letter.person)
        letter.subject, letter.text, letter.html = said.subject, *(_without(said.key, one) for one in said[1:3])
    message = compose(letter, said)
    message.connection = server
    fail_here("before_letter")
    message.send()
    fail_here("after_letter")
    _has_left(letter, mail_id=_named_by_service(message))


def _has_left(letter: Letter, *, mail_id: str) -> None:
    letter.move(Letter.State.SENT)
    letter.sent_at = clock.now()
    letter.mail_id = mail_id
    if letter.dedupe_key.startswith((SIGN_IN, queries.OFFER)):
        # Its link opens an account, or accepts an offer: once it is sent, only the reader has it.
        letter.text = letter.html = ""
    letter.save(update_fields=["state", "sent_at", "mail_id", "subject", "text", "html"])


def _speaks_too_late(letter: Letter) -> bool:
    """Whether what it was about is no longer so, or no longer open, by the time it would be sent."""
    if letter.opens is None:
        return False
    asked = letter.opens.get("while")
    if asked is not None and not import_string(asked["function"])(**asked["arguments"]):
        return True
    return letter.opens.get("needed", False) and not words.key_of(letter)


def _without(key: str, text: str) -> str:
    """The text of a letter as it is kept, without the key that only the reader has."""
    return text.replace(key, "…") if key else text


def _named_by_service(message: EmailMultiAlternatives) -> str:
    """The mail service's name for it, if it gave one: anymail's backends do."""
    named = getattr(getattr(message, "anymail_status", None), "message_id", None)
    return named if isinstance(named, str) else ""


class Heard(NamedTuple):
    """A mail service's report: `letter` is the public id sent with the letter, `mail_id` the service's own name for
    it.
    """

    service: str
    event_id: str
    kind: str
    letter: str
    mail_id: str
    at: datetime


_CAME_BACK = {MailEvent.Kind.BOUNCED, MailEvent.Kind.BOUNCED_FOR_GOOD}


@transaction.atomic
def hear_back(heard: Heard) -> bool:
    """Record a report about a letter; False if it isn't ours or nothing is new. `Refused`: too early.

    A letter that came back stays so, whatever is reported later. Someone who reports spam gets no more letters of
    that kind.
    """
    letter = queries.letter_named(heard.letter, heard.mail_id)
    if letter is None:
        return False
    letter = Letter.objects.select_related("person").select_for_update(of=("self",)).get(pk=letter.pk)
    if letter.state == Letter.State.FAILED:
        # The service took it, but its answer never reached us: it need not be sent again.
        _has_left(letter, mail_id=heard.mail_id)
    if letter.can_move(Letter.State.SENT):
        raise Refused(_("This letter has not left yet."))
    kind = MailEvent.Kind(heard.kind)
    now = clock.now()
    _event, is_new = MailEvent.objects.get_or_create(
        service=heard.service,
        event_id=heard.event_id,
        defaults={"letter": letter, "kind": kind, "happened_at": heard.at, "heard_at": now},
    )
    if not is_new:
        return False
    if kind in _CAME_BACK:
        _bounce(letter, for_good=kind == MailEvent.Kind.BOUNCED_FOR_GOOD, at=now)
    elif kind == MailEvent.Kind.COMPLAINED:
        _complain(letter, at=now)
    return True


def _bounce(letter: Letter, *, for_good: bool, at: datetime) -> None:
    if letter.state == Letter.State.SENT:
        letter.move(Letter.State.BOUNCED)
        letter.bounced_at = at
    elif letter.state != Letter.State.BOUNCED or letter.bounced_for_good or not for_good:
        return
    letter.bounced_for_good = for_good
    letter.save(update_fields=["state", "bounced_at", "bounced_for_good"])
    record("letter.bounced", letter, by=None, for_good=for_good)


def _complain(letter: Letter, *, at: datetime) -> None:
    """Show the letter's kinds only here from now on, even those that can't be stopped: the service would not mail
    them.
    """
    kinds = sorted({notice.kind for notice in letter.notices.all()} | _told_once_more(letter))
    if letter.person is not None:
        for kind in kinds:
            _set_way(letter.person, kind, Way.HERE, complained_at=at)
    record("letter.complained", letter, by=None, kinds=kinds)


def _told_once_more(letter: Letter) -> set[str]:
    """The kind of a letter whose notice has since gone out in another, so that it has none of its own any more."""
    return {letter.kind} & KINDS.keys() if letter.dedupe_key.startswith(NOTICE) else set()


def compose(letter: Letter, said: words.Words) -> EmailMultiAlternatives:
    """The message, with its attachments made now."""
    headers = {
        "Message-ID": f"<{letter.public_id}@{settings.PUBLIC_HOST}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if said.stop_url:
        headers |= {"List-Unsubscribe": f"<{said.stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(
        subject=said.subject, body=said.text, from_email=said.sender, to=[letter.to], headers=headers
    )
    # Mail services return this with their reports (anymail); other backends ignore it.
    message.metadata = {"letter": letter.public_id}  # type: ignore[attr-defined]
    if said.html:
        message.attach_alternative(said.html, "text/html")
    for one in letter.attachments:
        content: bytes = import_string(one["function"])(**one["arguments"])
        if one.get("cid"):
            picture = MIMEImage(content)
            picture.add_header("Content-ID", f"<{one['cid']}>")
            picture.add_header("Content-Disposition", "inline", filename=one["name"])
            message.attach(picture)
        else:
            message.attach(one["name"], content, one["media_type"])
    return message


def _queue(
    kind: str,
    *,
    key: str,
    to: User,
    at: str = "",
    attachments: Sequence[dict[str, Any]] = (),
    opens: dict[str, Any] | None = None,
) -> Letter:
    """To the person's own address, or `at` another."""
    letter = Letter.objects.create(
        kind=kind,
        dedupe_key=key,
        person=to,
        to=at or to.email,
        attachments=list(attachments),
        opens=opens,
        queued_at=clock.now(),
    )
    _enqueue(letter)
    return letter


def _enqueue_many(letter_ids: list[int]) -> None:
    """Enqueue a job for many letters. What is left of an earlier job gets another key, since it is fewer letters."""
    key = f"deliver_many:{letter_ids[0]}:{len(letter_ids)}"
    outbox.enqueue("apps.notices.tasks.deliver_many", key=key, letter_ids=letter_ids)


def _enqueue(letter: Letter) -> None:
    what = "deliver_awaited" if letter.dedupe_key.startswith(SIGN_IN) else "deliver"
    outbox.enqueue(f"apps.notices.tasks.{what}", key=f"deliver:{letter.public_id}", letter_id=letter.pk)

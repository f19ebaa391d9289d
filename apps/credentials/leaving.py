"""What this app forgets about a person who leaves: whose the awards were. That they were made stays."""

from __future__ import annotations

import json

from django.db.models import Case, CharField, Func, JSONField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from apps.accounts import queries as people
from apps.accounts.models import User
from apps.core import clock, erasing, outbox
from apps.core.erasing import NOTHING, Names
from apps.core.events import digest
from apps.core.ids import new_public_id
from apps.credentials import record, sheets, snapshots, verbs
from apps.credentials.models import (
    BatchItem,
    BulkAward,
    BulkRow,
    ClaimLink,
    ClaimRequest,
    Credential,
    CredentialQuerySet,
    Endorsement,
    EndorsementQuerySet,
    ForeignCheck,
    ForeignCredential,
    OutsideEndorser,
    ShownEvidence,
    SignedForm,
)
from apps.frameworks.importers.encoding import Unreadable
from apps.notices import leaving as notices

State = Endorsement.State


def forget(person_id: int) -> None:
    """Forget a person. Status lists, hashes and dates stay, so that a copy can still be checked; nothing says whose
    it is.

    The signed texts go: they hold each address as a hash next to its salt, which confirms a guessed address. Their
    SHA-256 stays, and a hash of the JSON regardless of layout: these show whether a file is the one that was signed.
    """
    person = User.objects.get(pk=person_id)
    awards = Credential.objects.filter(earner=person)
    names = _names_in(awards, person)
    ShownEvidence.objects.filter(credential__earner=person).delete()
    _forget_forms(person)
    _forget_endorsements(person)
    _forget_given(person)
    for one in awards.exclude(sent_to="").exclude(sent_to__endswith="@invalid").only("pk", "public_id"):
        awards.filter(pk=one.pk).update(sent_to=erasing.unheard_address(one.public_id))
    awards.update(
        visibility=Credential.Visibility.PRIVATE,
        shown_until=None,
        shows_name=False,
        shows_words=False,
        earner_name="",
        sent_name="",
        why=Case(When(why="", then=Value("")), default=Value(NOTHING)),
        status_note="",
        snapshot=Func("snapshot", Value("{identities}"), Value([], JSONField()), function="jsonb_set"),
    )
    # For a direct award, also what its issuer wrote about the person.
    awards.filter(snapshot__narrative__startswith=snapshots.DIRECT).update(
        snapshot=Func(
            Func("snapshot", Value("{evidence}"), Value([], JSONField()), function="jsonb_set"),
            Value("{narrative}"),
            Value(snapshots.DIRECT, JSONField()),
            function="jsonb_set",
        )
    )
    ClaimLink.objects.filter(credential__earner=person).delete()
    _forget_requests(person)
    _forget_rows(person, names)
    _forget_foreign(person)
    _forget_checks(person, names)
    notices.take_out(names, person)


def _names_in(awards: CredentialQuerySet, person: User) -> Names:
    """The earner's names, now and at each award, and all their addresses."""
    rows = list(awards.values_list("earner_name", "sent_name", "sent_to"))
    told = {name for earner_name, sent_name, _to in rows for name in (earner_name, sent_name)}
    reached = {to for *_names, to in rows if not to.endswith("@invalid")}
    return Names.of({*people.names_of(person), *told}, notices.addresses_of(person) | reached)


def _forget_checks(person: User, names: Names) -> None:
    """Forget names in batches that anyone had checked, if the item was the person's; and their addresses everywhere."""
    columns = ("name", "report", "refusal")
    items = BatchItem.objects.all()
    theirs = erasing.telling_of(person.pk, names.naming(items, *columns), *columns)
    names.take_out_of_theirs(items.filter(pk__in=theirs), *columns)
    names.take_out(items, *columns)


def _forget_forms(person: User) -> None:
    forms = SignedForm.objects.filter(credential__earner=person)
    forms.exclude(format=SignedForm.Format.OB3_EDDSA).exclude(text="").update(text="")
    for form in forms.filter(format=SignedForm.Format.OB3_EDDSA).exclude(text__startswith=record.ERASED):
        forms.filter(pk=form.pk).update(text=record.what_is_kept_of(json.loads(form.text)))


def _forget_endorsements(person: User) -> None:
    """Forget the words of endorsements of their awards, whoever wrote them. The hash of a signed one stays."""
    about = Endorsement.objects.filter(credential__earner=person)
    about.filter(state=State.REQUESTED).update(state=State.WITHDRAWN, ended_at=clock.now())
    _forget_words(about)


def _forget_given(person: User) -> None:
    """Forget what they endorsed as someone outside: it is taken back, and a request to an address of theirs ends."""
    now, proved = clock.now(), {person.email, *people.verified_addresses_of(person)}
    asked = Endorsement.objects.filter(outside__address__in=proved, state=State.REQUESTED)
    # An account that was merged into theirs stays the one that answered.
    theirs = Q(answered_by=person) | Q(answered_by__merged_into=person)
    given = Endorsement.objects.filter(theirs, outside__isnull=False)
    found = [*asked.values_list("pk", flat=True), *given.values_list("pk", flat=True)]
    asked.update(state=State.WITHDRAWN, ended_at=now)
    given.filter(state=State.ACCEPTED).update(state=State.DECLINED)
    given.filter(state=State.SIGNED).update(state=State.REVOKED, ended_at=now)
    _forget_words(Endorsement.objects.filter(pk__in=found))


def _forget_words(endorsements: EndorsementQuerySet) -> None:
    outside = list(endorsements.exclude(outside=None).values_list("outside", flat=True))
    endorsements.update(note="", comment="", reason="", text=Case(When(text="", then=Value("")), default=Value("{}")))
    OutsideEndorser.objects.filter(pk__in=outside).update(name="", role="", address="", draft="")


def _forget_requests(person: User) -> None:
    """Forget who used a code. That it was used stays, since its uses are limited."""
    asked = ClaimRequest.objects.filter(person=person)
    waiting = asked.filter(state=ClaimRequest.State.WAITING)
    waiting.update(state=ClaimRequest.State.DECLINED, decided_at=clock.now())
    for one in asked.exclude(name=NOTHING).only("pk", "public_id"):
        asked.filter(pk=one.pk).update(name=NOTHING, address=erasing.unheard_address(one.public_id))


def forget_rows(rows: QuerySet[BulkRow]) -> None:
    """Forget table rows: for awarded ones, that they were awarded and the badge stay; the others are deleted."""
    rows.filter(credential=None).delete()
    rows.update(
        cells=[],
        address=Concat(Value("erased-row-"), Cast("pk", CharField()), Value("@invalid")),
        name="",
        narrative="",
        evidence=[],
        told={},
    )


def _forget_rows(person: User, names: Names) -> None:
    """Forget their rows in tables of people, and the files that these were read from.

    In other people's rows only their addresses identify them: a name may be someone else's who is yet to be awarded.
    """
    addresses = names.addresses_alone
    proved = {person.email, *people.verified_addresses_of(person)}
    theirs = Q(credential__earner=person) | Q(address__in=proved)
    tables = set(BulkRow.objects.filter(theirs).values_list("bulk", flat=True))
    for table in BulkAward.objects.exclude(file=""):
        if _stands_in(table, addresses):
            tables.add(table.pk)
            verbs.forget_table(table)
    forget_rows(BulkRow.objects.filter(theirs).exclude(address__endswith="@invalid"))
    addresses.take_out(BulkRow.objects.all(), "cells", "narrative", "evidence", "told")
    about = ("file_name", "why", "trouble", "undo_note")
    names.take_out_of_theirs(BulkAward.objects.filter(Q(pk__in=tables) | Q(by=person)), *about)
    names.take_out(BulkAward.objects.all(), *about)


def _stands_in(table: BulkAward, names: Names) -> bool:
    """Whether a table that isn't awarded yet contains them. If its rows haven't been read, read the file."""
    if table.rows.exists():
        return names.naming(table.rows.all(), "cells").exists()
    if not table.file.storage.exists(table.file.name or ""):
        return False
    with table.file.open("rb") as file:
        data = file.read()
    try:
        return any(names.taken_out(cells) != cells for _number, cells in sheets.rows_in(data))
    except Unreadable:
        return True  # nobody can tell, and the file is unusable as it is


def _forget_foreign(person: User) -> None:
    """Forget what they brought along: the bytes, unless someone else keeps the same. Rows stay if evidence refers to
    them.
    """
    kept = ForeignCredential.objects.filter(holder=person)
    files = set(kept.exclude(file="").values_list("file", flat=True))
    ForeignCheck.objects.filter(credential__holder=person).delete()
    kept.filter(state=ForeignCredential.State.KEPT).update(
        state=ForeignCredential.State.GIVEN_UP, ended_at=clock.now(), next_check_at=None
    )
    kept.update(
        file="",
        text="",
        issuer_id="",
        issuer_name="",
        achievement_id="",
        achievement_name="",
        credential_id="",
        proved_address="",
        report={},
    )
    for one in kept.only("pk", "public_id"):
        # It was a hash of the badge's id elsewhere, which would confirm it to anyone who knows the badge.
        kept.filter(pk=one.pk).update(identity=digest(one.public_id))
    for name in sorted(files):
        # Others who had the same file may have left before, and a key is used only once.
        outbox.enqueue(
            "apps.credentials.tasks.forget_foreign_file", key=f"erase_file:{name}:{new_public_id()}", name=name
        )

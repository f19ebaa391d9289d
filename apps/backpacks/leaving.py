"""What the backpacks app deletes when a person leaves."""

from __future__ import annotations

from apps.accounts.models import User
from apps.backpacks import tokens
from apps.backpacks.models import (
    BackpackItem,
    Collection,
    DeclaredCredential,
    Import,
    ImportedItem,
    LeftCollection,
    LeftHandle,
    Profile,
    ShareLink,
    ShortCode,
    ViewCount,
)
from apps.core import clock, erasing, pictures


def forget(person_id: int) -> None:
    """Delete all of it: nobody else relies on how someone kept their badges. The addresses of public pages answer
    that they are gone; links answer as if they had never existed.
    """
    person = User.objects.get(pk=person_id)
    collections = Collection.objects.filter(person=person)
    items = BackpackItem.objects.filter(person=person)
    profile, former = Profile.objects.filter(person=person), person.former_handles.all()
    for handle in profile.values_list("handle", flat=True).union(former.values_list("handle", flat=True)):
        LeftHandle.objects.get_or_create(handle_hash=tokens.hash_of_handle(handle), defaults={"left_at": clock.now()})
    for public_id in collections.public().values_list("public_id", flat=True):
        LeftCollection.objects.get_or_create(
            id_hash=tokens.hash_of_collection(public_id), defaults={"left_at": clock.now()}
        )
    profile.delete()
    former.delete()
    seen = [
        person.public_id,
        *collections.values_list("public_id", flat=True),
        *ShareLink.objects.filter(collection__person=person).values_list("public_id", flat=True),
        *person.credentials.values_list("public_id", flat=True),
    ]
    ViewCount.objects.filter(subject_id__in=seen).delete()
    kept = [
        *collections.exclude(cover="").values_list("cover", flat=True),
        *items.filter(picture__startswith="items/").values_list("picture", flat=True),
    ]
    erasing.delete_files(*(file for name in kept for file in pictures.files_of(name)))
    given = ImportedItem.objects.filter(within__person=person)
    erasing.delete_files(*given.exclude(file="").values_list("file", flat=True))
    Import.objects.filter(person=person).delete()
    ShortCode.objects.filter(credential__earner=person).delete()
    collections.delete()
    items.delete()
    DeclaredCredential.objects.filter(person=person).delete()

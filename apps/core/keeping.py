"""Files whose name is made of their SHA-256: stored once, whole, and put right where a disk has spoilt them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection

from apps.core.ids import new_public_id

if TYPE_CHECKING:
    from django.core.files import File


def keep(name: str, content: File[Any], *, sha256: str) -> str:
    """See that `content` lies under `name`, which its sum has made; the name is given back."""
    if not _is_whole(name, sha256):
        content.seek(0)
        _store(name, content)
    return name


def hold(name: str) -> None:
    """Until the transaction ends: all who hold one name wait for one another, such as who keeps these bytes and who
    forgets them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def try_to_hold(name: str) -> bool:
    """The same, without waiting: whether nobody else held it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [name])
        (got,) = cursor.fetchone()
    return bool(got)


def _is_whole(name: str, sha256: str) -> bool:
    """Whether a file lies there with the bytes that its name promises: a write may have been cut off, a disk may rot."""
    if not default_storage.exists(name):
        return False
    with default_storage.open(name, "rb") as kept:
        return hashlib.file_digest(kept, "sha256").hexdigest() == sha256


def _store(name: str, content: File[Any]) -> None:
    """Put the bytes there all at once, in the place of what may lie there damaged."""
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.save(name, content)  # a bucket shows the old bytes until it has all of the new ones
        return
    # A disk shows a file while it is being written: so it gets its name last.
    part = f"{name}.{new_public_id()}"
    try:
        default_storage.save(part, content)
        Path(default_storage.path(part)).replace(default_storage.path(name))
    finally:
        default_storage.delete(part)

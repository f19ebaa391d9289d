"""Files named after their SHA-256: stored once, whole, and repaired if a disk has damaged them."""

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
    """Make sure that `content` is stored as `name`, which is made from its hash; return the name."""
    if not _is_whole(name, sha256):
        content.seek(0)
        _store(name, content)
    return name


def hold(name: str) -> None:
    """Lock a name until the transaction ends, so that storing a file and forgetting it can't overlap."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def try_to_hold(name: str) -> bool:
    """Lock a name as `hold` does, without waiting. Return whether nobody else held it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [name])
        (got,) = cursor.fetchone()
    return bool(got)


def _is_whole(name: str, sha256: str) -> bool:
    """Whether a file is there with the bytes that its name promises: a write may have been cut off, a disk may rot."""
    if not default_storage.exists(name):
        return False
    with default_storage.open(name, "rb") as kept:
        return hashlib.file_digest(kept, "sha256").hexdigest() == sha256


def _store(name: str, content: File[Any]) -> None:
    """Store the bytes in one step, replacing a damaged file if there is one."""
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.save(name, content)  # a bucket shows the old bytes until it has all of the new ones
        return
    # A disk shows a file while it is being written, so it gets its name last.
    part = f"{name}.{new_public_id()}"
    try:
        default_storage.save(part, content)
        Path(default_storage.path(part)).replace(default_storage.path(name))
    finally:
        default_storage.delete(part)

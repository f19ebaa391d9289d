"""Parts of an S3 multipart upload. Browsers send theirs directly, each to an address signed for its number, length
and sum; we pass on those from forms without scripts and from API clients.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx
from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.storage import default_storage, storages
from django.utils.translation import gettext as _

from apps.core.bucket import Bucket, as_a_disk
from apps.submissions.parts.common import Address, BadPart, Spoilt, Whole, no_answer, room, take_in, take_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from apps.submissions.models import Upload, UploadPart
    from apps.submissions.parts.common import Stream

# The limit is checked when a part begins to arrive, however long that takes.
SECONDS = 10 * 60
_SUM = "x-amz-checksum-sha256"
# S3's errors for parts that it can't assemble.
_SPOILT = {"BadDigest", "EntityTooSmall", "InvalidPart", "InvalidPartOrder"}
logger = logging.getLogger(__name__)


def begin(upload: Upload) -> str:
    with _asked(upload):
        return str(_bucket().client.create_multipart_upload(**_whole(upload), ChecksumAlgorithm="SHA256")["UploadId"])


def end(upload: Upload, called: str) -> None:
    """Discard the upload. If that fails, the bucket's own rule for leftovers deletes it (docs/operating.md)."""
    try:
        with as_a_disk(upload.folder):
            _bucket().client.abort_multipart_upload(**_whole(upload), UploadId=called)
    except FileNotFoundError:
        pass  # it is complete, or discarded
    except OSError as error:
        logger.warning("The parts in %s stay where they are: %s", upload.folder, error)


def write(upload: Upload, number: int, stream: Stream, *, sha256: str = "") -> tuple[str, str]:
    """It goes straight to its place, so it needs no temporary name. It is buffered on disk, not in memory."""
    with room(), tempfile.TemporaryFile(buffering=0) as here:
        found = take_in(here.fileno(), stream, upload.size_of(number), sha256.lower())
        here.seek(0)
        with _asked(upload):
            _bucket().client.upload_part(**_part(upload, number, found), Body=here)
    return "", found


def settle(_upload: Upload, _number: int, _name: str) -> None:
    """Nothing to do: it has its place."""


def forget(_name: str) -> None:
    """Nothing to do: the next part with its number replaces it."""


def sign(upload: Upload, number: int, sha256: str) -> Address:
    params = _part(upload, number, sha256)
    with _asked(upload):
        url = _bucket().address_for("upload_part", params, seconds=SECONDS)
    return Address(url, {_SUM: params["ChecksumSHA256"]})


def find(upload: Upload, number: int, sha256: str) -> None:
    """Check its length, and its sum if the bucket tells it: the bucket itself has compared the part with the signed
    sum.
    """
    wanted, listed = _part(upload, number, sha256), {}
    if upload.multipart:
        with _asked(upload):
            listed = _bucket().client.list_parts(**_begun(upload), PartNumberMarker=number - 1, MaxParts=1)
    for one in listed.get("Parts", []):
        told = one["PartNumber"], one["Size"], one.get("ChecksumSHA256", wanted["ChecksumSHA256"])
        if told == (number, wanted["ContentLength"], wanted["ChecksumSHA256"]):
            return
    raise BadPart(_("That part has not arrived. Send it again."))


@contextmanager
def put_together(upload: Upload, parts: Iterable[UploadPart]) -> Iterator[Whole]:
    """The bucket assembles the file, once; then it is read into a local file, and each part is summed again."""
    listed, whole = list(parts), hashlib.sha256()
    _complete(upload, listed)
    with tempfile.NamedTemporaryFile(buffering=0) as here:
        try:
            with default_storage.open(_name(upload)) as source:
                for part in listed:
                    take_over(here.fileno(), source, part, whole)
        except FileNotFoundError:
            raise Spoilt(upload.folder) from None
        yield Whole(Path(here.name), whole.hexdigest(), partial(_keep, upload))


def _complete(upload: Upload, parts: list[UploadPart]) -> None:
    if not upload.multipart:
        raise Spoilt(upload.folder)
    client = _bucket().client
    try:
        with as_a_disk(upload.folder):
            tags = {one["PartNumber"]: one["ETag"] for one in client.list_parts(**_begun(upload)).get("Parts", [])}
            if not tags.keys() >= {one.number for one in parts}:
                raise Spoilt(upload.folder)
            made_of = [
                {"PartNumber": one.number, "ETag": tags[one.number], "ChecksumSHA256": _as_s3(one.sha256)}
                for one in parts
            ]
            client.complete_multipart_upload(**_begun(upload), MultipartUpload={"Parts": made_of})
    except FileNotFoundError:
        pass  # done before, or dropped: reading it tells
    except OSError as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and cause.response["Error"]["Code"] in _SPOILT:
            raise Spoilt(upload.folder) from error
        raise


def _keep(upload: Upload, name: str) -> None:
    """Copy it within the bucket, so that it isn't sent back."""
    with as_a_disk(name):
        _bucket().client.copy_object(**_bucket().at(name), CopySource=_whole(upload))


def drop(upload: Upload) -> None:
    if not upload.multipart:
        return
    end(upload, upload.multipart)
    try:
        default_storage.delete(_name(upload))
    except OSError as error:
        logger.warning("%s stays where it is: %s", upload.folder, error)


def hello() -> str:
    """Send the preflight request that a browser makes before its first part."""
    bucket, name = _bucket(), "doctor/parts"
    with as_a_disk(name):
        begun = bucket.client.create_multipart_upload(**bucket.at(name), ChecksumAlgorithm="SHA256")["UploadId"]
        params = {**bucket.at(name), "UploadId": begun, "PartNumber": 1, "ChecksumSHA256": _as_s3("00" * 32)}
        url = bucket.address_for("upload_part", params, seconds=SECONDS)
        bucket.client.abort_multipart_upload(**bucket.at(name), UploadId=begun)
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": _SUM}
    try:
        answer = httpx.options(url, headers={"Origin": settings.PUBLIC_URL, **asked}, timeout=10)
    except httpx.HTTPError as error:
        raise OSError(str(error)) from error
    if answer.headers.get("Access-Control-Allow-Origin") not in {"*", settings.PUBLIC_URL}:
        message = (
            f"the bucket takes nothing from browsers on {settings.PUBLIC_URL}, so parts come through the web server"
        )
        raise OSError(message)
    return f"browsers send them to {settings.BUCKET_ORIGIN}"


@contextmanager
def _asked(upload: Upload) -> Iterator[None]:
    with room(away=no_answer()), as_a_disk(upload.folder):
        yield


def _bucket() -> Bucket:
    return cast("Bucket", storages["default"])


def _name(upload: Upload) -> str:
    return f"{upload.folder}/whole"


def _whole(upload: Upload) -> dict[str, Any]:
    return _bucket().at(_name(upload))


def _begun(upload: Upload) -> dict[str, Any]:
    return {**_whole(upload), "UploadId": upload.multipart}


def _part(upload: Upload, number: int, sha256: str) -> dict[str, Any]:
    told = {"ContentLength": upload.size_of(number), "ChecksumSHA256": _as_s3(sha256)}
    return {**_begun(upload), "PartNumber": number, **told}


def _as_s3(sha256: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise BadPart(_("The checksum of that part can't be read."))
    return base64.b64encode(bytes.fromhex(sha256)).decode()

"""Files in an S3-compatible bucket: read only as far as needed, and failing the way a disk fails."""

from __future__ import annotations

import errno
import io
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import WriteableBuffer

# A player seeking a position asks for little; a reader that goes on gets larger ranges.
_FIRST = 256 * 1024
_MOST = 4 * 1024 * 1024


@contextmanager
def as_a_disk(name: str) -> Iterator[None]:
    """Turn the bucket's errors into OSError, as anyone opening a file expects."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        # A missing bucket says nothing about the file.
        if status == HTTPStatus.NOT_FOUND and error.response["Error"]["Code"] != "NoSuchBucket":
            raise FileNotFoundError(errno.ENOENT, str(error), name) from error
        number = errno.ENOSPC if status == HTTPStatus.INSUFFICIENT_STORAGE else errno.EIO
        raise OSError(number, str(error), name) from error
    except (BotoCoreError, Boto3Error) as error:
        raise OSError(errno.EIO, str(error), name) from error


class Bucket(S3Storage):
    """One connection for all threads of a process; otherwise each would load S3's whole service description itself.

    `browsers_url`: the address at which browsers reach the bucket, which may differ from ours.
    """

    def __init__(self, *, addressing_style: str, browsers_url: str, **options: Any) -> None:
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": addressing_style},
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "max_attempts": 3},
            max_pool_connections=32,
            # Many S3-compatible services don't know the optional checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, **options)
        self.browsers_url = browsers_url

    @cached_property
    def connection(self) -> Any:
        return super().connection

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    @cached_property
    def _for_browsers(self) -> Any:
        """The client that signs addresses for browsers: the host name is part of what is signed. It sends no
        requests.
        """
        if self.browsers_url == self.endpoint_url:
            return self.client
        options = {"region_name": self.region_name, "endpoint_url": self.browsers_url, "config": self.client_config}
        return self._create_session().client("s3", **options)

    def address_for(self, method: str, params: dict[str, Any], *, seconds: int) -> str:
        """Return an address at which a browser may do this one thing for `seconds`."""
        return str(self._for_browsers.generate_presigned_url(method, Params=params, ExpiresIn=seconds))

    def at(self, name: str) -> dict[str, str]:
        """The parameters by which S3 requests name a file."""
        return {"Bucket": self.bucket_name, "Key": name}

    def delete(self, name: str) -> None:
        with as_a_disk(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with as_a_disk(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with as_a_disk(name):
            return int(super().size(name))

    def listdir(self, path: str) -> Any:
        with as_a_disk(path):
            return super().listdir(path)

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        with as_a_disk(name):
            return _Kept(lambda: self._read(name), name) if mode == "rb" else super()._open(name, mode)

    def _save(self, name: str, content: File[Any]) -> str:
        with as_a_disk(name):
            return str(super()._save(name, content))

    def _read(self, name: str) -> io.BufferedReader:
        with as_a_disk(name):
            size = self.client.head_object(**self.at(name))["ContentLength"]
        return io.BufferedReader(_Reading(self, name, size))


class _Kept(File[bytes]):
    """A file that can be reopened by reading from the bucket again."""

    def __init__(self, opened: Callable[[], io.BufferedReader], name: str) -> None:
        super().__init__(opened(), name)
        self._opened = opened

    def open(self, mode: str | None = None, *_arguments: Any, **_more: Any) -> _Kept:
        if self.closed:
            self.file = self._opened()
        self.seek(0)
        return self


class _Reading(io.RawIOBase):
    """Reads one range at a time, each longer than the last, so that no response stays half read for a slow client."""

    def __init__(self, bucket: Bucket, name: str, size: int) -> None:
        self._bucket, self._name, self._size = bucket, name, size
        self._at, self._stretch = 0, _FIRST
        self._from, self._here = 0, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, into: WriteableBuffer) -> int:
        target = memoryview(into).cast("B")
        if self._at >= self._size:
            return 0
        if not 0 <= self._at - self._from < len(self._here):
            self._fetch()
        start = self._at - self._from
        found = self._here[start : start + len(target)]
        target[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _fetch(self) -> None:
        reads_on = self._at == self._from + len(self._here)
        self._stretch = min(2 * self._stretch, _MOST) if reads_on and self._here else _FIRST
        last = min(self._at + self._stretch, self._size) - 1
        with as_a_disk(self._name):
            answer = self._bucket.client.get_object(**self._bucket.at(self._name), Range=f"bytes={self._at}-{last}")
            self._here, self._from = answer["Body"].read(), self._at

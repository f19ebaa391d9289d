"""ClamAV behind its socket: a file goes in by INSTREAM, and one line comes back."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

# How long it may take to say hello, and to answer for a file of gigabytes once all of it is there.
_HELLO = 5.0
_ANSWER = 300.0
_LONGEST_LINE = 4096


class NotScanned(Exception):
    """The scanner is away or could not do it: to be tried again, and never taken for clean."""


class TooLargeToScan(Exception):
    """The scanner takes no file of this size, however often it is asked (its StreamMaxLength)."""


def is_there() -> bool:
    """Whether this house has a scanner at all."""
    return bool(settings.CLAMAV_SOCKET)


def scan(chunks: Iterable[bytes]) -> str:
    """The name of what was found, or nothing where a scanner found nothing. Raises NotScanned or TooLargeToScan."""
    try:
        with _connected() as line:
            line.sendall(b"zINSTREAM\0")
            line.settimeout(_ANSWER)
            try:
                for chunk in chunks:
                    line.sendall(len(chunk).to_bytes(4, "big") + chunk)
                line.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough, and its answer says why
            answer = _line(line)
    except OSError as error:
        raise NotScanned(str(error)) from error
    if answer.startswith("INSTREAM size limit exceeded"):
        raise TooLargeToScan
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise NotScanned(answer or "no answer")


def hello() -> str:
    """What the scanner says it is. Raises NotScanned."""
    try:
        with _connected() as line:
            line.sendall(b"zVERSION\0")
            answer = _line(line)
    except OSError as error:
        raise NotScanned(str(error)) from error
    if not answer:
        raise NotScanned("no answer")
    return answer


def _connected() -> socket.socket:
    place = settings.CLAMAV_SOCKET.removeprefix("unix:")
    if place.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(_HELLO)
        try:
            line.connect(place)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = place.rpartition(":")
    if not port.isdigit():
        message = f"CLAMAV_SOCKET is {place!r}: it is a path, or host:port."
        raise NotScanned(message)
    return socket.create_connection((host.strip("[]") or "localhost", int(port)), timeout=_HELLO)


def _line(line: socket.socket) -> str:
    """One answer: it ends with a zero byte, or with the connection."""
    answer = b""
    while b"\0" not in answer and len(answer) < _LONGEST_LINE:
        try:
            heard = line.recv(_LONGEST_LINE)
        except ConnectionResetError:
            break
        if not heard:
            break
        answer += heard
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()

"""ClamAV over its socket: a file goes in with INSTREAM, and one line comes back."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

# How long it may take to greet, and to answer once it has all of a file of gigabytes.
_HELLO = 5.0
_ANSWER = 300.0
_LONGEST_LINE = 4096


class NotScanned(Exception):
    """The scanner was unavailable or failed: try again, and never count the file as clean."""


class TooLargeToScan(Exception):
    """The file exceeds the scanner's StreamMaxLength, so trying again is no use."""


def is_there() -> bool:
    """Whether this installation has a scanner."""
    return bool(settings.CLAMAV_SOCKET)


def scan(chunks: Iterable[bytes]) -> str:
    """The name of the virus found, or empty. Raises NotScanned or TooLargeToScan."""
    try:
        with _connected() as line:
            line.sendall(b"zINSTREAM\0")
            line.settimeout(_ANSWER)
            try:
                for chunk in chunks:
                    line.sendall(len(chunk).to_bytes(4, "big") + chunk)
                line.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has stopped reading, and its answer says why
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
    """The scanner's version. Raises NotScanned."""
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
    """One answer, up to a zero byte or the end of the connection."""
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

"""A network in memory, behind the guarded client: it keeps each name, address and page that was asked for."""

import json
import socket
from collections import defaultdict

import httpcore

from apps.core import client
from apps.core.client import Network as Seam

PUBLIC = "93.184.215.14"
# Names that somebody has pointed inside: one after the other, the last for ever.
INSIDE = {
    "inside.example": ["10.0.0.1"],
    "loopback.example": ["127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "six.example": ["::1"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "nat.example": ["64:ff9b::7f00:1"],
    "both.example": [PUBLIC, "192.168.0.1"],
}
REBOUND = "rebound.example"


def answer(body, *, status=200, media_type="application/json", headers=()):
    """The bytes of an answer over HTTP."""
    if not isinstance(body, bytes):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {media_type}", f"Content-Length: {len(body)}", *headers]
    return ["\r\n".join(lines).encode() + b"\r\n\r\n" + body]


def leading_to(address):
    return answer(b"", status=302, headers=[f"Location: {address}"])


def endless():
    """A body that never ends, of an answer that does not say how long it is."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"
    while True:
        yield b'"a":' * 16_000


class Network:
    """`pages`: by address, what lies there: JSON, or the parts of an answer, or what makes them."""

    def __init__(self, pages):
        self.pages = pages
        self.asked = []
        self.connected = set()
        self.looked_up = defaultdict(int)

    @property
    def seam(self):
        return Seam(self.resolve, _Wires(self))

    def resolve(self, host, port):
        self.looked_up[host] += 1
        if host == REBOUND:
            return [PUBLIC] if self.looked_up[host] == 1 else ["127.0.0.1"]
        if host in INSIDE:
            return INSIDE[host]
        if host.endswith(".example"):
            return [PUBLIC]
        if host.endswith(".test"):
            raise socket.gaierror("unknown")
        return client.resolve_name(host, port)  # what is a number in any spelling, and this machine

    def parts(self, address):
        found = self.pages.get(address)
        if found is None:
            return answer(b"", status=404)
        if callable(found):
            return found()
        return found if isinstance(found, list) else answer(found)


class _Wires(httpcore.NetworkBackend):
    def __init__(self, network):
        self.network = network

    def connect_tcp(self, host, port, *_args, **_options):
        self.network.connected.add(host)
        return _Wire(self.network)


class _Wire(httpcore.NetworkStream):
    def __init__(self, network):
        self.network = network
        self.scheme = "http"
        self.request = b""
        self.parts = None
        self.left = b""

    def read(self, max_bytes, timeout=None):
        if self.parts is None:
            lines = self.request.decode().split("\r\n")
            host = next(line[6:] for line in lines if line.startswith("Host: "))
            address = f"{self.scheme}://{host}{lines[0].split(' ')[1]}"
            self.network.asked.append(address)
            self.parts = iter(self.network.parts(address))
        self.left = self.left or next(self.parts, b"")
        part, self.left = self.left[:max_bytes], self.left[max_bytes:]
        return part

    def write(self, buffer, timeout=None):
        self.request += buffer

    def start_tls(self, *_args, **_options):
        self.scheme = "https"
        return self

    def close(self):
        pass

    def get_extra_info(self, _info):
        return None

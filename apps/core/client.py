"""The guarded client: everything that is fetched for a person goes through here.

A name is resolved once, every address it has must be a public one, and the connection goes to an address that was
looked at; each redirect is looked at anew. Nothing is sent that could tell who asks: no cookies, no credentials.
One deadline holds for names, connections, handshakes, headers and body together.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Collection, Iterable

MOST_REDIRECTS = 3
MOST_BYTES = 2 * 1024 * 1024
SECONDS = 8.0
PORTS = {"https": 443, "http": 80}
_LAST_PORT = 65_535
_REDIRECTS = {301, 302, 303, 307, 308}
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Not for the public internet, though Python's table of 3.11 lets them pass.
_RESERVED = [ipaddress.ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")]
_NO_ANSWER = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol)
# Plainly said or not at all: Python's reader of mail headers trips over what others make up.
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([a-z0-9][\w.:+-]{0,39})""", re.IGNORECASE | re.ASCII)
# The system's own look-up knows no deadline: it runs beside, and is left behind when it takes too long.
_LOOKING_UP = ThreadPoolExecutor(16, thread_name_prefix="names")


class FetchRefused(Exception):
    """An address that is not fetched for anybody, or that gave no usable answer; the message says which."""


class AddressRefused(FetchRefused):
    """What is no address on the public internet at all: nobody was asked."""


@dataclass(frozen=True)
class Fetched:
    url: str
    media_type: str
    body: bytes
    status: int = HTTPStatus.OK
    # As the answer names it, for what is text; often nothing.
    charset: str = field(default="", compare=False)


def resolve_name(host: str, port: int) -> list[str]:
    """Every address of a host, as text."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@cache
def _public_authorities() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@dataclass(frozen=True)
class Network:
    """The one seam to names, sockets and certificates."""

    resolve: Callable[[str, int], list[str]] = resolve_name
    sockets: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    trusted: Callable[[], ssl.SSLContext] = _public_authorities


def fetch(
    url: str,
    *,
    accept: str = "application/json",
    network: Network | None = None,
    most_bytes: int = MOST_BYTES,
    seconds: float = SECONDS,
    gone: bool = False,
) -> Fetched:
    """GET a public address. `gone`: a 410 is an answer too, with what it says. Raises FetchRefused."""
    guarded = _Guarded(network or Network(), time.monotonic() + seconds)
    here, wanted = _parsed(url), {HTTPStatus.OK, HTTPStatus.GONE} if gone else {HTTPStatus.OK}
    for _hop in range(MOST_REDIRECTS + 1):
        found = _get(here, accept, guarded, most_bytes, wanted)
        if isinstance(found, Fetched):
            return found
        if here.scheme == "https" and found.scheme != "https":
            raise FetchRefused(_("%(host)s leads from https to http") % {"host": _host(here)})
        here = found
    raise FetchRefused(_("more than %(most)d redirects") % {"most": MOST_REDIRECTS})


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet's, whatever v6 wrapping it hides in."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped: Iterable[ipaddress.IPv4Address | None] = (
            ip.ipv4_mapped,
            ip.sixtofour,
            *(ip.teredo or ()),
            ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None,
        )
        inner = [one for one in wrapped if one is not None]
        if inner:
            return all(is_public(str(one)) for one in inner)
        if ip not in _GLOBAL_V6:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in one for one in _RESERVED)


class _Guarded(httpcore.NetworkBackend):
    """Connects only to public addresses, and only until the deadline."""

    def __init__(self, network: Network, ends: float) -> None:
        self.network = network
        self.ends = ends

    def left(self) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise FetchRefused(_("the answer took too long"))
        return left

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if name not in settings.FETCH_ALLOW and not all(is_public(one) for one in addresses):
            raise AddressRefused(_("%(host)s is not on the public internet") % {"host": host})
        *others, last = addresses
        for address in others:
            try:
                return self._connected(address, port)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(last, port)

    def _addresses(self, host: str, port: int) -> list[str]:
        looking = _LOOKING_UP.submit(self.network.resolve, host, port)
        try:
            found = looking.result(timeout=self.left())
        except TimeoutError:
            looking.cancel()  # one that has not begun does not stand in the way of others
            raise FetchRefused(_("the name %(host)s took too long to find") % {"host": host}) from None
        except (OSError, ValueError):
            found = []
        if not found:
            raise FetchRefused(_("the name %(host)s is not known") % {"host": host})
        return found

    def _connected(self, address: str, port: int) -> httpcore.NetworkStream:
        return _Stream(self.network.sockets.connect_tcp(address, port, timeout=self.left()), self)


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends at the one deadline."""

    def __init__(self, inner: httpcore.NetworkStream, guarded: _Guarded) -> None:
        self.inner = inner
        self.guarded = guarded

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self.guarded.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, self.guarded.left())

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self.inner.start_tls(ssl_context, server_hostname, self.guarded.left()), self.guarded)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


def _parsed(url: str) -> httpx.URL:
    try:
        return _acceptable(httpx.URL(url))
    except (httpx.InvalidURL, UnicodeError):
        raise AddressRefused(_("that is not an address")) from None


def _acceptable(url: httpx.URL) -> httpx.URL:
    if url.port is not None and not 0 < url.port <= _LAST_PORT:
        # Sockets take the number apart in C: too large a one is another port, or none that Python can hand on.
        raise httpx.InvalidURL(str(url.port))
    if url.scheme not in PORTS or not url.raw_host or url.userinfo:
        raise AddressRefused(_("only plain http and https addresses are fetched"))
    return url


def _host(url: httpx.URL) -> str:
    """As it goes over the wire: httpx's own `host` is decoded for people and fails on what isn't IDNA."""
    return url.raw_host.decode("ascii")


def _get(
    url: httpx.URL, accept: str, guarded: _Guarded, most_bytes: int, wanted: Collection[int]
) -> Fetched | httpx.URL:
    """What lies there, with a status that is `wanted`, or where it leads."""
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port or PORTS[url.scheme], target=url.raw_path
    )
    headers = [
        (b"Host", url.netloc),
        (b"Accept", accept.encode()),
        (b"Accept-Encoding", b"identity"),
        (b"User-Agent", b"Satchel"),
        (b"Connection", b"close"),
    ]
    try:
        with (
            httpcore.ConnectionPool(ssl_context=guarded.network.trusted(), network_backend=guarded) as pool,
            pool.stream("GET", target, headers=headers) as response,
        ):
            given = httpx.Headers(response.headers)
            if response.status in _REDIRECTS and "Location" in given:
                return _acceptable(url.join(given["Location"]))
            if response.status not in wanted:
                raise FetchRefused(_("%(host)s answered %(status)d") % {"host": _host(url), "status": response.status})
            if given.get("Content-Encoding", "identity").lower() != "identity":
                raise FetchRefused(
                    _("%(host)s answered in a packed form that was not asked for") % {"host": _host(url)}
                )
            body = _limited(response.iter_stream(), most_bytes)
    except (httpx.InvalidURL, UnicodeError):
        raise FetchRefused(_("%(host)s redirects to something that is not an address") % {"host": _host(url)}) from None
    except _NO_ANSWER as error:
        raise FetchRefused(
            _("%(host)s did not answer (%(why)s)") % {"host": _host(url), "why": type(error).__name__}
        ) from None
    kind = given.get("Content-Type", "")
    media_type, charset = kind.partition(";")[0].strip().lower(), _CHARSET.search(kind)
    return Fetched(str(url), media_type, body, response.status, charset[1].lower() if charset else "")


def _limited(parts: Iterable[bytes], most_bytes: int) -> bytes:
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > most_bytes:
            raise FetchRefused(_("the answer is larger than %(most)d bytes") % {"most": most_bytes})
    return bytes(body)

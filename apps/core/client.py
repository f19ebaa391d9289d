"""The guarded client: everything that is fetched for a person goes through here.

A name is resolved once, every address it has must be a public one, and the connection goes to the address that was
looked at; each redirect is looked at anew. Nothing is sent that could tell who asks: no cookies, no credentials.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_REDIRECTS = 3
MOST_BYTES = 2 * 1024 * 1024
SECONDS = 8.0
SCHEMES = {"https": 443, "http": 80}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchRefused(Exception):
    """An address that is not fetched for anybody, or that gave no usable answer; the message says which."""


@dataclass(frozen=True)
class Fetched:
    url: str
    media_type: str
    body: bytes


def resolve_name(host: str, port: int) -> list[str]:
    """Every address of a host, as text."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def fetch(
    url: str,
    *,
    accept: str = "application/json",
    resolver: Callable[[str, int], list[str]] = resolve_name,
    transport: Callable[[], httpx.BaseTransport] = lambda: httpx.HTTPTransport(retries=0, trust_env=False),
    most_bytes: int = MOST_BYTES,
    seconds: float = SECONDS,
) -> Fetched:
    """GET a public address. `resolver` and `transport` are the one seam to the network. Raises FetchRefused."""
    ends = time.monotonic() + seconds
    with httpx.Client(transport=transport(), follow_redirects=False, trust_env=False) as client:
        for _hop in range(MOST_REDIRECTS + 1):
            host, port, address = _checked(url, resolver)
            request = client.build_request(
                "GET",
                httpx.URL(url).copy_with(host=address),
                headers={"Host": _host_header(url), "Accept": accept, "User-Agent": "Satchel", "Accept-Encoding": "identity"},
                extensions={"sni_hostname": host},
                timeout=max(ends - time.monotonic(), 0.1),
            )
            try:
                response = client.send(request, stream=True)
                try:
                    if response.is_redirect:
                        url = urljoin(url, response.headers.get("Location", ""))
                        continue
                    if response.status_code != httpx.codes.OK:
                        raise FetchRefused(f"{host} answered {response.status_code}")
                    body = _limited(response, most_bytes, ends)
                finally:
                    response.close()
            except httpx.HTTPError as error:
                raise FetchRefused(f"{host} did not answer ({type(error).__name__})") from None
            media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
            return Fetched(url=url, media_type=media_type, body=body)
    raise FetchRefused(f"more than {MOST_REDIRECTS} redirects")


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet's, whatever v6 wrapping it hides in."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner: Iterable[ipaddress.IPv4Address | None] = (
            ip.ipv4_mapped,
            ip.sixtofour,
            *(ip.teredo or ()),
            ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None,
            # The deprecated ::a.b.c.d
            ipaddress.IPv4Address(int(ip)) if 0 < int(ip) < 2**32 else None,
        )
        if any(one is not None for one in inner):
            return all(is_public(str(one)) for one in inner if one is not None)
    return ip.is_global and not ip.is_multicast


def _checked(url: str, resolver: Callable[[str, int], list[str]]) -> tuple[str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port or SCHEMES.get(parts.scheme, 0)
    except ValueError:
        raise FetchRefused("that is not an address") from None
    host = parts.hostname
    if parts.scheme not in SCHEMES or not host or parts.username or parts.password:
        raise FetchRefused("only plain http and https addresses are fetched")
    allowed = f"{host}:{port}" in settings.FETCH_ALLOW
    try:
        addresses = resolver(host, port)
    except (OSError, UnicodeError):
        raise FetchRefused(f"the name {host} is not known") from None
    if not addresses:
        raise FetchRefused(f"the name {host} is not known")
    if not allowed and not all(is_public(one) for one in addresses):
        raise FetchRefused(f"{host} is not on the public internet")
    return host, port, addresses[0]


def _host_header(url: str) -> str:
    return urlsplit(url).netloc.rsplit("@", 1)[-1]


def _limited(response: httpx.Response, most_bytes: int, ends: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > most_bytes:
            raise FetchRefused(f"the answer is larger than {most_bytes} bytes")
        if time.monotonic() > ends:
            raise FetchRefused("the answer took too long")
    return bytes(body)

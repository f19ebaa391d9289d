"""Going through everything that a person can fetch, and looking for somebody in it however they are written there."""

import base64
import gzip
import html
import io
import re
import zipfile
import zlib
from functools import cache
from itertools import product
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import get_resolver

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_LINK = re.compile(r'(?:src|href|action)="([^"]+)"')
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
# Signing in, and the operator's own rooms: nobody's work lies there.
_ELSEWHERE = ("accounts/", "admin/")


def routes():
    """Every address of the house but those where no work lies, as its resolver knows them."""

    def patterns(resolver, before=""):
        for entry in resolver.url_patterns:
            route = before + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                yield from patterns(entry, route)
            elif "(?P" not in route and not route.startswith(_ELSEWHERE):
                yield route

    return list(patterns(get_resolver("config.urls")))


def addresses(route, names):
    """A route with every value that a name in it can have: `names`, by the names of parameters."""
    asked = _PARAMETER.findall(route)
    for values in product(*(names.get(name, ["x"]) for name in asked)):
        left = iter(values)
        yield "/" + _PARAMETER.sub(lambda _found: str(next(left)), route)  # noqa: B023 - used at once


def walk(page, api, names, alike):
    """Address -> what it answered, head and body; with the files that its pages lead to. Of ids that are `alike`, the
    others are asked for where the first found something.
    """
    found = {}
    for route in routes():
        client = api if route.startswith("api/") else page
        for address in addresses(route, names):
            answer = client.get(address)
            if answer.status_code == 405:
                break  # whatever it names, nothing is fetched there
            if answer.status_code not in {200, 409, 422}:
                continue
            found[address] = told(answer)
            if alike[0] in address:
                for other in (address.replace(alike[0], one) for one in alike[1:]):
                    found[other] = told(client.get(other))
    for address in {link for body in found.values() for link in _to_files(body)}:
        parts = urlsplit(address)
        answer = Client(headers={"host": parts.netloc}).get(f"{parts.path}?{parts.query}")
        found[address] = told(answer)
        # The page around a paper fetches its file from beside itself.
        if parts.path.endswith("/view"):
            beside = re.search(rb'data-file="([^"]+)"', answer.content)[1].decode()
            file = parts.path.removesuffix("view") + beside
            found[file] = told(Client(headers={"host": parts.netloc}).get(file))
    return found


def told(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return head.encode() + b"\n\n" + body


def _to_files(body):
    text = body.decode(errors="replace")
    return {html.unescape(link) for link in _LINK.findall(text) if link.startswith(settings.EVIDENCE_ORIGIN)}


def traces(data, secrets):
    """Which of these strings stand in some bytes, packed or written in whatever way."""
    whole = b"\n".join(unpacked(data)).lower()
    return {secret for secret in secrets if any(form in whole for form in written(secret))}


def unpacked(data, depth=0):
    """The bytes themselves, and what is packed in them."""
    yield data
    if depth > 4:
        return
    body = data.partition(b"\n\n")[2] if data.startswith((b"Content", b"content", b"Vary")) or depth == 0 else data
    if body != data:
        yield from unpacked(body, depth + 1)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for entry in archive.infolist():
                yield entry.filename.encode()
                yield from unpacked(archive.read(entry), depth + 1)
    elif body.startswith(b"\x1f\x8b"):
        yield from unpacked(gzip.decompress(body), depth + 1)
    for packed in _STREAM.findall(body) if body.startswith(b"%PDF") else ():
        try:
            yield zlib.decompressobj().decompress(packed)
        except zlib.error:
            yield packed
    if b"%" in body:
        yield unquote(body.decode("latin-1")).encode()
    if b"&" in body:
        yield html.unescape(body.decode("latin-1")).encode("utf-8", "ignore")


@cache
def written(secret):
    """How a string may stand there, in small letters: as it is, in UTF-16, in base64, in an address, in hex."""
    plain = secret.encode()
    forms = {plain.lower(), secret.lower().encode("utf-16-le"), secret.lower().encode("utf-16-be")}
    forms |= {quote(secret).lower().encode(), quote(secret, safe="").lower().encode()}
    forms |= {plain.hex().encode(), secret.encode("utf-16-be").hex().encode()}
    for text in (plain, plain.lower(), secret.encode("utf-16-le")):
        for shift in range(3):
            # Of the first and the last group, some letters depend on what stands beside.
            coded = base64.b64encode(bytes(shift) + text)[4 if shift else 0 : -4]
            forms |= (
                {coded.lower(), coded.translate(bytes.maketrans(b"+/", b"-_")).lower()} if len(coded) > 7 else set()
            )
    return forms

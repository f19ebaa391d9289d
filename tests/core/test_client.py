"""The guarded client, with no address allowed. Names and sockets come in by its one seam."""

import socket
import ssl
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.core import client
from apps.core.client import AddressRefused, FetchRefused, Network

PUBLIC = "93.184.215.14"


@pytest.fixture(autouse=True)
def _nothing_is_allowed(settings):
    settings.FETCH_ALLOW = []


class Server:
    """One listener on loopback that answers each connection with the next of its answers, and keeps what was asked.

    An answer may be a function of what was asked.
    """

    def __init__(self, *answers, context=None, pause=0.0):
        self.answers = list(answers)
        self.asked = []
        self.pause = pause
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        if context:
            self.listener = context.wrap_socket(self.listener, server_side=True)
        self.left = threading.Event()
        self.thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.left.set()
        self.listener.close()
        self.thread.join()

    def _serve(self):
        for answer in self.answers:
            try:
                connection, _address = self.listener.accept()
            except (OSError, ssl.SSLError):
                return
            with connection:
                self.asked.append(connection.recv(65536).decode())
                if callable(answer):
                    answer = answer(self.asked[-1])  # noqa: PLW2901 - what comes of it is the answer
                try:
                    for part in answer if isinstance(answer, list) else [answer]:
                        connection.sendall(part)
                        self.left.wait(self.pause)
                except OSError:
                    continue


class Sockets(httpcore.SyncBackend):
    """Keeps which addresses were connected to, and leads all of them to one server."""

    def __init__(self, port=None, dead=()):
        self.port = port
        self.dead = dead
        self.connected = []

    def connect_tcp(self, host, port, *args, **kwargs):
        self.connected.append((host, port))
        if host in self.dead or self.port is None:
            raise httpcore.ConnectError("nobody there")
        return super().connect_tcp("127.0.0.1", self.port, *args, **kwargs)


def names(**table):
    """A resolver that keeps what it was asked, each name's answers one after the other, the last for ever."""
    asked = []

    def resolve(host, port):
        asked.append(host)
        answers = table.get(host.replace(".", "_").replace("-", "_"))
        if answers is None:
            raise socket.gaierror("unknown")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    resolve.asked = asked
    return resolve


def ok(body=b"{}", *headers):
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: application/json; charset=utf-8", *headers]
    return b"\r\n".join(lines) + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def to(location, status=302):
    return f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def test_it_connects_to_the_address_it_looked_at_and_names_the_host():
    with Server(ok(b'{"a":1}')) as server:
        sockets = Sockets(server.port)
        resolve = names(badges_example=[[PUBLIC]])

        found = client.fetch("http://badges.example/issuers/1?x=y#key", network=Network(resolve, sockets))

    assert found == client.Fetched("http://badges.example/issuers/1?x=y#key", "application/json", b'{"a":1}')
    assert found.charset == "utf-8"
    assert (sockets.connected, resolve.asked) == ([(PUBLIC, 80)], ["badges.example"])
    assert server.asked[0].split("\r\n") == [
        "GET /issuers/1?x=y HTTP/1.1",
        "Host: badges.example",
        "Accept: application/json",
        "Accept-Encoding: identity",
        "User-Agent: Satchel",
        "Connection: close",
        "",
        "",
    ]


def test_the_certificate_has_to_be_the_names_and_the_name_goes_into_the_handshake():
    theirs, trusted = _certificates("badges.example")
    heard = []
    theirs.sni_callback = lambda _socket, name, _context: heard.append(name)
    with Server(ok(), ok(), context=theirs) as server:
        sockets = Sockets(server.port)
        network = Network(names(badges_example=[[PUBLIC]], other_example=[[PUBLIC]]), sockets, lambda: trusted)

        found = client.fetch("https://badges.example/", network=network)
        with pytest.raises(FetchRefused, match=r"other\.example did not answer"):
            client.fetch("https://other.example/", network=network)

    assert (found.body, heard, sockets.connected) == (
        b"{}",
        ["badges.example", "other.example"],
        [(PUBLIC, 443), (PUBLIC, 443)],
    )


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:a00:1",
        "100::1",
        "2001:db8::1",
        "2001:0:7f00:1::",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "3fff::1",
        "5f00::1",
        "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::8.8.8.8",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_that_is_not_public_is_never_connected_to(address):
    sockets = Sockets()

    with pytest.raises(FetchRefused, match="not on the public internet"):
        client.fetch("http://inside.example/", network=Network(names(inside_example=[[address]]), sockets))
    with pytest.raises(FetchRefused, match="not on the public internet"):
        client.fetch("http://inside.example/", network=Network(names(inside_example=[[PUBLIC, address]]), sockets))

    assert sockets.connected == []


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", PUBLIC, "2606:4700::1", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::8.8.8.8", "2a00:1450::1%1"],
)
def test_a_public_address_is_public(address):
    assert client.is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "localhost.", "[::1]", "[::]"]
)
def test_no_spelling_of_this_machine_is_connected_to(host):
    sockets = Sockets()

    with pytest.raises(FetchRefused):
        client.fetch(f"http://{host}/", network=Network(sockets=sockets))

    assert sockets.connected == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "badges.example",
        "//badges.example/",
        "ftp://badges.example/",
        "file:///etc/passwd",
        "gopher://badges.example/",
        "data:application/json,{}",
        "http://",
        "http:///etc",
        "http://user@badges.example/",
        "http://user:word@badges.example/",
        "http://badges.example:99999/",
        "http://badges.example:x/",
        "http://badges.example/\ud800",
        "http://bad\x00host/",
        "http://badges.example/\r\nHost: inside",
        "http://[::1/",
        "https://" + "a" * 70000,
        "http://" + "a" * 70 + ".example/",
    ],
)
def test_what_is_no_plain_web_address_is_refused_before_any_connection(url):
    sockets = Sockets()

    with pytest.raises(FetchRefused):
        client.fetch(url, network=Network(names(), sockets))

    assert sockets.connected == []


NO_PORTS = ["0", "65536", "65616", "99999999999999999999", "9" * 5000]


@pytest.mark.parametrize("port", NO_PORTS, ids=["none", "one too many", "80 once round", "beyond C", "beyond Python"])
def test_a_port_that_there_is_not_is_refused_in_words_before_any_name_is_looked_up(port):
    sockets, resolve = Sockets(), names(badges_example=[[PUBLIC]])

    for scheme in ("http", "https"):
        with pytest.raises(AddressRefused, match="that is not an address"):
            client.fetch(f"{scheme}://badges.example:{port}/", network=Network(resolve, sockets))

    assert (sockets.connected, resolve.asked) == ([], [])


@pytest.mark.parametrize("port", NO_PORTS[:-1])
def test_a_redirect_to_a_port_that_there_is_not_is_refused_in_words(port):
    with Server(to(f"http://badges.example:{port}/")) as server:
        sockets, resolve = Sockets(server.port), names(badges_example=[[PUBLIC]])

        with pytest.raises(FetchRefused, match=r"badges\.example redirects to something that is not an address"):
            client.fetch("http://badges.example/", network=Network(resolve, sockets))

    assert (sockets.connected, resolve.asked) == ([(PUBLIC, 80)], ["badges.example"])


def test_the_last_port_is_one():
    sockets = Sockets()

    with pytest.raises(FetchRefused, match="did not answer"):
        client.fetch("http://badges.example:65535/", network=Network(names(badges_example=[[PUBLIC]]), sockets))

    assert sockets.connected == [(PUBLIC, 65535)]


def test_each_redirect_is_looked_at_anew():
    with Server(to("http://inside.example/secret")) as server:
        sockets = Sockets(server.port)
        resolve = names(outside_example=[[PUBLIC]], inside_example=[["10.0.0.1"]])

        with pytest.raises(FetchRefused, match=r"inside\.example is not on the public internet"):
            client.fetch("http://outside.example/", network=Network(resolve, sockets))

    assert sockets.connected == [(PUBLIC, 80)]


def test_a_name_that_changes_between_two_looks_is_caught():
    with Server(to("/again")) as server:
        sockets = Sockets(server.port)

        with pytest.raises(FetchRefused, match="not on the public internet"):
            client.fetch("http://two.example/", network=Network(names(two_example=[[PUBLIC], ["127.0.0.1"]]), sockets))

    assert sockets.connected == [(PUBLIC, 80)]


def test_three_redirects_are_followed_and_the_fourth_is_not():
    with Server(to("/1"), to("2", 307), to("//badges.example/3", 308), ok(b"there"), *[to("/on")] * 4) as server:
        network = Network(names(badges_example=[[PUBLIC]]), Sockets(server.port))

        found = client.fetch("http://badges.example/", network=network)
        with pytest.raises(FetchRefused, match="more than 3 redirects"):
            client.fetch("http://badges.example/", network=network)

    assert (found.url, found.body) == ("http://badges.example/3", b"there")


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://a@b.example/", "http://[::1", "javascript:alert(1)"]
)
def test_a_redirect_to_what_is_no_web_address_is_refused(location):
    with Server(to(location)) as server:
        network = Network(names(badges_example=[[PUBLIC]]), Sockets(server.port))

        with pytest.raises(FetchRefused):
            client.fetch("http://badges.example/", network=network)


def test_a_redirect_does_not_lead_from_https_to_http():
    theirs, trusted = _certificates("badges.example")
    with Server(to("http://badges.example/"), context=theirs) as server:
        network = Network(names(badges_example=[[PUBLIC]]), Sockets(server.port), lambda: trusted)

        with pytest.raises(FetchRefused, match="leads from https to http"):
            client.fetch("https://badges.example/", network=network)


def test_no_cookie_is_kept_between_two_requests():
    with Server(
        b"HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: who=you\r\nContent-Length: 0\r\n\r\n", ok()
    ) as server:
        client.fetch("http://badges.example/a", network=Network(names(badges_example=[[PUBLIC]]), Sockets(server.port)))

    assert [asked.lower().count("cookie") for asked in server.asked] == [0, 0]


def test_the_next_address_is_tried_when_one_does_not_answer():
    with Server(ok()) as server:
        sockets = Sockets(server.port, dead=("2606:4700::1",))
        network = Network(names(badges_example=[["2606:4700::1", PUBLIC]]), sockets)

        found = client.fetch("http://badges.example/", network=network)

    assert (found.body, sockets.connected) == (b"{}", [("2606:4700::1", 80), (PUBLIC, 80)])


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"x" * 1001),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"64\r\n" + b"x" * 100 + b"\r\n" + b"0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001,
    ],
)
def test_an_answer_that_is_too_large_is_refused(answer):
    with Server(answer) as server:
        network = Network(names(badges_example=[[PUBLIC]]), Sockets(server.port))

        with pytest.raises(FetchRefused, match="larger than 99 bytes"):
            client.fetch("http://badges.example/", network=network, most_bytes=99)


@pytest.mark.parametrize(
    "parts",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"X-Slow: 1\r\n"] * 100],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 100],
        [*[b"HTTP/1.1 102 Processing\r\n\r\n"] * 100],
    ],
    ids=["headers", "body", "interim"],
)
def test_an_answer_that_drips_ends_at_the_deadline(parts):
    with Server(parts, pause=0.05) as server:
        network = Network(names(badges_example=[[PUBLIC]]), Sockets(server.port))
        began = time.monotonic()

        with pytest.raises(FetchRefused, match=r"too long|did not answer"):
            client.fetch("http://badges.example/", network=network, seconds=0.4)

        assert time.monotonic() - began < 1.5


def test_a_name_that_takes_too_long_ends_at_the_deadline():
    release = threading.Event()
    try:
        with pytest.raises(FetchRefused, match="took too long to find"):
            client.fetch(
                "http://slow.example/",
                network=Network(lambda _host, _port: release.wait(30) and [PUBLIC], Sockets()),
                seconds=0.2,
            )
    finally:
        release.set()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "badges.example answered 404"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "badges.example answered 204"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "badges.example answered 302"),
        (b"SSH-2.0-OpenSSH\r\n", "badges.example did not answer"),
        (b"", "badges.example did not answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "badges.example did not answer"),
        (ok(b"\x1f\x8b", b"Content-Encoding: gzip"), "packed form"),
    ],
)
def test_an_unusable_answer_is_refused_in_words(answer, words):
    with Server(answer) as server:
        network = Network(names(badges_example=[[PUBLIC]]), Sockets(server.port))

        with pytest.raises(FetchRefused, match=words):
            client.fetch("http://badges.example/", network=network)


def test_what_is_gone_is_an_answer_only_where_that_was_asked_for():
    gone = b'HTTP/1.1 410 Gone\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"revoked":true}'
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    with Server(gone, gone, missing) as server:
        network = Network(names(badges_example=[[PUBLIC]]), Sockets(server.port))

        with pytest.raises(FetchRefused, match=r"badges\.example answered 410"):
            client.fetch("http://badges.example/1", network=network)
        found = client.fetch("http://badges.example/1", network=network, gone=True)
        with pytest.raises(FetchRefused, match=r"badges\.example answered 404"):
            client.fetch("http://badges.example/1", network=network, gone=True)

    assert found == client.Fetched("http://badges.example/1", "application/json", b'{"revoked":true}', 410)


@pytest.mark.parametrize(
    ("header", "media_type", "charset"),
    [
        (b"text/html; charset=UTF-8", "text/html", "utf-8"),
        (b'Text/HTML ;a=b; Charset = "windows-1252"', "text/html", "windows-1252"),
        (b"text/html; charset='utf-8'", "text/html", "utf-8"),
        (b"application/json; charset*=x; charset*0=y", "application/json", ""),
        (b"application/json; charset*0*=x''y; charset*=y", "application/json", ""),
        (b"application/json; charset=", "application/json", ""),
        (b"application/json; charset=\xff\xfe", "application/json", ""),
        (b"text/html; x=charset=utf-8", "text/html", ""),
        (b"charset=utf-8", "charset=utf-8", ""),
        (b"=?utf-8?q?=00?=; charset==?x?y?z?=", "=?utf-8?q?=00?=", ""),
        (b"", "", ""),
    ],
)
def test_whatever_an_answer_calls_itself_it_is_read(header, media_type, charset):
    with Server(b"HTTP/1.1 200 OK\r\nContent-Type: " + header + b"\r\nContent-Length: 2\r\n\r\n{}") as server:
        network = Network(names(badges_example=[[PUBLIC]]), Sockets(server.port))
        found = client.fetch("http://badges.example/", network=network)

    assert (found.body, found.media_type, found.charset) == (b"{}", media_type, charset)


@pytest.mark.parametrize("host", ["nowhere.example", "xn--", "a" * 64 + ".example"])
def test_an_unknown_name_is_refused_in_words(host):
    with pytest.raises(FetchRefused, match=f"the name {host} is not known|that is not an address"):
        client.fetch(f"http://{host}/", network=Network(names(), Sockets()))


def test_an_allowed_host_and_port_is_reached_and_no_other_port_of_it(settings):
    with Server(ok(b"here")) as server:
        settings.FETCH_ALLOW = [f"localhost:{server.port}"]

        found = client.fetch(f"http://localhost:{server.port}/")
        with pytest.raises(FetchRefused, match="not on the public internet"):
            client.fetch("http://localhost:1/")
        with pytest.raises(FetchRefused, match="not on the public internet"):
            client.fetch(f"http://127.0.0.1:{server.port}/")

    assert found.body == b"here"


def _certificates(name):
    """A server's context with a certificate for `name`, and a client's that trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1, begins, begins + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(public + private)
        file.flush()
        theirs.load_cert_chain(file.name)
    trusted = ssl.create_default_context(cadata=public.decode())
    return theirs, trusted

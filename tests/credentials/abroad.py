"""An issuer elsewhere, which answers on loopback, and what it signs."""

import hashlib
import json
import socket
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from apps.credentials import multikey, proofs
from apps.credentials.documents import CONTROLLER_CONTEXTS
from apps.credentials.formats import bitstring, ob3
from apps.credentials.formats.snapshot import Identity, StatusFacts
from tests.conformance.conftest import PUBLIC, RICH
from tests.core.test_client import Server, ok
from tests.credentials.test_verification import sign

BORN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Abroad:
    """`ended`: places in its list that are taken back by now; in the other those that are paused."""

    def __init__(self, port):
        self.origin = f"http://localhost:{port}"
        self.issuer = f"{self.origin}/issuers/1"
        self.method = f"{self.issuer}#{multikey.encode(PUBLIC)}"
        self.ended = {"revocation": set(), "suspension": set()}

    def answer(self, asked):
        """Its lists by what they are for; whatever else is asked for, the issuer itself."""
        purpose = asked.partition(" HTTP/")[0].rpartition("/status/")[2]
        body = self.listed(purpose) if purpose in self.ended else self.controller()
        return ok(json.dumps(body).encode())

    def listed(self, purpose):
        document = bitstring.list_credential(
            address=f"{self.origin}/status/{purpose}",
            issuer_id=self.issuer,
            purpose=purpose,
            encoded=bitstring.encode(self.ended[purpose]),
            valid_from=BORN,
        )
        return sign(document, method=self.method)

    def place(self, index, purpose="revocation"):
        """What a badge says of where it can be taken back."""
        entry = ob3.status_entry(StatusFacts(f"{self.origin}/status/{purpose}", index))
        return {"credentialStatus": entry | {"statusPurpose": purpose}}

    def controller(self):
        key = {"id": self.method, "type": "Multikey", "controller": self.issuer}
        key["publicKeyMultibase"] = multikey.encode(PUBLIC)
        return {
            "@context": CONTROLLER_CONTEXTS,
            "id": self.issuer,
            "type": "Profile",
            "name": "Elsewhere",
            "verificationMethod": [key],
            "assertionMethod": [self.method],
        }

    def badge(self, address="", *, number=1, since=BORN, until=None, **change):
        """Signed bytes of a credential for the holder of an address."""
        identity = Identity("sha256$" + hashlib.sha256(f"{address}salt".encode()).hexdigest(), "salt")
        facts = replace(
            RICH,
            id=f"http://localhost/c/{number}",
            issuer=replace(RICH.issuer, id=self.issuer, name="Elsewhere"),
            identities=(identity,),
            valid_from=since,
            valid_until=until,
        )
        return proofs.dump(sign(ob3.build(facts) | change, method=self.method)).encode()


@contextmanager
def abroad(settings, *, answers=40):
    """The issuer, answering; without answers it is away."""
    server = Server()
    there = Abroad(server.port)
    server.answers = [there.answer] * answers
    settings.FETCH_ALLOW = [f"localhost:{server.port}"]
    if not answers:
        server.listener.close()
        yield there
        return
    with server:
        try:
            yield there
        finally:
            # It waits for the next question: this is the last.
            server.answers.clear()
            socket.create_connection(("127.0.0.1", server.port)).close()

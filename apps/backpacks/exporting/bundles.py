"""All signed credentials of a person in one document: a learner record (CLR 2.0) or a presentation (VC Data Model
2.0).

Nobody signs the whole. A person's backpack has no key, and a signature by Satchel would say no more than those
inside. Each credential brings its own proof, byte for byte as it was signed.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from apps.core import clock
from apps.credentials import contexts, jose
from apps.credentials.formats import ob3
from apps.credentials.models import ForeignCredential, SignedForm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.accounts.models import User

VC = contexts.CREDENTIALS_V2
_AT_ONCE = 100


def clr(person: User) -> Iterator[str]:
    """A ClrCredential without a proof (CLR 2.0, ClrCredential), of Open Badges 3.0 credentials that embed one."""
    about = f"urn:uuid:{uuid.uuid4()}"
    head = {
        "@context": [VC, *contexts.CLR_2, ob3.CONTEXTS[1]],
        "id": about,
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": {"id": f"{about}#holder", "type": ["Profile"], "name": person.name},
        "name": _("What %(name)s keeps") % {"name": person.name},
        "validFrom": clock.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    subject = {"id": f"{about}#holder", "type": ["ClrSubject"]}
    opened = json.dumps(head, ensure_ascii=False)[:-1]
    yield f'{opened}, "credentialSubject": {json.dumps(subject)[:-1]}, "verifiableCredential": ['
    yield from _joined(_with_proofs(person))
    yield "]}}\n"


def presentation(person: User) -> Iterator[str]:
    """A VerifiablePresentation without a proof (VC Data Model 2.0, 4.13): credentials with an embedded proof as they
    are, tokens as EnvelopedVerifiableCredential.
    """
    head = {"@context": [VC], "id": f"urn:uuid:{uuid.uuid4()}", "type": ["VerifiablePresentation"]}
    yield f'{json.dumps(head)[:-1]}, "verifiableCredential": ['
    yield from _joined(_all_of(person))
    yield "]}\n"


def _joined(texts: Iterator[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield f", {text}" if number else text


def _with_proofs(person: User) -> Iterator[str]:
    own = SignedForm.objects.filter(
        credential__earner=person, credential__backpack_item__isnull=False, format=SignedForm.Format.OB3_EDDSA
    )
    yield from own.order_by("credential").values_list("text", flat=True).iterator(chunk_size=_AT_ONCE)
    for body, text in _foreign(person):
        if body is not None:
            yield text


def _all_of(person: User) -> Iterator[str]:
    yield from _with_proofs(person)
    for body, text in _foreign(person):
        if body is None and jose.is_compact(text):
            yield json.dumps(
                {
                    "@context": VC,
                    "id": f"data:application/vc+jwt,{text}",
                    "type": "EnvelopedVerifiableCredential",
                }
            )


def _foreign(person: User) -> Iterator[tuple[dict[str, Any] | None, str]]:
    """Kept foreign credentials: the object, if it has the VC 2.0 context and a proof, or None; and its text."""
    kept = ForeignCredential.objects.visible_to(person).kept().order_by("pk").values_list("text", flat=True)
    for text in kept.iterator(chunk_size=_AT_ONCE):
        try:
            body = json.loads(text)
        except ValueError:
            yield None, text.strip()
            continue
        if isinstance(body, dict) and "proof" in body and VC in body.get("@context", []):
            yield body, text
        elif isinstance(body, str):
            yield None, body

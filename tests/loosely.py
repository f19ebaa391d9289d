"""Signing as a general JSON-LD library does: whatever it does not know it leaves out, so anything at all can be signed."""

import hashlib

from pyld import jsonld

from apps.credentials import contexts


def loader(url, _options=None):
    """What PyLD asks for: contexts that are pinned."""
    document = contexts.document(url)
    return {"contextUrl": None, "documentUrl": url, "document": document, "contentType": "application/ld+json"}


def canonicalise(document):
    options = {"documentLoader": loader, "algorithm": "URDNA2015", "format": "application/n-quads"}
    return jsonld.normalize(document, options)


def hash_data(unsigned, options):
    """What an eddsa-rdfc-2022 signature is made over."""
    config = {"@context": unsigned.get("@context"), **options}
    return b"".join(hashlib.sha256(canonicalise(one).encode()).digest() for one in (config, unsigned))

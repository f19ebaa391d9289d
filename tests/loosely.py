"""Signing as a general JSON-LD library does: whatever it does not know it leaves out, so anything at all can be signed."""

import hashlib

from apps.credentials.compiled.judge import canonicalise


def hash_data(unsigned, options):
    """What an eddsa-rdfc-2022 signature is made over."""
    config = {"@context": unsigned.get("@context"), **options}
    return b"".join(hashlib.sha256(canonicalise(one).encode()).digest() for one in (config, unsigned))

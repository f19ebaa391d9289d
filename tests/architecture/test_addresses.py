"""E-mail addresses are compared exactly, by `normal_address`: what a database calls the same may be somebody else's."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOOSELY = re.compile(
    r"(?:mail|address|login|_to)__i(?:exact|startswith|endswith)|(?:mail|address)(?:\.strip\(\))?\.lower\(\)"
)


def test_addresses_are_brought_into_one_form_in_one_place_and_compared_exactly():
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "apps").rglob("*.py")
        for line in path.read_text().splitlines()
        if LOOSELY.search(line)
    }

    assert found == {
        'apps/core/text.py: return unicodedata.normalize("NFC", address.strip().lower())',
        # What a mask covers is found in words of any capitals.
        'apps/submissions/masking.py: local, _sign, host = address.lower().partition("@")',
    }

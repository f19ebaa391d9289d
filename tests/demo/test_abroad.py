"""What the demo brings from elsewhere."""

import pytest

from apps.backpacks import pictures
from apps.credentials import proofs
from apps.credentials.verification import shape
from apps.demo import abroad, people


@pytest.mark.parametrize("valid_for", [0, 2])
def test_a_badge_from_elsewhere_is_whole_and_names_no_picture_that_nobody_serves(valid_for):
    document = abroad._document(
        people.LAYLA, issuer="Harbour", badge="English", what="Handover.", valid_for=valid_for, name="zHarbour"
    )

    assert pictures.named_in(proofs.dump(document)) == pictures.Named()
    assert shape.check(document, is_token=True).startswith("Open Badges 3.0")

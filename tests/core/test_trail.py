"""A part of the trail to carry away: each leaf leads to the root of its tree, and to no other."""

import pytest

from apps.core import events


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_each_leaf_leads_to_the_root_by_its_proof_and_by_no_other(count):
    leaves = [events.digest(str(n)) for n in range(count)]
    root = events.merkle_root(leaves)

    proofs = events.proofs(leaves, range(count))

    assert [events.root_by(leaf, proof) for leaf, proof in zip(leaves, proofs, strict=True)] == [root] * count
    swapped = [events.root_by(leaf, proof) for leaf, proof in zip(leaves, reversed(proofs), strict=True)]
    assert [n for n, found in enumerate(swapped) if found == root] == ([count // 2] if count % 2 else [])


def test_the_proof_of_an_odd_leaf_skips_the_levels_that_it_moves_up():
    leaves = [events.digest(str(n)) for n in range(5)]

    first, last = events.proofs(leaves, [0, 4])

    assert [step.side for step in first] == ["right", "right", "right"]
    assert last == [events.Step("left", events.merkle_root(leaves[:4]))]


@pytest.mark.parametrize("proof", [[["up", "00" * 32]], [["left", "no"]], [["left"]]])
def test_what_is_no_proof_is_refused(proof):
    with pytest.raises(ValueError):  # noqa: PT011 - whichever of the three parts is wrong
        events.root_by(events.digest("0"), proof)

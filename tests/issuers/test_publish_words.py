"""A version is not published in words that can't be signed."""

import copy

import pytest

from apps.core.refused import Refused
from apps.issuers.models import AchievementVersion
from tests.factories import RUBRIC, published_version

pytestmark = pytest.mark.django_db


def test_words_in_any_script_are_published():
    version = published_version(name="Mahi tahi — 羊毛 — كامل 😀", tags=["😀", "ōtara"])

    assert version.state == AchievementVersion.State.PUBLISHED


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"name": "a\x0bb"}, "control character"),
        ({"description": "a\x7fb"}, "control character"),
        ({"how_earned": "a\uffffb"}, "control character"),
        ({"tags": ["a\x01b"]}, "control character"),
        ({"tags": ["😀", "ｆ"]}, "signed together"),
    ],
)
def test_words_that_verifiers_read_differently_are_refused(words, refusal):
    with pytest.raises(Refused, match=refusal):
        published_version(**words)

    assert AchievementVersion.objects.get().state == AchievementVersion.State.DRAFT


def test_the_rubrics_words_count_too():
    rubric = copy.deepcopy(RUBRIC)
    rubric[1]["levels"][0]["description"] = "a\x0cb"

    with pytest.raises(Refused, match="control character"):
        published_version(rubric=rubric)

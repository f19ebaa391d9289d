"""The list of what an issuer awarded: narrowed by words, badge, days, standing and letter together, and as a table."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from django.conf import settings

from apps.core import clock, outbox
from apps.credentials import verbs
from tests.factories import browser, owner_of, published_version

pytestmark = pytest.mark.django_db

# 23:30 on the 3rd in Auckland, and 00:30 on the 4th.
EVENING, NIGHT = datetime(2026, 6, 3, 11, 30, tzinfo=UTC), datetime(2026, 6, 3, 12, 30, tzinfo=UTC)
HEADINGS = ["Earner", "Address", "Badge", "How it was awarded", "Awarded", "Valid until", "Standing", "Letter"]


def award(version, address, name, when):
    with clock.at(when):
        awarded = verbs.award_directly(
            version, by=owner_of(version.achievement.issuer), address=address, name=name, why="Course."
        )
        outbox.drain()
    awarded.refresh_from_db()
    return awarded


@pytest.fixture
def blades():
    version = published_version(name="Sharpen blades")
    version.achievement.issuer.time_zone = "Pacific/Auckland"
    version.achievement.issuer.save()
    return version


@pytest.fixture
def flies(blades):
    return published_version(blades.achievement.issuer, name="Tie a fly")


@pytest.fixture
def awarded(blades, flies):
    """Three awards: blades in the evening and after midnight, and a fly after midnight."""
    return (
        award(blades, "ani@people.example", "Ani", EVENING),
        award(blades, "hemi@people.example", "Hēmi Ruru", NIGHT),
        award(flies, "ani@people.example", "=Ani", NIGHT),
    )


@pytest.fixture
def base(blades):
    return f"/organisations/{blades.achievement.issuer.slug}/credentials/"


@pytest.fixture
def desk(blades):
    return browser(owner_of(blades.achievement.issuer))


def test_what_narrows_the_list_holds_together_for_page_and_table(awarded, blades, flies, base, desk):
    evening, night, fly = awarded
    verbs.revoke(night, by=owner_of(night.issuer), reason="mistake", note="")
    outbox.drain()
    blades, flies = blades.achievement.slug, flies.achievement.slug

    for query, fits in {
        "": {evening, night, fly},
        f"?badge={blades}": {evening, night},
        f"?badge={flies}": {fly},
        "?until=2026-06-03": {evening},
        "?since=2026-06-04": {night, fly},
        "?since=2026-06-03&until=2026-06-03": {evening},
        "?since=0001-01-01&until=9999-12-31": {evening, night, fly},
        f"?badge={blades}&since=2026-06-04": {night},
        f"?badge={blades}&standing=revoked": {night},
        f"?badge={flies}&standing=revoked": set(),
        f"?q=ani&badge={blades}": {evening},
        f"?badge={flies}&letter=sent": {fly},
        f"?badge={flies}&letter=bounced": set(),
    }.items():
        page = desk.get(base + query).content.decode()
        table = _table(desk.get(f"{base}issued.csv{query}"))
        listed = {one for one in awarded if f"{base}{one.public_id}/" in page}
        assert (query, listed, {row[-1] for row in table[1:]}) == (query, fits, {_address(one) for one in fits})


def test_each_filter_keeps_the_others_and_counts_what_they_leave(awarded, flies, base, desk):
    page = desk.get(f"{base}?badge={flies.achievement.slug}&since=2026-06-04&standing=valid&page=7").content.decode()

    kept = f"badge={flies.achievement.slug}&amp;since=2026-06-04"
    pills = dict(re.findall(r'<a href="(\?[^"]+)"[^>]*>[^<]*<span class="num">(\d+)</span>', page))
    assert (pills[f"?standing=&amp;{kept}"], pills[f"?standing=revoked&amp;{kept}"]) == ("1", "0")
    assert f'href="?letter=sent&amp;{kept}&amp;standing=valid"' in page
    assert f'href="{base}issued.csv?{kept}&amp;standing=valid"' in page
    assert '<input type="hidden" name="standing" value="valid"' in page


def test_without_a_filter_all_is_what_is_shown(awarded, base, desk):
    page = desk.get(base).content.decode()

    assert re.findall(r'<a href="(\?[^"]+)" aria-current="page">(\w+)', page) == [
        ("?standing=", "All"),
        ("?letter=", "All"),
    ]


def test_what_is_no_day_and_no_badge_of_theirs_is_said_and_narrows_nothing(awarded, base, desk):
    other = published_version(name="Elsewhere")

    for query, words in {
        "?since=yesterday": "Enter a valid date.",
        "?since=2026-06-04&until=2026-06-03": "The last day is before the first.",
        f"?badge={other.achievement.slug}": "Select a valid choice.",
        "?q=%00": "Null characters are not allowed.",
    }.items():
        page = desk.get(base + query).content.decode()
        assert (query, words in page, awarded[2].public_id in page) == (query, True, True)


def test_the_table_says_of_each_award_what_the_page_says_and_begins_no_formula(awarded, base, desk):
    with clock.at(NIGHT):
        answer = desk.get(f"{base}issued.csv")
        table = _table(answer)

    evening, night, fly = awarded
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "text/csv; charset=utf-8",
        f'attachment; filename="awards-{evening.issuer.slug}.csv"',
    )
    assert table == [
        [*HEADINGS, "Address of the credential"],
        ["'=Ani", "ani@people.example", "Tie a fly", *_rest("2026-06-04", fly)],
        ["Hēmi Ruru", "hemi@people.example", "Sharpen blades", *_rest("2026-06-04", night)],
        ["Ani", "ani@people.example", "Sharpen blades", *_rest("2026-06-03", evening)],
    ]


@pytest.mark.parametrize("replaced", [0, 2])
def test_the_list_asks_9_and_its_table_5_whatever_stands_on_them(
    awarded, base, desk, replaced, django_assert_num_queries
):
    for one in awarded[:replaced]:
        verbs.correct(one, by=owner_of(one.issuer), address=f"new.{one.pk}@people.example", name="", note="")
    outbox.drain()
    desk.get(base)

    with django_assert_num_queries(9):
        desk.get(base)
    with django_assert_num_queries(5):
        _table(desk.get(f"{base}issued.csv"))


def _table(answer):
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def _address(credential):
    return f"{settings.PUBLIC_URL}{credential.get_absolute_url()}"


def _rest(day, credential):
    return ["Awarded directly", day, "", "Not claimed yet", "Sent", _address(credential)]

"""Whatever is posted to the pages where pathways are written: they answer, and nothing breaks."""

import pytest
from django.urls import reverse

from apps.core import clock
from apps.pathways import verbs
from tests.factories import browser, issuer_with_owner, owner_of
from tests.factories.pathways import badge, pathway_of, published

pytestmark = pytest.mark.django_db
NUL, HUGE = "a\x00b", "9" * 30


@pytest.fixture
def school():
    return issuer_with_owner()[0]


@pytest.fixture
def client(school):
    one = browser(owner_of(school))
    one.raise_request_exception = False
    return one


def test_no_field_of_the_editor_breaks_it(school, client):
    slug = pathway_of(school, ["Gear", "Shear"]).pathway.slug
    add, move = (reverse(f"pathways:{name}", args=[slug]) for name in ("add_node", "move_node"))
    given = [
        (add, {"badge": NUL}),
        (add, {}),
        (f"{add}?kind=external", {"equivalence": NUL}),
        (f"{add}?kind=milestone", {"name": NUL, "achievement": NUL}),
        (f"{add}?kind=credits", {"credits": "NaN", "credit_framework": "nzqa", "issuers": NUL, "skills": NUL}),
        (f"{add}?kind=credits", {"credits": "-1e400", "credit_framework": NUL, "level_from": HUGE}),
        (f"{add}?kind=some", {"needed": HUGE, "edition": HUGE}),
        (f"{add}?kind=some", {"needed": "-1"}),
        *((move, {"code": "n2", "do": do}) for do in ("up", "down", "in", "out")),
        *((move, {"code": code, "do": "up"}) for code in ("n1", "n99", NUL)),
        (move, {"code": "n2", "into": "n3", "position": "0"}),
        (move, {"code": "n2", "into": "n1", "position": "1000", "edition": HUGE}),
        *(
            (reverse(f"pathways:{name}", args=[slug]), {})
            for name in ("move_node", "remove_node", "put_back", "publish")
        ),
        (reverse("pathways:groups", args=[slug]), {"name": NUL, "mentor": HUGE}),
        (reverse("pathways:groups", args=[slug]), {"name": "Spring", "mentor": NUL}),
        (reverse("pathways:add_to_plan", args=[badge(school, "Gear").slug]), {"plan": NUL}),
        (reverse("pathways:propose_equivalence", args=[school.slug]) + "?badge=%00", {"why": NUL, "counts_as": NUL}),
    ]

    assert [(path, said) for path, said in given if client.post(path, said).status_code >= 500] == []
    seen = [
        reverse("pathways:try_out", args=[slug]) + "?hold=%00&hold=b1",
        reverse("pathways:changes", args=[slug]) + f"?from={HUGE}&to=%00",
        reverse("submissions:pathways") + "?q=%00&page=%00",
        reverse("pathways:stacks") + "?page=-1",
    ]
    assert [path for path in seen if client.get(path).status_code >= 500] == []


def test_strange_names_and_days_are_taken_as_they_are(school, client):
    name = "50% wool %(name)s & <b>“quotes”</b> \u202eعربية {{ name }}"
    pathway = published(school, ["Gear"], name=name).pathway

    assert client.get(pathway.get_absolute_url()).status_code == 200
    days = ("9999-12-31", "0001-01-01", NUL, "")
    assert [client.post(pathway.get_absolute_url(), {"target_on": day}).status_code for day in days] == [
        302,
        200,
        200,
        302,
    ]
    client.post(pathway.get_absolute_url(), {"target_on": "9999-12-31"})
    assert client.get(pathway.get_absolute_url()).status_code == 200
    assert verbs.remind_of_days(clock.now()) == 0
    assert client.put(pathway.get_absolute_url()).status_code == 405

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.frameworks import queries, verbs
from apps.frameworks.models import Framework
from tests.factories import operator, person
from tests.factories.frameworks import imported, uploaded

pytestmark = pytest.mark.django_db


def test_a_retired_framework_is_found_no_more_and_read_as_before():
    version, by = imported(), operator()

    framework = verbs.retire(version.framework, by=by)

    assert framework.state == "retired"
    assert queries.search_items("kohua") == []
    assert list(Framework.objects.visible_to(None)) == [framework]
    assert list(Framework.objects.open()) == []
    (event,) = Event.objects.filter(kind="framework.retired")
    assert (event.subject_id, event.actor_id) == (framework.public_id, by.public_id)


def test_reopened_it_is_found_again():
    framework = verbs.retire(imported().framework, by=operator())

    verbs.reopen(framework, by=operator())

    assert [item.code for item in queries.search_items("kohua")] == ["C2"]
    assert Event.objects.filter(kind="framework.reopened").count() == 1


def test_each_is_done_once():
    framework, by = imported().framework, operator()
    with pytest.raises(Refused, match="This framework is in use, so that can no longer be done"):
        verbs.reopen(framework, by=by)
    verbs.retire(framework, by=by)

    with pytest.raises(Refused, match="This framework is retired, so that can no longer be done"):
        verbs.retire(framework, by=by)


def test_only_who_may_import_retires_or_reopens():
    framework = imported().framework
    for do in (verbs.retire, verbs.reopen):
        with pytest.raises(PermissionDenied):
            do(framework, by=person())
    framework.refresh_from_db()
    assert framework.state == "active"


def test_while_an_import_is_under_way_it_stays_in_use():
    framework, by = imported().framework, operator()
    verbs.confirm(uploaded(by=by, into=framework), by=by)

    with pytest.raises(Refused, match="An import into this framework is under way"):
        verbs.retire(framework, by=by)

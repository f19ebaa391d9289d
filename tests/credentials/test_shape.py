"""The official schema, read faster than by the general library, says what that says."""

import json
from dataclasses import replace

import pytest
from jsonschema import Draft201909Validator

from apps.credentials.formats import ob3
from apps.credentials.linked_data import terms
from apps.credentials.verification import shape
from tests.conformance.conftest import MINIMAL, RICH
from tests.credentials.test_verification import ILL_FORMED, RICH_BODY, changed

PLACES = [
    ("id",),
    ("name",),
    ("evidence", 0, "name"),
    ("credentialSubject", "type"),
    ("credentialSubject", "identifier", 0, "hashed"),
    ("credentialSubject", "achievement", "tag"),
    ("credentialSubject", "achievement", "resultDescription", 0, "rubricCriterionLevel", 0, "name"),
]
BODIES = {
    "minimal": ob3.build(MINIMAL),
    "rich": RICH_BODY,
    **ILL_FORMED,
    **{
        f"{'/'.join(map(str, place))} is {value!r}": changed(RICH_BODY, place, value)
        for place in PLACES
        for value in (5, True, "x", 0.5, [], {}, ["x", 5])
    },
}


def said(validator, document):
    return sorted((list(one.absolute_path), one.message) for one in validator.iter_errors(document))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_it_says_of_each_document_what_the_general_library_says(body):
    schema = json.loads(shape._SCHEMA.read_text("utf-8"))

    assert said(shape._validator(shape.OPEN_BADGE), body) == said(Draft201909Validator(schema), body)


def test_contexts_in_ever_new_orders_are_not_kept_for_ever():
    for number in range(terms.MOST_KEPT + 5):
        terms.NOTHING.with_([*ob3.CONTEXTS[:1] * (number + 1)])

    assert len(terms.NOTHING._made) <= terms.MOST_KEPT
    assert shape.check(ob3.build(replace(RICH, id="https://a.example/1"))) == shape.OPEN_BADGE

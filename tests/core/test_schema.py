"""The API describes itself to anybody, and works it out once."""

import pytest
from django.test import Client
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator

from apps.core.schema import Schema
from tests.factories import person

pytestmark = pytest.mark.django_db
SCHEMA = "/api/v1/schema/"
JSON = {"Accept": "application/vnd.oai.openapi+json"}


@pytest.fixture
def made(monkeypatch):
    """In which languages it was worked out."""
    languages, get_schema = [], SchemaGenerator.get_schema

    def counted(self, *args, **kwargs):
        languages.append(get_language())
        return get_schema(self, *args, **kwargs)

    monkeypatch.setattr(SchemaGenerator, "get_schema", counted)
    monkeypatch.setattr(Schema, "kept", {})
    return languages


def test_it_is_worked_out_once_for_each_language_and_form(made):
    signed_in = Client()
    signed_in.force_login(person())

    answers = [one.get(SCHEMA, headers=JSON) for one in (Client(), Client(), signed_in)]
    in_maori = [
        Client().get(f"{SCHEMA}?lang=mi", headers=JSON),
        Client().get(SCHEMA, headers=JSON | {"Accept-Language": "mi"}),
    ]
    nonsense = [Client().get(SCHEMA, {key: "x\x00" * 50}, headers=JSON) for key in ("lang", "version", "other")]
    yaml = Client().get(SCHEMA)

    assert made == ["en", "mi", "en"]
    assert {one.content for one in answers} == {one.content for one in nonsense} == {answers[0].content}
    assert in_maori[0].content == in_maori[1].content
    assert answers[0].json()["info"] | {"description": ""} == {
        "title": "Satchel API",
        "version": "1",
        "description": "",
    }
    assert yaml.content.startswith(b"openapi: 3.")
    assert (answers[0].headers["Content-Type"], yaml.headers["Content-Type"]) == (
        "application/vnd.oai.openapi+json",
        "application/vnd.oai.openapi; charset=utf-8",
    )


def test_who_has_it_already_is_told_so(made):
    first = Client().get(SCHEMA, headers=JSON)

    again = Client().get(SCHEMA, headers=JSON | {"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content, len(made)) == (304, b"", 1)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {"Accept", "Accept-Language", "Cookie"} <= set(first.headers["Vary"].replace(",", "").split())

"""Pictures beside links and codes for cameras: the right size, the right words, and the same blank for what isn't shown."""

import json
import re
import subprocess
from copy import deepcopy
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from apps.backpacks import boards, codes, paper, queries, showing, tokens, verbs
from apps.core import clock
from config.parts.binaries import node
from tests.factories import browser, credential_with_picture, person

pytestmark = pytest.mark.django_db
NAME = "Tāne Hēnare"


@pytest.fixture(scope="module")
def made(around_the_file):
    found = credential_with_picture(learner=person(NAME))
    verbs.show_credential(found, by=found.earner, visibility="link")
    return type(found).objects.for_its_page().get(pk=found.pk)


@pytest.fixture
def credential(made):
    return deepcopy(made)


@pytest.fixture
def link(credential):
    collection = verbs.make_collection(by=credential.earner, title="Blades")
    verbs.collect(collection, credential.backpack_item, by=credential.earner)
    return verbs.share(collection, by=credential.earner)


def size_of(answer):
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    return Image.open(BytesIO(answer.content)).size

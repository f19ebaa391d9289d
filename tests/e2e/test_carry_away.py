"""A person carries everything to a second Satchel, which has a database, keys and an address of its own."""

import io
import json
import urllib.request
import zipfile

import pytest

from tests.stack import Stack

pytestmark = pytest.mark.stack

EARNED = """
import json
from tests.factories import awarded_credential
from apps.accounts.models import User
from apps.backpacks import verbs
held = awarded_credential()
owner = held.earner
verbs.note_item(held.backpack_item, by=owner, tags=["shed"], note="Mine.")
collection = verbs.make_collection(by=owner, title="For the woolshed", story="Sharp.")
verbs.collect(collection, held.backpack_item, by=owner)
from django.conf import settings
from django.test import Client
client = Client()
client.force_login(owner)
print(json.dumps([owner.email, client.cookies[settings.SESSION_COOKIE_NAME].value, held.public_id]))
"""
WELCOME = """
from apps.accounts import verbs
verbs.register(email={email!r}, name="Ana", password=None)
"""
HELD = """
import json
from apps.credentials.models import ForeignCredential
from apps.accounts.models import User
owner = User.objects.get(email={email!r})
kept = owner.foreign_credentials.get()
item = owner.backpack_items.get()
collection = owner.collections.get()
print(json.dumps([
    kept.text, kept.verdict, kept.proved_address, item.kind, item.name, item.tags, item.note,
    collection.title, [block.item_id == item.pk for block in collection.blocks.all()],
]))
"""


def test_everything_is_carried_to_a_second_satchel_and_holds_there(stack, template, tmp_path):
    email, session, public_id = stack.python(EARNED)
    stack.start_web()
    asked = urllib.request.Request(
        f"{stack.url}/backpack/export/backpack.zip", headers={"Cookie": f"sessionid={session}"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        data = answer.read()
    archive = zipfile.ZipFile(io.BytesIO(data))
    (item,) = json.loads(archive.read("manifest.json"))["items"]
    signed = archive.read(f"{item['folder']}/credential.json").decode()
    (tmp_path / "backpack.zip").write_bytes(data)

    with Stack(tmp_path / "second", template, name=f"{stack.name}_second") as second:
        second.environment["FETCH_ALLOW"] = f"localhost:{stack.port}"
        second.python(WELCOME.format(email=email))
        said = second.manage("restore_backpack", str(tmp_path / "backpack.zip"), "--for", email).stdout
        held = second.python(HELD.format(email=email))

    assert said.strip() == "1 in the backpack, 1 collections made."
    assert held == [signed, "valid", email, "elsewhere", item["name"], ["shed"], "Mine.", "For the woolshed", [True]]
    assert public_id in json.loads(signed)["id"]

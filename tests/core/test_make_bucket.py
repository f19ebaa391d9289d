"""The command that makes the bucket and gives it the rules that docs/operating.md names."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from apps.core.bucket import Bucket
from apps.submissions.health import parts_of_files
from tests.bucket import NAME

OTHER = "satchel-others"


@pytest.fixture
def other(bucket, settings):
    """A second one on the same server, which is not there yet."""
    options = settings.STORAGES["default"]["OPTIONS"] | {"bucket_name": OTHER}
    settings.STORAGES = settings.STORAGES | {"default": settings.STORAGES["default"] | {"OPTIONS": options}}
    yield bucket
    bucket.client.delete_bucket(Bucket=OTHER)


def made():
    said = io.StringIO()
    call_command("make_bucket", stdout=said)
    return said.getvalue()


def test_a_bucket_is_made_with_its_rules_and_made_twice_is_the_same(other, settings):
    assert made() == made() == f"Files lie in {settings.FILES_LIE_IN}.\n"

    name = default_storage.save("kept.txt", ContentFile(b"kept"))
    assert default_storage.open(name).read() == b"kept"
    default_storage.delete(name)
    (rule,) = other.client.get_bucket_cors(Bucket=OTHER)["CORSRules"]
    assert (rule["AllowedOrigins"], rule["AllowedMethods"]) == ([settings.PUBLIC_URL], ["PUT"])
    (lapsing,) = other.client.get_bucket_lifecycle_configuration(Bucket=OTHER)["Rules"]
    assert (lapsing["Status"], lapsing["Expiration"]) == ("Enabled", {"Days": 30})
    assert parts_of_files().result == "ok"


def test_who_may_not_make_it_is_told_why(bucket, settings):
    options = settings.STORAGES["default"]["OPTIONS"] | {"secret_key": "another"}
    settings.STORAGES = settings.STORAGES | {"default": settings.STORAGES["default"] | {"OPTIONS": options}}

    with pytest.raises(CommandError, match=f"the bucket {NAME} at .*SignatureDoesNotMatch"):
        made()


def test_a_folder_needs_no_making():
    with pytest.raises(CommandError, match="S3_BUCKET is not set: files lie in a folder"):
        made()


@pytest.mark.parametrize(("region", "said"), [("us-east-1", {}), ("eu-west-1", {"LocationConstraint": "eu-west-1"})])
def test_amazon_is_told_where(region, said):
    from apps.core.management.commands.make_bucket import _region

    there = f"https://s3.{region}.amazonaws.com"
    found = _region(
        Bucket(
            bucket_name="files",
            region_name=region,
            addressing_style="virtual",
            endpoint_url=there,
            browsers_url=there,
        )
    )

    assert found == ({"CreateBucketConfiguration": said} if said else {})

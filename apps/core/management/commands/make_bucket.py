from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from apps.core.bucket import Bucket

OURS_ALREADY = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
UNFINISHED_DAYS = 30


class Command(BaseCommand):
    help = "Make the bucket that S3_BUCKET names, where there is none, and let browsers on our pages send to it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BUCKET_ORIGIN:
            raise CommandError("S3_BUCKET is not set: files lie in a folder, which needs no making.")
        bucket = cast("Bucket", default_storage)
        client, name = bucket.client, bucket.bucket_name
        try:
            try:
                client.create_bucket(Bucket=name, **_region(bucket))
            except ClientError as error:
                if error.response["Error"]["Code"] not in OURS_ALREADY:
                    raise
            client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [_for_browsers()]})
            client.put_bucket_lifecycle_configuration(
                Bucket=name, LifecycleConfiguration={"Rules": [_what_was_given_up()]}
            )
        except (ClientError, BotoCoreError) as error:
            raise CommandError(f"{settings.FILES_LIE_IN}: {error}") from error
        self.stdout.write(f"Files lie in {settings.FILES_LIE_IN}.")


def _region(bucket: Bucket) -> dict[str, Any]:
    """The region to create the bucket in. Amazon requires it except for its first region; other services have one
    region.
    """
    elsewhere = bucket.region_name not in {None, "us-east-1"}
    return {"CreateBucketConfiguration": {"LocationConstraint": bucket.region_name}} if elsewhere else {}


def _for_browsers() -> dict[str, Any]:
    return {
        "AllowedOrigins": [settings.PUBLIC_URL],
        "AllowedMethods": ["PUT"],
        "AllowedHeaders": ["x-amz-checksum-sha256"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 3600,
    }


def _what_was_given_up() -> dict[str, Any]:
    return {
        "ID": "uploads",
        "Status": "Enabled",
        "Filter": {"Prefix": "uploads/"},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
        "Expiration": {"Days": UNFINISHED_DAYS},
    }

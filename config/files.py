"""Where files are stored: in a folder on this machine or, if S3_BUCKET is set, in an S3-compatible bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from config import env

if TYPE_CHECKING:
    from pathlib import Path


class Place(NamedTuple):
    """`storage` for Django's settings, `origin` at which browsers reach the bucket, and `words` for the operator."""

    storage: dict[str, Any]
    origin: str
    words: str


def place(folder: Path) -> Place:
    given = {
        "S3_BUCKET": env.text("S3_BUCKET", ""),
        "S3_REGION": env.text("S3_REGION", ""),
        "S3_ENDPOINT_URL": env.text("S3_ENDPOINT_URL", ""),
        "S3_INTERNAL_URL": env.text("S3_INTERNAL_URL", ""),
        "S3_ACCESS_KEY": env.text("S3_ACCESS_KEY", ""),
        "S3_SECRET_KEY": env.text("S3_SECRET_KEY", ""),
    }
    told = {name: value for name, value in given.items() if value}
    if not told:
        options = {"location": folder, "base_url": None}
        backend = "django.core.files.storage.FileSystemStorage"
        return Place({"BACKEND": backend, "OPTIONS": options}, "", f"the folder {folder}")
    if "S3_BUCKET" not in told:
        message = f"S3_BUCKET is not set, but {', '.join(told)}: files would lie in a folder."
        raise env.BadSetting(message)
    if ("S3_ACCESS_KEY" in told) != ("S3_SECRET_KEY" in told):
        message = "S3_ACCESS_KEY and S3_SECRET_KEY belong together; with neither, the machine's own role is asked for."
        raise env.BadSetting(message)
    return _bucket(told)


def _bucket(told: dict[str, str]) -> Place:
    name = told["S3_BUCKET"]
    if "S3_ENDPOINT_URL" in told:
        # All S3-compatible services address a bucket by path; few give it a host name of its own.
        endpoint, region, style = env.origin("S3_ENDPOINT_URL"), told.get("S3_REGION", "us-east-1"), "path"
        origin = endpoint
    elif "S3_REGION" in told:
        region, style = told["S3_REGION"], "virtual"
        endpoint, origin = f"https://s3.{region}.amazonaws.com", f"https://{name}.s3.{region}.amazonaws.com"
    else:
        message = "S3_BUCKET is set, but neither S3_REGION (for Amazon's) nor S3_ENDPOINT_URL says where it is."
        raise env.BadSetting(message)
    if "S3_INTERNAL_URL" in told and "S3_ENDPOINT_URL" not in told:
        message = "S3_INTERNAL_URL is set, but S3_ENDPOINT_URL does not say where browsers reach the same bucket."
        raise env.BadSetting(message)
    options = {
        "bucket_name": name,
        "region_name": region,
        "endpoint_url": env.origin("S3_INTERNAL_URL") if "S3_INTERNAL_URL" in told else endpoint,
        "browsers_url": endpoint,
        "addressing_style": style,
        "access_key": told.get("S3_ACCESS_KEY"),
        "secret_key": told.get("S3_SECRET_KEY"),
    }
    return Place({"BACKEND": "apps.core.bucket.Bucket", "OPTIONS": options}, origin, f"the bucket {name} at {endpoint}")

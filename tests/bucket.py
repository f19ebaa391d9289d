"""A bucket on this machine: SeaweedFS, which looks at signatures, sums and lengths as S3 does."""

import contextlib
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from config.parts.mortal import mortal
from tests.stack import free_port, wait_until

NAME, KEY, SECRET = "satchel-files", "satchel", "not-a-secret"
PARTS = ("master", "volume", "filer", "s3")
FROM_ANYWHERE = {"AllowedOrigins": ["*"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["x-amz-checksum-sha256"]}


class BucketServer:
    """One server with one bucket. `environment` is what makes a Satchel keep its files there."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.ports = [free_port() for _ in range(2 * len(PARTS))]
        self.origin = f"http://127.0.0.1:{self.ports[2 * PARTS.index('s3')]}"
        self.environment = {
            "S3_BUCKET": NAME,
            "S3_ENDPOINT_URL": self.origin,
            "S3_ACCESS_KEY": KEY,
            "S3_SECRET_KEY": SECRET,
        }

    def __enter__(self):
        (self.folder / "data").mkdir()
        who = {"name": "satchel", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
        (self.folder / "s3.json").write_text(json.dumps({"identities": [who]}))
        ports = [
            f"-{part}.{name}={port}"
            for part, pair in zip(PARTS, zip(self.ports[::2], self.ports[1::2], strict=True), strict=True)
            for name, port in zip(("port", "port.grpc"), pair, strict=True)
        ]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *mortal("SIGKILL"),
                    *(str(Path(sys.executable).with_name("weed")), "server", *ports),
                    *(f"-dir={self.folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
                    *("-s3", f"-s3.config={self.folder / 's3.json'}", "-s3.iam=false"),
                    # What else it would listen for, at places of its own choosing.
                    *("-s3.port.iceberg=0", "-s3.port.lance=0"),
                    # What a bucket allows browsers is its own to say.
                    "-s3.allowedOrigins=http://nowhere.invalid",
                    *("-master.telemetry=false", "-master.raftBootstrap"),
                    *("-volume.max=50", "-master.volumeSizeLimitMB=256"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.client = boto3.client(
            "s3",
            endpoint_url=self.origin,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )
        try:
            wait_until(self._made, "the bucket")
            self.let_browsers_send()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error):
        self.process.kill()
        self.process.wait()
        for path in Path("/tmp").glob("seaweedfs-*.sock"):
            if path.stem.rpartition("-")[2] in map(str, self.ports):
                path.unlink(missing_ok=True)
        shutil.rmtree(self.folder)

    def let_browsers_send(self):
        self.client.put_bucket_cors(Bucket=NAME, CORSConfiguration={"CORSRules": [FROM_ANYWHERE]})

    def names(self, under=""):
        listed = self.client.list_objects_v2(Bucket=NAME, Prefix=under).get("Contents", [])
        return [one["Key"] for one in listed]

    def under_way(self, under=""):
        """What was begun in parts and is neither whole nor forgotten."""
        listed = self.client.list_multipart_uploads(Bucket=NAME, Prefix=under).get("Uploads", [])
        return [one["Key"] for one in listed if one["Key"].startswith(under)]

    def empty(self):
        for name in self.names():
            self.client.delete_object(Bucket=NAME, Key=name)
        for one in self.client.list_multipart_uploads(Bucket=NAME).get("Uploads", []):
            self.client.abort_multipart_upload(Bucket=NAME, Key=one["Key"], UploadId=one["UploadId"])

    def _made(self):
        if self.process.poll() is not None:
            raise AssertionError("the bucket's server ended:\n" + (self.folder / "log").read_text()[-3000:])
        with contextlib.suppress(BotoCoreError, ClientError):
            return self.client.create_bucket(Bucket=NAME)
        return None


def put(url, content, headers):
    """As a browser sends it: the status, and what was said."""
    asking = urllib.request.Request(url, content, headers, method="PUT")
    # A form is what urllib takes any body for.
    asking.add_unredirected_header("Content-Type", "")
    try:
        with urllib.request.urlopen(asking, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()

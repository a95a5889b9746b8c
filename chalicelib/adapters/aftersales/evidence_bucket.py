"""Customers' files in their bucket: browsers upload them by signed forms, and staff see them by signed links."""

from urllib.parse import urlsplit

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.transport.endpoints import endpoint_of
from chalicelib.adapters.aws.transport.errors import ServiceError
from chalicelib.usecases.ports.files import Upload

FORM_SECONDS = 3_600
LINK_SECONDS = 300


class EvidenceBucket:
    """The `Uploads` port on S3. Files as browsers sent them stay under `uploads/` for a day at most."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    @property
    def origins(self) -> str:
        """The origins that signed links and forms lead to, as a security policy names them. Botocore, which signs
        them and takes long to load, is asked only where the environment does not say it."""
        endpoint = endpoint_of("s3")
        if endpoint is None:
            parts = urlsplit(self.sign_link("any"))
            return f"{parts.scheme}://{parts.netloc}"
        if not endpoint.host.startswith("s3."):
            return f"{endpoint.scheme}://{endpoint.host}"
        everywhere = endpoint.host.replace(f".{endpoint.region}", "", 1)
        return f"https://{self.bucket}.{endpoint.host} https://{self.bucket}.{everywhere}"

    def sign_form(self, key: str, max_bytes: int, return_url: str) -> Upload:
        """A form that uploads one file of at most `max_bytes` bytes to this key, and then leads to `return_url`."""
        signed = client("s3").generate_presigned_post(
            Bucket=self.bucket,
            Key=key,
            ExpiresIn=FORM_SECONDS,
            Fields={"success_action_redirect": return_url},
            Conditions=[["content-length-range", 1, max_bytes], {"success_action_redirect": return_url}],
        )
        return Upload(signed["url"], signed["fields"])

    def read(self, key: str, max_bytes: int) -> bytes | None:
        """The first `max_bytes` bytes of a file; None when it is gone."""
        try:
            body = client("s3").get_object(Bucket=self.bucket, Key=key)["Body"]
        except ServiceError as error:
            if error.code == "NoSuchKey":
                return None
            raise
        with body:
            return bytes(body.read(max_bytes))

    def save(self, key: str, data: bytes, media_type: str) -> None:
        """Save a file with its media type."""
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=media_type)

    def move(self, key: str, to: str) -> None:
        """Move a file; it may have been moved already."""
        s3 = client("s3")
        try:
            s3.copy_object(Bucket=self.bucket, Key=to, CopySource={"Bucket": self.bucket, "Key": key})
        except ServiceError as error:
            if error.code not in ("NoSuchKey", "404"):
                raise
            return
        s3.delete_object(Bucket=self.bucket, Key=key)

    def remove(self, key: str) -> None:
        """Remove a file; it may be gone already."""
        client("s3").delete_object(Bucket=self.bucket, Key=key)

    def remove_below(self, prefix: str) -> int:
        """Remove all files below a prefix; returns how many there were."""
        s3 = client("s3")
        removed = 0
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for file in page.get("Contents", ()):
                s3.delete_object(Bucket=self.bucket, Key=file["Key"])
                removed += 1
        return removed

    def sign_link(self, key: str) -> str:
        """A URL that shows a file for five minutes."""
        parameters = {"Bucket": self.bucket, "Key": key}
        return str(client("s3").generate_presigned_url("get_object", Params=parameters, ExpiresIn=LINK_SECONDS))

"""Files of customers in their bucket: sent by browsers through signed forms, kept cleaned, shown by signed links."""

from chalicelib.adapters.aws.clients import client
from chalicelib.usecases.ports import Upload

FORM_SECONDS, LINK_SECONDS = 3_600, 300


class EvidenceBucket:
    """The `Uploads` on S3. What browsers sent lies under `uploads/` for a day at most."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    def form(self, key: str, most: int, back: str) -> Upload:
        """A form that takes one file of at most so many bytes at that key, and leads back."""
        signed = client("s3").generate_presigned_post(
            Bucket=self.bucket,
            Key=key,
            ExpiresIn=FORM_SECONDS,
            Fields={"success_action_redirect": back},
            Conditions=[["content-length-range", 1, most], {"success_action_redirect": back}],
        )
        return Upload(signed["url"], signed["fields"])

    def read(self, key: str, most: int) -> bytes | None:
        """The first bytes of a file; None when it is gone."""
        s3 = client("s3")
        try:
            body = s3.get_object(Bucket=self.bucket, Key=key)["Body"]
        except s3.exceptions.NoSuchKey:
            return None
        with body:
            return bytes(body.read(most))

    def keep(self, key: str, data: bytes, kind: str) -> None:
        """Keep a file under its real type."""
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=kind)

    def move(self, key: str, to: str) -> None:
        """Move a file; it may have been moved already."""
        s3 = client("s3")
        try:
            s3.copy_object(Bucket=self.bucket, Key=to, CopySource={"Bucket": self.bucket, "Key": key})
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in ("NoSuchKey", "404"):
                raise
            return
        s3.delete_object(Bucket=self.bucket, Key=key)

    def remove(self, key: str) -> None:
        """Remove a file; it may be gone already."""
        client("s3").delete_object(Bucket=self.bucket, Key=key)

    def remove_below(self, prefix: str) -> int:
        """Remove all files below a prefix; how many there were."""
        s3, removed = client("s3"), 0
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for one in page.get("Contents", ()):
                s3.delete_object(Bucket=self.bucket, Key=one["Key"])
                removed += 1
        return removed

    def link(self, key: str) -> str:
        """An address that shows a file for five minutes."""
        asked = {"Bucket": self.bucket, "Key": key}
        return str(client("s3").generate_presigned_url("get_object", Params=asked, ExpiresIn=LINK_SECONDS))

"""The lake: a day's facts and its report in the bucket."""

from chalicelib.adapters.aws.clients import client
from chalicelib.usecases.metrics.compute_day import Table

FOLDERS: dict[Table, str] = {"figures": "facts", "flows": "flow_facts"}


class DataLake:
    """One bucket. Facts lie where the Glue table looks for them."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    def save_facts(self, shop: str, day: str, parquet: bytes, table: Table = "figures") -> None:
        """Keep a day's facts, or those of its after-sales flows."""
        key = f"{FOLDERS[table]}/shop={shop}/day={day}/{table}.parquet"
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=parquet, ContentType="application/vnd.apache.parquet")

    def save_report(self, shop: str, day: str, html: str) -> str:
        """Keep a day's report; its key."""
        key = f"reports/{shop}/{day}.html"
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=html.encode(), ContentType="text/html; charset=utf-8")
        return key

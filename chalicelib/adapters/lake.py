"""The lake: a day's facts and its report in the bucket."""

from chalicelib.adapters.aws import client


class Lake:
    """One bucket. Facts lie where the Glue table looks for them."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    def keep_facts(self, shop: str, day: str, parquet: bytes) -> None:
        """Keep a day's facts."""
        key = f"facts/shop={shop}/day={day}/figures.parquet"
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=parquet, ContentType="application/vnd.apache.parquet")

    def keep_report(self, shop: str, day: str, html: str) -> str:
        """Keep a day's report; its key."""
        key = f"reports/{shop}/{day}.html"
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=html.encode(), ContentType="text/html; charset=utf-8")
        return key

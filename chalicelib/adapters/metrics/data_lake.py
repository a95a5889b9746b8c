"""The data lake: the bucket with the rows and the report of each day."""

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.transport.errors import ServiceError
from chalicelib.domain.cases.measure import Measure
from chalicelib.domain.kernel.timestamps import Day


class DataLake:
    """The data lake's bucket. Rows are stored where the Glue table of their measure expects them."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    def save_rows(self, measure: Measure, shop: str, day: Day, parquet: bytes) -> None:
        """Store the rows of a measure that has a folder, in place of earlier ones of the day."""
        key = f"{measure.folder}/shop={shop}/day={day}/{measure.name}.parquet"
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=parquet, ContentType="application/vnd.apache.parquet")

    def save_report(self, shop: str, day: Day, html: str) -> str:
        """Store a day's report in place of an earlier one; its key."""
        key = f"reports/{shop}/{day}.html"
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=html.encode(), ContentType="text/html; charset=utf-8")
        return key

    def read_report(self, shop: str, day: Day) -> str | None:
        """A day's report; None if there is none."""
        try:
            body = client("s3").get_object(Bucket=self.bucket, Key=f"reports/{shop}/{day}.html")["Body"]
        except ServiceError as error:
            if error.code == "NoSuchKey":
                return None
            raise
        with body:
            return str(body.read().decode())

"""The data lake: the bucket with the rows and the report of each day."""

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.transport.errors import ServiceError
from chalicelib.domain.cases.measure import Measure
from chalicelib.domain.kernel.timestamps import Day

FEEDBACK = "-feedback"
"""The end of the name of a report's page about feedback. The report links to it by this name."""


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
        return self._save(f"reports/{shop}/{day}.html", html)

    def save_feedback_report(self, shop: str, day: Day, html: str) -> None:
        """Store the page of a day's report about feedback, beside it."""
        self._save(f"reports/{shop}/{day}{FEEDBACK}.html", html)

    def _save(self, key: str, html: str) -> str:
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=html.encode(), ContentType="text/html; charset=utf-8")
        return key

    def read_report(self, shop: str, day: Day, is_of_feedback: bool = False) -> str | None:
        """A day's report, or its page about feedback; None if there is none."""
        key = f"reports/{shop}/{day}{FEEDBACK if is_of_feedback else ''}.html"
        try:
            body = client("s3").get_object(Bucket=self.bucket, Key=key)["Body"]
        except ServiceError as error:
            if error.code == "NoSuchKey":
                return None
            raise
        with body:
            return str(body.read().decode())

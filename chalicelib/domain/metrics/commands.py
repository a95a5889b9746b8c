"""The body of the request that runs the nightly job."""

from typing import Annotated

from msgspec import Meta

from chalicelib.domain.kernel.validation import Input, Name


class MetricsRun(Input, frozen=True):
    """The body of `POST /v1/metrics/run`."""

    shop: Name
    day: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]

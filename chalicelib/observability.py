"""The logger and the metrics of all functions. Log lines are JSON with the key of their case, without personal data."""

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from aws_lambda_powertools.metrics import Metrics


def _json(line: dict[str, Any]) -> str:
    return msgspec.json.encode(line, enc_hook=str).decode()


# These would cost every line some microseconds, and no line shows them ("Optimization" in Python's logging how-to).
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
logging._srcfile = None
logger = Logger(
    service="aftercare",
    utc=True,
    use_rfc3339=True,
    serialize_stacktrace=False,
    json_serializer=_json,
    json_deserializer=str,
    location=None,
)


def about(case_key: str) -> None:
    """Add the key of this case to the following log lines, so that its lines can be found together."""
    logger.set_correlation_id(case_key)


@cache
def metrics() -> "Metrics":
    """The metrics of this process; the library is loaded when something is counted for the first time."""
    from aws_lambda_powertools.metrics import Metrics

    return Metrics(namespace="Aftercare", service="aftercare")


def count(name: str, value: float = 1, unit: str = "Count") -> None:
    """Write one value to the log in CloudWatch's embedded metric format."""
    recorder = metrics()
    recorder.add_metric(name=name, unit=unit, value=value)
    recorder.flush_metrics(raise_on_empty_metrics=False)

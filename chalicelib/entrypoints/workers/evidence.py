"""The evidence function: the only one that loads Pillow, from its layer. The bucket writes its messages, not we."""

import json
from typing import Any
from urllib.parse import unquote_plus

from chalicelib.bootstrap import services
from chalicelib.observability import logger


def take(event: dict[str, Any]) -> dict[str, Any]:
    """Customers uploaded something; the answer names the messages to be delivered again."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    processor = BatchProcessor(event_type=EventType.SQS)
    return process_partial_response(event=event, record_handler=_take, processor=processor)  # type: ignore[return-value]


def _take(record: dict[str, Any]) -> None:
    from chalicelib.adapters.aftersales.image_sanitizer import PillowSanitizer
    from chalicelib.usecases.aftersales.store_evidence import store_evidence

    for told in json.loads(record["body"]).get("Records", []):  # without any, the bucket tries whether we listen
        try:
            fact = store_evidence(services(), PillowSanitizer(), unquote_plus(told["s3"]["object"]["key"]))
        except Exception:
            logger.exception("message failed", extra={"delivery": record["messageId"]})
            raise
        logger.info("evidence", extra={"fact": type(fact).__name__, "reason": getattr(fact, "reason", None)})

"""The evidence function, the only one that loads Pillow, from its layer. S3 writes its messages."""

import json
from typing import Any
from urllib.parse import unquote_plus

from chalicelib.bootstrap import services
from chalicelib.observability import logger


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Store what customers uploaded; the answer names the messages that SQS shall deliver again."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    processor = BatchProcessor(event_type=EventType.SQS)
    return process_partial_response(event=event, record_handler=_store_uploads, processor=processor)  # type: ignore[return-value]


def _store_uploads(record: dict[str, Any]) -> None:
    from chalicelib.adapters.aftersales.image_sanitizer import PillowSanitizer
    from chalicelib.domain.composer.agent_files import is_of_agent
    from chalicelib.usecases.aftersales.store_evidence import store_evidence
    from chalicelib.usecases.composer.store_agent_file import store_agent_file

    for upload in json.loads(record["body"]).get("Records", []):  # S3's test message has none
        key = unquote_plus(upload["s3"]["object"]["key"])
        store = store_agent_file if is_of_agent(key.rpartition("/")[2]) else store_evidence
        try:
            stored = store(services(), PillowSanitizer(), key)
        except Exception:
            logger.exception("message failed", extra={"delivery": record["messageId"]})
            raise
        logger.info("evidence", extra={"fact": type(stored).__name__, "reason": getattr(stored, "reason", None)})

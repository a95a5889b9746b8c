"""The mail function: the only one that reads raw mails, by its layer's libraries. SES writes its messages, not we."""

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.email.inbound_email import Verdict, Verdicts
from chalicelib.observability import count, logger

if TYPE_CHECKING:
    from chalicelib.usecases.email.receive_email import ReceivedEmail

WORDS: dict[str, Verdict] = {"PASS": "pass", "FAIL": "fail", "GRAY": "gray"}


class _Status(Struct, frozen=True):
    status: str = ""


class _Action(Struct, frozen=True, rename="camel"):
    object_key: str = ""


class _Receipt(Struct, rename="camel"):
    recipients: tuple[str, ...]
    action: _Action
    spf_verdict: _Status = _Status()
    dkim_verdict: _Status = _Status()
    dmarc_verdict: _Status = _Status()
    spam_verdict: _Status = _Status()
    virus_verdict: _Status = _Status()


class _Mail(Struct, rename="camel"):
    message_id: str
    source: str | None = None


class _Told(Struct, rename="camel"):
    """SES's notification of a mail (Amazon SES, "Contents of notifications for Amazon SES email receiving")."""

    receipt: _Receipt
    mail: _Mail


def take(event: dict[str, Any]) -> dict[str, Any]:
    """Mails arrived; the answer names the messages to be delivered again."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=_take, processor=processor)  # type: ignore[return-value]


def _take(record: dict[str, Any]) -> None:
    from chalicelib.adapters.email.mime import MimeParser
    from chalicelib.usecases.email.receive_email import receive_copies

    try:
        told = msgspec.json.decode(record["body"], type=_Told)
        receipts = receive_copies(services(), MimeParser(), _arrived(told))
    except Exception:
        logger.exception("message failed", extra={"delivery": record["messageId"]})
        raise
    logger.info("mail", extra={"mail": told.mail.message_id, "receipts": [one.id for one in receipts]})
    if not receipts:
        count("MailForNobody")


def _arrived(told: _Told) -> "ReceivedEmail":
    from chalicelib.usecases.email.receive_email import ReceivedEmail

    found = told.receipt
    verdicts = (found.spf_verdict, found.dkim_verdict, found.dmarc_verdict, found.spam_verdict, found.virus_verdict)
    return ReceivedEmail(
        file=found.action.object_key,
        id=told.mail.message_id,
        recipients=found.recipients,
        envelope=told.mail.source,
        verdicts=Verdicts(*(WORDS.get(one.status, "none") for one in verdicts)),
    )

"""The email function, the only one that parses raw emails: its layer has the libraries. SES writes its messages."""

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.email.inbound_email import Verdict, Verdicts
from chalicelib.observability import count, logger

if TYPE_CHECKING:
    from chalicelib.usecases.email.receive_email import ReceivedEmail

VERDICTS: dict[str, Verdict] = {"PASS": "pass", "FAIL": "fail", "GRAY": "gray"}


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


class _Notification(Struct, rename="camel"):
    """SES's notification of an email (Amazon SES, "Contents of notifications for Amazon SES email receiving")."""

    receipt: _Receipt
    mail: _Mail


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Receive the emails that SES reports; the answer names the messages that SQS shall deliver again."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=_receive, processor=processor)  # type: ignore[return-value]


def _receive(record: dict[str, Any]) -> None:
    from chalicelib.adapters.email.mime import MimeParser
    from chalicelib.usecases.email.receive_email import receive_copies

    try:
        notification = msgspec.json.decode(record["body"], type=_Notification)
        receipts = receive_copies(services(), MimeParser(), _received_email(notification))
    except Exception:
        logger.exception("message failed", extra={"delivery": record["messageId"]})
        raise
    ids = [receipt.id for receipt in receipts]
    logger.info("mail", extra={"mail": notification.mail.message_id, "receipts": ids})
    if not receipts:
        count("MailForNobody")


def _received_email(notification: _Notification) -> "ReceivedEmail":
    from chalicelib.usecases.email.receive_email import ReceivedEmail

    receipt = notification.receipt
    return ReceivedEmail(
        file=receipt.action.object_key,
        id=notification.mail.message_id,
        recipients=receipt.recipients,
        envelope=notification.mail.source,
        verdicts=Verdicts(
            spf=_verdict(receipt.spf_verdict),
            dkim=_verdict(receipt.dkim_verdict),
            dmarc=_verdict(receipt.dmarc_verdict),
            spam=_verdict(receipt.spam_verdict),
            virus=_verdict(receipt.virus_verdict),
        ),
    )


def _verdict(status: _Status) -> Verdict:
    return VERDICTS.get(status.status, "none")

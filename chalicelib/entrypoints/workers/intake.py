"""The intake function: it processes receipts, and runs the follow-ups of events and other work of the intake queue."""

from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws.messages import (
    CaseEventMessage,
    CheckMessage,
    CustomerMessage,
    ErasureMessage,
    FileDeletionMessage,
    InactiveCustomerMessage,
    ReceiptMessage,
    ReconciliationMessage,
    StatementEntryMessage,
)
from chalicelib.bootstrap import services
from chalicelib.domain.kernel.ids import new_id
from chalicelib.entrypoints.workers.batch import Batch, Handlers, handle_messages, read_batch
from chalicelib.observability import about, count, logger

if TYPE_CHECKING:
    from chalicelib.usecases.intake.prefetch import Prefetched


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Handle the messages of a batch; the answer names the messages that SQS shall deliver again."""
    batch = read_batch(event, HANDLERS)
    return handle_messages(batch, {**HANDLERS, ReceiptMessage: partial(handle_receipt, prefetched=_prefetch(batch))})


def _prefetch(batch: Batch) -> "dict[str, Prefetched]":
    """The receipts of the batch and their cases, read together."""
    from chalicelib.usecases.intake.prefetch import prefetch

    try:
        messages = (batch.messages.get(record["messageId"]) for record in batch.records)
        return prefetch(services(), [message.key for message in messages if isinstance(message, ReceiptMessage)])
    except Exception:  # each message is then read and fails by itself
        logger.exception("nothing read ahead")
        return {}


def handle_receipt(message: ReceiptMessage, prefetched: "dict[str, Prefetched] | None" = None) -> None:
    """Process the receipt of a webhook or email."""
    from chalicelib.usecases.intake.process_receipt import process_receipt

    ahead = (prefetched or {}).get(message.key)
    outcome = process_receipt(services(), new_id(0, message.key), ahead)
    logger.info("processed", extra={"receipt": message.key, "state": outcome.state, "case": outcome.case})
    if outcome.state == "failed":
        count("ReceiptsFailed")


def handle_case_event(message: CaseEventMessage) -> None:
    """Run the follow-ups of an event, such as a call after an unhappy answer, or money for an accepted offer."""
    from chalicelib.usecases.cases.run_follow_ups import run_follow_ups

    about(message.case_key)
    outcomes = run_follow_ups(services(), "intake", message.case_key, message.order)
    logger.info("followed up", extra={"outcomes": outcomes})


def handle_customer(message: CustomerMessage) -> None:
    """Check whether a customer's record belongs to a customer who is known already, and merge them."""
    from chalicelib.usecases.customers import merge_customers

    merged = merge_customers.identify(services(), message.key)
    logger.info("identified", extra={"customer": message.key, "merged": merged})


def handle_erasure(message: ErasureMessage) -> None:
    """Finish an erasure that may have been interrupted."""
    from chalicelib.domain.kernel.errors import Held
    from chalicelib.usecases.privacy.erase_customer import resume_erasure

    try:
        done = resume_erasure(services(), message.id)
        logger.info("erased", extra={"erasure": message.id, "records": len(done.keys) if done else 0})
    except Held as held:  # the end of the legal hold resumes the erasure
        logger.info("not erased yet", extra={"erasure": message.id, "why": str(held)})


def handle_inactive_customer(message: InactiveCustomerMessage) -> None:
    """Erase a customer who has been inactive for the retention period."""
    from chalicelib.usecases.privacy.apply_retention import erase_inactive_customer

    outcome = erase_inactive_customer(services(), message.customer_key)
    logger.info("retired", extra={"customer": message.customer_key, "outcome": outcome})


def handle_file_deletion(message: FileDeletionMessage) -> None:
    """Delete the files of a case that was closed before the retention period."""
    from chalicelib.usecases.privacy.apply_retention import delete_files

    files = delete_files(services(), message.case_key)
    logger.info("files cleared", extra={"case": message.case_key, "files": files})


def handle_reconciliation(message: ReconciliationMessage) -> None:
    """Compare a page of a platform's orders with our order records."""
    from chalicelib.usecases.platforms.reconcile import reconcile

    page = services().reconciliations.page(message.shop, message.page)
    gaps = reconcile(services(), page) if page else None
    if gaps is not None:
        count("OrdersMissed", gaps.missed)
        logger.info("reconciled", extra={"page": message.page, "checked": gaps.checked, "missed": gaps.missed})


def handle_statement_entry(message: StatementEntryMessage) -> None:
    """Settle a new entry of a statement."""
    _settle(message.shop, message.group, message.place)


def handle_check(message: CheckMessage) -> None:
    """Check an entry again, or money that no statement has."""
    from chalicelib.usecases.settlement.find_unpaid import check_unpaid

    due = services().settlements.check(message.shop, message.place)
    if due is not None and due.money:
        missing = check_unpaid(services(), message.shop, due.money)
        logger.info("unpaid", extra={"money": due.money, "missing": missing})
    elif due is not None:
        _settle(message.shop, due.group, due.place)


def _settle(shop: str, group: str, place: str) -> None:
    from chalicelib.usecases.settlement.settle_entries import settle_entries

    logger.info("settled", extra={"entries": dict(settle_entries(services(), shop, group, place))})


HANDLERS: Handlers = {
    ReceiptMessage: handle_receipt,
    CaseEventMessage: handle_case_event,
    CustomerMessage: handle_customer,
    ErasureMessage: handle_erasure,
    InactiveCustomerMessage: handle_inactive_customer,
    FileDeletionMessage: handle_file_deletion,
    ReconciliationMessage: handle_reconciliation,
    StatementEntryMessage: handle_statement_entry,
    CheckMessage: handle_check,
}

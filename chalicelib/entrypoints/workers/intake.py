"""The intake function: what came in is processed, and what follows from it is done."""

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
from chalicelib.entrypoints.workers.batch import Batch, Handlers, handle_batch, read_batch
from chalicelib.observability import about, count, logger

if TYPE_CHECKING:
    from chalicelib.usecases.intake.prefetch import Prefetched


def take(event: dict[str, Any]) -> dict[str, Any]:
    """Something came in, or something follows; the answer names the messages to be delivered again."""
    batch = read_batch(event, HANDLERS)
    return handle_batch(batch, {**HANDLERS, ReceiptMessage: partial(process, prefetched=_prefetch(batch))})


def _prefetch(batch: Batch) -> "dict[str, Prefetched]":
    """What the batch's receipts need, read together."""
    from chalicelib.usecases.intake.prefetch import prefetch

    try:
        messages = (batch.messages.get(record["messageId"]) for record in batch.records)
        return prefetch(services(), [message.key for message in messages if isinstance(message, ReceiptMessage)])
    except Exception:  # each message reads for itself then, and fails by itself
        logger.exception("nothing read ahead")
        return {}


def process(message: ReceiptMessage, prefetched: "dict[str, Prefetched] | None" = None) -> None:
    """Process a webhook's receipt."""
    from chalicelib.usecases.intake.process_receipt import process_receipt

    ahead = (prefetched or {}).get(message.key)
    outcome = process_receipt(services(), new_id(0, message.key), ahead)
    logger.info("processed", extra={"receipt": message.key, "state": outcome.state, "case": outcome.case})
    if outcome.state == "failed":
        count("ReceiptsFailed")


def follow_up(message: CaseEventMessage) -> None:
    """Do what follows from an event: a call after an unhappy answer, money for an accepted offer."""
    from chalicelib.usecases.cases.follow_ups import run_follow_ups

    about(message.case_key)
    outcomes = run_follow_ups(services(), "intake", message.case_key, message.order)
    logger.info("followed up", extra={"outcomes": outcomes})


def identify(message: CustomerMessage) -> None:
    """Find out whether a customer's record is of somebody who is known."""
    from chalicelib.usecases.customers import merge_customers

    merged = merge_customers.identify(services(), message.key)
    logger.info("identified", extra={"customer": message.key, "merged": merged})


def erase(message: ErasureMessage) -> None:
    """Carry an erasure to its end, should it have been interrupted."""
    from chalicelib.domain.kernel.errors import Held
    from chalicelib.usecases.privacy.erase_customer import resume_erasure

    try:
        done = resume_erasure(services(), message.id)
        logger.info("forgotten", extra={"erasure": message.id, "records": len(done.keys) if done else 0})
    except Held as held:  # ending the hold carries it on
        logger.info("not forgotten yet", extra={"erasure": message.id, "why": str(held)})


def erase_inactive(message: InactiveCustomerMessage) -> None:
    """Erase a person who has not been heard of for long."""
    from chalicelib.usecases.privacy.apply_retention import erase_inactive_customer

    outcome = erase_inactive_customer(services(), message.customer_key)
    logger.info("retired", extra={"customer": message.customer_key, "outcome": outcome})


def clear_files(message: FileDeletionMessage) -> None:
    """Delete the files of a case that was closed long ago."""
    from chalicelib.usecases.privacy.apply_retention import delete_files

    files = delete_files(services(), message.case_key)
    logger.info("files cleared", extra={"case": message.case_key, "files": files})


def reconcile_page(message: ReconciliationMessage) -> None:
    """Compare a page of what a platform has with what it told."""
    from chalicelib.usecases.platforms.reconcile import reconcile

    asked = services().reconciliations.page(message.shop, message.page)
    gaps = reconcile(services(), asked) if asked else None
    if gaps is not None:
        count("OrdersMissed", gaps.missed)
        logger.info("reconciled", extra={"page": message.page, "checked": gaps.checked, "missed": gaps.missed})


def settle(message: StatementEntryMessage) -> None:
    """Settle a statement's new entry."""
    _settle(message.shop, message.group, message.place)


def check(message: CheckMessage) -> None:
    """Look again at an entry, or at money that no statement has."""
    from chalicelib.usecases.settlement.find_unpaid import check_unpaid

    asked = services().settlements.check(message.shop, message.place)
    if asked is not None and asked.money:
        missing = check_unpaid(services(), message.shop, asked.money)
        logger.info("unpaid", extra={"money": asked.money, "missing": missing})
    elif asked is not None:
        _settle(message.shop, asked.group, asked.place)


def _settle(shop: str, group: str, place: str) -> None:
    from chalicelib.usecases.settlement.settle_entries import settle_entries

    logger.info("settled", extra={"entries": dict(settle_entries(services(), shop, group, place))})


HANDLERS: Handlers = {
    ReceiptMessage: process,
    CaseEventMessage: follow_up,
    CustomerMessage: identify,
    ErasureMessage: erase,
    InactiveCustomerMessage: erase_inactive,
    FileDeletionMessage: clear_files,
    ReconciliationMessage: reconcile_page,
    StatementEntryMessage: settle,
    CheckMessage: check,
}

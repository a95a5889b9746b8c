"""The intake function: what came in is carried out, and what follows from it."""

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws import queues
from chalicelib.adapters.aws.queues import Message
from chalicelib.bootstrap import services
from chalicelib.domain.kernel.ids import new_id
from chalicelib.entrypoints.workers.queues import work_through
from chalicelib.observability import about, count, logger

if TYPE_CHECKING:
    from chalicelib.usecases.intake.prefetch import Prefetched

RECEIPT = "RECEIPT#"


def take(event: dict[str, Any]) -> dict[str, Any]:
    """Receipts are to be processed, unhappy answers followed up."""
    from chalicelib.usecases.intake.prefetch import prefetch

    messages = [queues.read(record["body"]) for record in event["Records"]]
    try:
        ahead = prefetch(services(), [one.pk.removeprefix(RECEIPT) for one in messages if one.pk.startswith(RECEIPT)])
    except Exception:  # each message reads for itself then, and fails by itself
        logger.exception("nothing read ahead")
        ahead = {}
    return work_through(event, lambda message: _take_in(message, ahead))


def _take_in(message: Message, ahead: "dict[str, Prefetched]") -> None:
    from chalicelib.usecases.cases.follow_ups import run_follow_ups
    from chalicelib.usecases.intake.process_receipt import process_receipt

    kind, _, key = message.pk.partition("#")
    if kind == "RECON":
        _reconcile(message)
        return
    if kind in ("ENTRY", "CHECK"):
        _settle(message)
        return
    if kind == "CUSTOMER":
        from chalicelib.usecases.customers.merge_customers import identify

        logger.info("identified", extra={"customer": key, "merged": identify(services(), key)})
        return
    if kind == "ERASURE":
        _forget(key)
        return
    if kind in ("RETIRE", "CLEAR"):
        _let_go(kind, key)
        return
    if kind == "CASE":
        about(key)
        outcomes = run_follow_ups(services(), "intake", key, message.sk.removeprefix("E#"))
        logger.info("followed up", extra={"outcomes": outcomes})
        return
    outcome = process_receipt(services(), new_id(0, key), ahead.get(key))
    logger.info("processed", extra={"receipt": key, "state": outcome.state, "case": outcome.case})
    if outcome.state == "failed":
        count("ReceiptsFailed")


def _forget(identifier: str) -> None:
    """Carry an erasure to its end, should it have been interrupted."""
    from chalicelib.domain.kernel.errors import Held
    from chalicelib.usecases.privacy.erase_customer import resume_erasure

    try:
        done = resume_erasure(services(), identifier)
        logger.info("forgotten", extra={"erasure": identifier, "records": len(done.keys) if done else 0})
    except Held as held:  # ending the hold carries it on
        logger.info("not forgotten yet", extra={"erasure": identifier, "why": str(held)})


def _let_go(kind: str, key: str) -> None:
    from chalicelib.usecases.privacy.apply_retention import delete_files, erase_inactive_customer

    if kind == "RETIRE":
        logger.info("retired", extra={"customer": key, "outcome": erase_inactive_customer(services(), key)})
    else:
        logger.info("files cleared", extra={"case": key, "files": delete_files(services(), key)})


def _settle(message: Message) -> None:
    """A statement's entry is new, or is to be looked at again; or money is, that no statement has."""
    from chalicelib.usecases.settlement.find_unpaid import check_unpaid
    from chalicelib.usecases.settlement.settle_entries import settle_entries

    kind, shop, group = [*message.pk.split("#", 2), ""][:3]
    check = services().settlements.check(message.pk, message.sk) if kind == "CHECK" else None
    if check is not None and check.money:
        logger.info("unpaid", extra={"money": check.money, "missing": check_unpaid(services(), shop, check.money)})
        return
    if kind == "ENTRY" or check is not None:
        place = (check.group, check.place) if check else (group, message.sk)
        logger.info("settled", extra={"entries": dict(settle_entries(services(), shop, *place))})


def _reconcile(message: Message) -> None:
    from chalicelib.usecases.platforms.reconcile import reconcile

    asked = services().reconciliations.by_key(message.pk, message.sk)
    gaps = reconcile(services(), asked) if asked else None
    if gaps is not None:
        count("OrdersMissed", gaps.missed)
        logger.info("reconciled", extra={"page": message.sk, "checked": gaps.checked, "missed": gaps.missed})

"""Process a stored message and save the result. Safe to run any number of times."""

from typing import TYPE_CHECKING

from chalicelib.domain.intake.webhooks import reason_of
from chalicelib.domain.kernel.errors import AftercareError, IgnoredTopic, NotFound
from chalicelib.domain.kernel.ids import case_key
from chalicelib.usecases.intake.prefetch import Prefetched, read_body
from chalicelib.usecases.intake.read_receipt import is_shown_by_event, with_outcome
from chalicelib.usecases.intake.understand import Understood
from chalicelib.usecases.ports.intake import Incoming, Outcome, Receipt
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def process_receipt(services: "Services", identifier: str, ahead: Prefetched | None = None) -> Outcome:
    """Handle the message of a receipt and save the result. `ahead`: the receipt as it was just read with others.
    NotFound if there is no such receipt."""
    prefetched = ahead or _load(services, identifier)
    receipt = prefetched.receipt
    if prefetched.content is None:
        return _process_erased(services, receipt)
    outcome = _handle_or_fail(services, prefetched, prefetched.content, fresh=ahead is None)
    if not is_shown_by_event(receipt, outcome):
        attempts = 1 + with_outcome(services, receipt).attempts - receipt.attempts
        services.receipts.settle(receipt, outcome.state, outcome.case, outcome.reason, attempts)
    if outcome.unused_files:
        services.uploads.remove_below(outcome.unused_files)
    return _recheck_waiting(services, prefetched, outcome)


def _load(services: "Services", identifier: str) -> Prefetched:
    receipt = services.receipts.load(identifier)
    if receipt is None:
        raise NotFound(f"There is no receipt {identifier!r}.")
    return Prefetched(receipt, read_body(services, receipt))


def _handle_or_fail(
    services: "Services", prefetched: Prefetched, content: Understood | AftercareError, fresh: bool
) -> Outcome:
    """The result of the handler. An `AftercareError` is a result, too; other errors pass, so that the queue retries."""
    try:
        if isinstance(content, AftercareError):
            raise content
        return _handle(services, prefetched, content, fresh)
    except IgnoredTopic as ignored:
        return Outcome("ignored", reason=reason_of(ignored))
    except AftercareError as wrong:
        return Outcome("failed", reason=reason_of(wrong))


def _handle(services: "Services", prefetched: Prefetched, content: Understood, fresh: bool) -> Outcome:
    handler, message, receipt = content.handler, content.message, prefetched.receipt
    shop = shop_of(services, receipt.shop, fresh=fresh and handler.opens)
    outcome = handler.handle(services, shop, message.data, Incoming(receipt, message.type, prefetched.seen))
    if outcome.opened is not None:
        from chalicelib.usecases.surveys.open_follow_up_case import adopt_waiting_events

        adopt_waiting_events(services, shop, outcome.opened)
    return outcome


def _process_erased(services: "Services", receipt: Receipt) -> Outcome:
    """The result for a message whose content was erased with the person it is about. Its effects so far remain, and
    nothing more can be done, except that an interrupted erasure is resumed."""
    from chalicelib.usecases.privacy.resume_redaction import REDACTION, resume_redaction

    if receipt.type == REDACTION:
        outcome = resume_redaction(services, receipt)
        services.receipts.settle(receipt, outcome.state, None, outcome.reason)
        return outcome
    receipt = with_outcome(services, receipt)
    if receipt.state == "stored":
        services.receipts.settle(receipt, "failed", receipt.case, "its content was erased")
        return Outcome("failed", receipt.case, "its content was erased")
    return Outcome(receipt.state, receipt.case, receipt.reason)


def _recheck_waiting(services: "Services", prefetched: Prefetched, outcome: Outcome) -> Outcome:
    """If the event waits for its case, check again: the case may have been opened before the receipt was saved."""
    if outcome.state != "stored" or not isinstance(prefetched.content, Understood):
        return outcome
    case = services.cases.load(case_key(prefetched.receipt.shop, prefetched.content.case or "")).case
    if case is None:
        return outcome
    services.receipts.settle(prefetched.receipt, "processed", case.id, None)
    return Outcome("processed", case.id)

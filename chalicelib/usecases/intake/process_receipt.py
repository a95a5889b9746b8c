"""Turn a stored delivery into what follows from it. Safe to run any number of times."""

from chalicelib.domain.kernel.errors import AftercareError, IgnoredTopic, NotFound
from chalicelib.domain.kernel.ids import case_key
from chalicelib.usecases.intake.prefetch import Prefetched, read_body
from chalicelib.usecases.intake.understand import Understood
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.intake_handlers import Incoming, Outcome
from chalicelib.usecases.ports.services import Services, shop_of


def process_receipt(services: Services, identifier: str, ahead: Prefetched | None = None) -> Outcome:
    """Handle a receipt and store the outcome. `ahead` is what was read before of it and its shop."""
    known = ahead or _load(services, identifier)
    if known.said is None:
        return _without_content(services, known.receipt)
    outcome = _outcome(services, known, known.said, fresh=ahead is None)
    services.receipts.settle(known.receipt.id, outcome.state, outcome.case, outcome.reason)
    if outcome.gone:
        services.uploads.remove_below(outcome.gone)
    return _if_it_came_meanwhile(services, known, outcome)


def _load(services: Services, identifier: str) -> Prefetched:
    receipt = services.receipts.load(identifier)
    if receipt is None:
        raise NotFound(f"There is no receipt {identifier!r}.")
    return Prefetched(receipt, read_body(services, receipt))


def _outcome(services: Services, known: Prefetched, said: Understood | AftercareError, fresh: bool) -> Outcome:
    """What came of handling it. Errors that say what is wrong are outcomes; others pass, to be tried again."""
    try:
        if isinstance(said, AftercareError):
            raise said
        return _handle(services, known, said, fresh)
    except IgnoredTopic as ignored:
        return Outcome("ignored", reason=str(ignored))
    except AftercareError as wrong:
        return Outcome("failed", reason=str(wrong))


def _handle(services: Services, known: Prefetched, said: Understood, fresh: bool) -> Outcome:
    handler, message, receipt = said.handler, said.message, known.receipt
    shop = shop_of(services, receipt.shop, fresh=fresh and handler.opens)
    outcome = handler.handle(services, shop, message.data, Incoming(receipt, message.type, known.seen))
    if outcome.opened is not None:
        from chalicelib.usecases.surveys.follow_up import adopt_waiting_events

        adopt_waiting_events(services, shop, outcome.opened)
    return outcome


def _without_content(services: Services, receipt: Receipt) -> Outcome:
    """The outcome of a delivery whose content was erased with the person it is about: what was done of it stays, and
    nothing more can be done, but for the erasure itself."""
    from chalicelib.usecases.privacy.resume_redaction import REDACTION, resume_redaction

    if receipt.type == REDACTION:
        outcome = resume_redaction(services, receipt)
        services.receipts.settle(receipt.id, outcome.state, None, outcome.reason)
        return outcome
    if receipt.state == "stored":
        services.receipts.settle(receipt.id, "failed", receipt.case, "its content was erased")
        return Outcome("failed", receipt.case, "its content was erased")
    return Outcome(receipt.state, receipt.case, receipt.reason)


def _if_it_came_meanwhile(services: Services, known: Prefetched, outcome: Outcome) -> Outcome:
    """The case of a waiting event may have been opened before this receipt said that it waits."""
    if outcome.state != "stored" or not isinstance(known.said, Understood):
        return outcome
    case = services.cases.load(case_key(known.receipt.shop, known.said.case or "")).case
    if case is None:
        return outcome
    services.receipts.settle(known.receipt.id, "processed", case.id, None)
    return Outcome("processed", case.id)

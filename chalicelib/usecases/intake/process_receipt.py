"""Turn a stored webhook into what it means for a case. Safe to run any number of times."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases import events, facts
from chalicelib.domain.cases.events import AnyFact, Event
from chalicelib.domain.email.inbound_email import LetterTold
from chalicelib.domain.flows.payloads import PartnerIn, facts_of
from chalicelib.domain.intake.payloads import AnswerIn, CaseRequested, DeskEvent, MessageIn, ReviewIn
from chalicelib.domain.intake.webhooks import News, Unheeded, understand
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import CareError, Held, NotFound
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.kernel.timestamps import DAY, Instant, happened_at, of_datetime, show
from chalicelib.domain.kernel.validation import CaseEvent
from chalicelib.domain.orders.order_payload import OrderTold
from chalicelib.domain.platforms.events import Changed, DataWanted, DisputeTold, Redaction, ReturnTold, SentBack
from chalicelib.domain.settlement.entries import StatementTold
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.aftersales.check_refund_conflicts import ask_finance
from chalicelib.usecases.cases.append_events import ORPHAN_DAYS, record
from chalicelib.usecases.cases.open_case import Request, case_key, of_request, of_review, open_case
from chalicelib.usecases.cases.open_linked_cases import open_spilled
from chalicelib.usecases.customers.upsert_customer import meet_who
from chalicelib.usecases.email.handle_email import NotHeard, hear_mail
from chalicelib.usecases.intake.order_answers import behind_question
from chalicelib.usecases.intake.prefetch import Ahead
from chalicelib.usecases.orders.record_order import keep_order
from chalicelib.usecases.platforms.handle_platform_event import hear_platform
from chalicelib.usecases.ports import Receipt, ReceiptState, Stored
from chalicelib.usecases.ports.services import Desk, shop_of
from chalicelib.usecases.privacy.erase_customer import forget, resume
from chalicelib.usecases.privacy.handle_privacy_request import in_words, pass_on
from chalicelib.usecases.settlement.store_statement import hear_statement
from chalicelib.usecases.surveys.follow_up import adopt_orphans

LOW_SCORE, REDACT = 2, "customers/redact"


class Outcome(Struct, frozen=True):
    """What became of a receipt. `gone`: the files nobody keeps, once that is written down."""

    state: ReceiptState
    case: str | None = None
    reason: str | None = None
    gone: str = ""


def process_receipt(desk: Desk, identifier: str, ahead: Ahead | None = None) -> Outcome:
    """Carry a receipt out and write down what came of it. `ahead` is what was read of it, and of its shop, before."""
    receipt = ahead.receipt if ahead else desk.receipts.load(identifier)
    if receipt is None:
        raise NotFound(f"There is no receipt {identifier!r}.")
    if not receipt.body:
        return _without_content(desk, receipt)
    try:
        news = understand(receipt.source, receipt.type, receipt.body, receipt.received_at, receipt.sent_at)
        opens = isinstance(news.data, CaseRequested | ReviewIn | ReturnTold | SentBack | DisputeTold | Changed)
        shop = shop_of(desk, receipt.shop, fresh=opens and ahead is None)
        outcome = _carry_out(desk, shop, news, ahead or Ahead(receipt))
    except Unheeded as unheeded:
        outcome = Outcome("ignored", reason=str(unheeded))
    except CareError as wrong:
        outcome = Outcome("failed", reason=str(wrong))
    desk.receipts.settle(receipt.id, outcome.state, outcome.case, outcome.reason)
    if outcome.gone:
        desk.uploads.remove_below(outcome.gone)
    return _if_it_came_meanwhile(desk, receipt, outcome)


def _without_content(desk: Desk, receipt: Receipt) -> Outcome:
    """The person it told of was forgotten: what was done of it stays, and nothing more can be done. But the word that
    they are to be forgotten is sealed with their own key: it is carried out to its end, however often it was begun."""
    if receipt.type == REDACT:
        outcome = Outcome("processed")
        try:
            begun = resume(desk, receipt.id)
            outcome = Outcome("processed", reason=in_words(begun.doubtful) if begun else None)
            if begun is None:
                _forget_whose(desk, receipt)
        except Held as held:
            outcome = Outcome("failed", reason=str(held))
        desk.receipts.settle(receipt.id, outcome.state, None, outcome.reason)
        return outcome
    if receipt.state == "stored":
        desk.receipts.settle(receipt.id, "failed", receipt.case, "its content was erased")
        return Outcome("failed", receipt.case, "its content was erased")
    return Outcome(receipt.state, receipt.case, receipt.reason)


def _forget_whose(desk: Desk, receipt: Receipt) -> None:
    """One that was begun before erasures were written down."""
    known = desk.customers.load([receipt.whose]).get(receipt.whose)
    if known is not None:
        forget(desk, known, Actor("shop", receipt.shop))


def _if_it_came_meanwhile(desk: Desk, receipt: Receipt, outcome: Outcome) -> Outcome:
    """The case of a waiting event may have been opened before this receipt said that it waits."""
    if outcome.state != "stored":
        return outcome
    about = understand(receipt.source, receipt.type, receipt.body, receipt.received_at).case or ""
    case = desk.cases.load(case_key(receipt.shop, about)).case
    if case is None:
        return outcome
    desk.receipts.settle(receipt.id, "processed", case.id, None)
    return Outcome("processed", case.id)


def _carry_out(desk: Desk, shop: Shop, news: News, ahead: Ahead) -> Outcome:
    receipt, data = ahead.receipt, news.data
    if isinstance(data, OrderTold | StatementTold):
        return _keep(desk, shop, data, receipt)
    if isinstance(data, LetterTold):
        return _hear_mail(desk, shop, data, receipt)
    if isinstance(data, CaseRequested):
        customer, by = meet_who(desk, shop, data, receipt.received_at), Actor("shop", shop.id)
        return _open(desk, shop, of_request(shop, data, customer, by, receipt.received_at, receipt.id), ahead)
    if isinstance(data, ReviewIn):
        if data.score > LOW_SCORE:
            return Outcome("ignored", reason=f"a score above {LOW_SCORE} opens no case")
        customer = meet_who(desk, shop, data, receipt.received_at)
        return _open(desk, shop, of_review(shop, data, customer, receipt.received_at, receipt.id), ahead)
    if isinstance(data, Redaction | DataWanted):
        return _pass_on(desk, shop, data, receipt)
    if isinstance(data, CaseEvent):
        return _append(desk, shop, news.type, data, ahead)
    case, why = hear_platform(desk, shop, data, receipt)
    return Outcome("processed", case, why)


def _keep(desk: Desk, shop: Shop, told: OrderTold | StatementTold, receipt: Receipt) -> Outcome:
    """What is told of no case, but of orders."""
    if isinstance(told, StatementTold):
        hear_statement(desk, shop, told, receipt.received_at)
    else:
        ask_finance(desk, shop, keep_order(desk, shop, told, receipt.received_at), receipt.received_at)
    return Outcome("processed")


def _hear_mail(desk: Desk, shop: Shop, told: LetterTold, receipt: Receipt) -> Outcome:
    try:
        return Outcome("processed", hear_mail(desk, shop, told, receipt))
    except NotHeard as why:
        return Outcome("ignored", reason=str(why), gone=why.gone)


def _pass_on(desk: Desk, shop: Shop, told: Redaction | DataWanted, receipt: Receipt) -> Outcome:
    if told.nobody:
        return Outcome("ignored", reason="names no person: close the shop by hand, as docs/privacy.md says")
    return Outcome("processed", reason=in_words(pass_on(desk, shop, told, receipt)))


def _open(desk: Desk, shop: Shop, request: Request, ahead: Ahead) -> Outcome:
    stored = open_case(desk, shop, request, seen=ahead.seen)
    adopt_orphans(desk, shop, stored)
    if stored.case is not None and (stored.case.type == "review") != (request.kind == "review"):
        return Outcome("failed", stored.case.id, f"external_id {request.external_id!r} is that of another case")
    return Outcome("processed", stored.case.id if stored.case else None)


def _append(desk: Desk, shop: Shop, kind: str, data: CaseEvent, ahead: Ahead) -> Outcome:
    receipt = ahead.receipt
    key = case_key(shop.id, data.case_external_id)
    happened = _events_of(kind, data, receipt.received_at, receipt.id, key)

    def decide(stored: Stored) -> list[Event]:
        told_for = max(event.claimed_at or event.at for event in happened)
        if told_for > stored.claimed and all(event.order > stored.last for event in happened):
            return happened
        known = desk.cases.events(key)
        told = {key_in(event.id) for event in known}
        return [
            event for event in behind_question(happened, known, receipt.received_at) if key_in(event.id) not in told
        ]

    stored = record(desk, shop, key, decide, seen=ahead.seen)
    if stored.case is None:
        if all(event.receipt != receipt.id for event in desk.cases.events(key)):
            return Outcome("ignored", reason="the same event came before and waits for its case")
        until = show(receipt.received_at + ORPHAN_DAYS * DAY)
        return Outcome(
            "stored", reason=f"waits until {until} for case {data.case_external_id!r}, which nobody told of yet"
        )
    open_spilled(desk, shop, stored)
    return Outcome("processed", stored.case.id)


def _events_of(kind: str, data: CaseEvent, received_at: Instant, receipt: str, key: str) -> list[Event]:
    """Known again by the time that was claimed; folded no later than they were heard."""
    at = happened_at(data.occurred_at, received_at)
    claimed = of_datetime(data.occurred_at) if data.occurred_at else received_at
    by, said = _teller(data), _digest(data)
    made = [
        events.event(
            at,
            by,
            fact,
            key,
            kind,
            str(fact.__struct_config__.tag),
            str(claimed),
            said,
            receipt=receipt,
            claimed=claimed,
        )
        for fact in _facts(kind, data, at)
    ]
    return [replace(one, heard_at=received_at) if isinstance(data, MessageIn) else one for one in made]


def _digest(data: CaseEvent) -> str:
    """The same data, however it was written, gives the same text. When it happened is told apart."""
    return msgspec.json.encode(replace(data, occurred_at=None), order="deterministic").decode()


def _teller(data: CaseEvent) -> Actor:
    if isinstance(data, PartnerIn):
        return Actor("shop")
    return Actor("customer") if isinstance(data, MessageIn | AnswerIn) else Actor("agent", getattr(data, "agent", None))


def _facts(kind: str, data: CaseEvent, at: Instant) -> list[AnyFact]:
    if isinstance(data, PartnerIn):
        return facts_of(kind, data, at)  # type: ignore[return-value]  # until facts are a registry
    if isinstance(data, MessageIn):
        return [facts.MessageReceived(message=data.message)]
    if isinstance(data, AnswerIn):
        return [facts.SurveyAnswered(csat=data.csat, nps=data.nps, ces=data.ces, comment=data.comment)]
    assert isinstance(data, DeskEvent)
    said: list[AnyFact] = [facts.ReplySent(message=data.message)] if data.message is not None else []
    if kind == "case.replied":
        return said or [facts.ReplySent(message="")]
    return [*said, facts.CaseResolved() if kind == "case.resolved" else facts.CaseClosed()]

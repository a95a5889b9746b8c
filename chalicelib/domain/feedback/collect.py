"""Which events of a case are feedback, and the item that each becomes."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived, NoteAdded
from chalicelib.domain.feedback.item import FeedbackItem, FeedbackSource
from chalicelib.domain.feedback.language import language_of_text
from chalicelib.domain.kernel.enums import Channel
from chalicelib.domain.kernel.fact import Fact

SCORES = ("csat", "nps", "ces", "score")
CLAIMS = ("return", "exchange", "repair", "refund")
"""The types of cases whose opening says why something is given back."""


def is_feedback(event: Event, channel: Channel) -> bool:
    """Whether somebody says something of the shop by this event of a case of this channel: a customer, or an agent who
    notes what one said in a call. What came from another case counts there; what the system opens says nothing new."""
    fact = event.fact
    if getattr(fact, "moved_from", None) or getattr(fact, "links", None) or event.by.kind == "system":
        return False
    if not any(getattr(fact, name) for name in fact.heard) and not _scores(fact):
        return False
    mail = getattr(fact, "mail", None)
    if isinstance(fact, NoteAdded):
        return channel == "phone" and event.by.kind == "agent" and mail is None
    return mail is None or not mail.automatic


def feedback_of(case: Case, event: Event) -> FeedbackItem | None:
    """The item that an event of a case becomes; None for one that is no feedback. A text is blank if the customer was
    erased, and then only scores are feedback."""
    if not is_feedback(event, case.channel):
        return None
    fact, text = event.fact, _text_of(event, case)
    order = fact.order if isinstance(fact, CaseOpened) else None
    item = FeedbackItem(
        id=case.id if isinstance(fact, CaseOpened) else event.id,
        shop=case.shop,
        source=_source_of(event, case),
        at=event.at,
        language=language_of_text(text),
        text=text,
        channel=case.channel,
        products=case.skus,
        order=order.external_id if order else None,
        case=case.id,
        number=case.number,
        type=case.type,
        customer=case.customer,
    )
    return replace(item, **_scores(fact))


def _scores(fact: Fact) -> dict[str, float]:
    """The scores that a fact of a customer has, by name."""
    if not fact.heard:
        return {}
    return {name: score for name in SCORES if (score := getattr(fact, name, None)) is not None}


def _text_of(event: Event, case: Case) -> str:
    """What was said. The subject of a review is made of its score, so it is left out."""
    fields = [field for field in event.fact.heard if not (field == "subject" and case.channel == "review")]
    return "\n".join(text for field in fields if (text := getattr(event.fact, field)))


def _source_of(event: Event, case: Case) -> FeedbackSource:
    fact = event.fact
    if isinstance(fact, NoteAdded):
        return "call"
    if not isinstance(fact, CaseOpened | MessageReceived):
        return "survey"
    if case.channel in ("review", "chat"):
        return "review" if case.channel == "review" else "chat"
    return "claim" if isinstance(fact, CaseOpened) and fact.kind in CLAIMS else "message"

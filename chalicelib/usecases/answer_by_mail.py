"""Answer a customer who writes by mail, in the thread of their mail: what an agent replied, and that we got it."""

from chalicelib.domain.cases import Case
from chalicelib.domain.events import Event
from chalicelib.domain.facts import CaseOpened, MailRef, MessageReceived, ReplySent
from chalicelib.domain.ids import key_in
from chalicelib.domain.letters import ANSWERS_PER_SENDER, WINDOW
from chalicelib.domain.mails import MailName
from chalicelib.domain.shops import Shop
from chalicelib.usecases.desk import Desk, shop_of
from chalicelib.usecases.links import progress_link
from chalicelib.usecases.mails import compose, send_once
from chalicelib.usecases.ports import Mail
from chalicelib.usecases.write_note import write_note

LONGEST_HEADER = 900


def answer_by_mail(desk: Desk, case: Case, told: list[Event], event: Event) -> str:
    """Send the mail of an event of a case, of which all events are `told`, once; what became of it. A reply that could
    not be mailed is noted on the case, for whoever wrote it believes that it was."""
    before = [one for one in told if one.seq <= event.seq]
    letters = [one.fact.mail for one in before if isinstance(one.fact, CaseOpened | MessageReceived) and one.fact.mail]
    customer = desk.customers.load([key_in(case.customer)]).get(key_in(case.customer))
    address = (customer.email if customer else None) or (letters[0].sender if letters else "")
    if not address:
        return "no address"
    shop, is_reply = shop_of(desk, case.shop, fresh=False), isinstance(event.fact, ReplySent)
    if not is_reply and not desk.claims.within(
        f"answers#{key_in(case.customer)}", ANSWERS_PER_SENDER, desk.now(), WINDOW
    ):
        return "answered often"
    language = (customer.language if customer else None) or case.language
    name = customer.name if customer else None
    mail = _mail(desk, shop, case, event, letters, language, address, name or "", _subject(told))
    outcome = send_once(desk, f"mail#{key_in(event.id)}", mail)
    if is_reply and outcome in ("rejected", "unconfirmed"):
        write_note(desk, shop, case, event, desk.pages.text(f"mail_{outcome}", shop.locale))
    return outcome


def _mail(
    desk: Desk, shop: Shop, case: Case, event: Event, letters: list[MailRef], language: str, address: str, name: str,
    subject: str,
) -> Mail:  # fmt: skip
    kind: MailName = "reply" if isinstance(event.fact, ReplySent) else "received"
    values = {
        "shop": shop.name, "name": name, "number": case.number, "subject": subject,
        "link": progress_link(desk, shop, case.id),
        "message": event.fact.message if isinstance(event.fact, ReplySent) else "",
    }  # fmt: skip
    ids = [f"<{one.message_id}>" for one in letters]
    headers = {"In-Reply-To": ids[-1], "References": _references(ids)} if ids else {}
    headers["Auto-Submitted"] = "no" if kind == "reply" else "auto-replied"
    return compose(desk, shop, kind, language, address, values, headers, key_in(case.id))


def _references(ids: list[str]) -> str:
    """The newest ids that fit: a header that SES takes has less than a thousand characters."""
    kept = ids[-1:]
    for one in reversed(ids[:-1]):
        if len(" ".join([one, *kept])) > LONGEST_HEADER:
            break
        kept = [one, *kept]
    return " ".join(kept)


def _subject(told: list[Event]) -> str:
    """The subject the case was opened with."""
    return next(one.fact.subject for one in told if isinstance(one.fact, CaseOpened))

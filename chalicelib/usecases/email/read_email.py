"""Read an email of a case in full."""

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import MailRef
from chalicelib.domain.casework.parts import merged_cases
from chalicelib.domain.email.inbound_email import FullText
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.side_conversations.facts import SideMessageReceived
from chalicelib.usecases.email.author import mail_ref_of
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasUploads

    class ReadEmailServices(HasCases, HasUploads, Protocol):
        """The services that `read_email` uses."""


MAX_BYTES = 16 * 1024 * 1024


class WholeMail(Struct, frozen=True, kw_only=True):
    """An inbound email as staff see it."""

    letter: str
    sender: str
    certain: bool
    """The sender's domain vouches for the sender."""
    automatic: bool
    text: str
    html: str | None
    """Sanitized: it runs nothing and fetches nothing."""
    url: str
    """Downloads the raw email; valid for minutes."""
    left_out: int = 0
    """How many of its files were not stored."""
    unreadable: str = ""
    """Why it could not be read, or not all of it; empty if it was."""


def read_email(services: "ReadEmailServices", stored: StoredCase, email_id: str) -> WholeMail:
    """The email with this id; NotFound if this case has no such email, or if it was erased."""
    assert stored.case is not None
    ref = _ref_of(services, stored, email_id)
    paths = [f"mails/{stored.case.shop}/{owner}/{email_id}" for owner in _owners(stored.case)] if ref else []
    contents = ((path, services.uploads.read(f"{path}.json", MAX_BYTES)) for path in paths)
    path, content = next(((path, content) for path, content in contents if content is not None), ("", None))
    if ref is None or content is None:
        raise NotFound(f"This case has no email {email_id!r}.")
    whole = msgspec.json.decode(content, type=FullText)
    return WholeMail(
        letter=email_id,
        sender=ref.sender,
        certain=ref.certain,
        automatic=ref.automatic,
        text=whole.text,
        html=whole.html,
        left_out=whole.left_out,
        unreadable=whole.unreadable,
        url=services.uploads.sign_link(f"{path}.eml"),
    )


def _owners(case: Case) -> list[str]:
    """The ids of the cases in whose folder an email of this case may lie: it may have been passed on, or split off."""
    return [case.id, *merged_cases(case), *case.links]


def _ref_of(services: "ReadEmailServices", stored: StoredCase, email_id: str) -> MailRef | None:
    """What the case stores about the email. The event is found without its text, and then read by its key."""
    refs = ((event.order, _any_ref_of(event)) for event in services.cases.events_to_fold(stored))
    orders = [order for order, ref in refs if ref is not None and ref.letter == email_id][:1]
    return next(map(_any_ref_of, services.cases.events_at(stored.key, orders)), None)


def _any_ref_of(event: Event) -> MailRef | None:
    """The email from which an event was made, that of a side conversation included."""
    return event.fact.mail if isinstance(event.fact, SideMessageReceived) else mail_ref_of(event)

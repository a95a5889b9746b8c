"""Read a mail that came in to a case, whole."""

import msgspec
from msgspec import Struct

from chalicelib.domain.email.inbound_email import FullText
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.usecases.email.author import letter_of
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services

MAX_BYTES = 16 * 1024 * 1024


class WholeMail(Struct, frozen=True, kw_only=True):
    """A mail as staff see it. `html` has nothing in it that could do anything. `certain`: its domain vouches for its
    sender. `url` leads to the mail as it came, for minutes. `left_out` counts the files that were not kept beside it;
    `unreadable` says why not all of it was read."""

    letter: str
    sender: str
    certain: bool
    automatic: bool
    text: str
    html: str | None
    url: str
    left_out: int = 0
    unreadable: str = ""


def read_email(services: Services, stored: StoredCase, letter: str) -> WholeMail:
    """The mail of that id; NotFound when none came to this case, or it was erased."""
    assert stored.case is not None
    mails = map(letter_of, services.cases.events(stored.key))
    known = next((one for one in mails if one is not None and one.letter == letter), None)
    place = f"mails/{stored.case.shop}/{stored.case.id}/{letter}"
    kept = services.uploads.read(f"{place}.json", MAX_BYTES) if known else None
    if known is None or kept is None:
        raise NotFound(f"No mail {letter!r} came to this case.")
    whole = msgspec.json.decode(kept, type=FullText)
    return WholeMail(
        letter=letter,
        sender=known.sender,
        certain=known.certain,
        automatic=known.automatic,
        text=whole.text,
        html=whole.html,
        left_out=whole.left_out,
        unreadable=whole.unreadable,
        url=services.uploads.sign_link(f"{place}.eml"),
    )

"""The bodies of requests about side conversations. An unknown field is an error, never dropped."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from chalicelib.domain.kernel.validation import Input, Line, Name, Text
from chalicelib.domain.side_conversations.facts import SideKind
from chalicelib.domain.sla.policies import Seconds

MAX_RECIPIENT = 254


class StartSide(Input, frozen=True, kw_only=True):
    """The body of `POST …/side-conversations`. `to`: an email address, or for a department its name; then no email is
    sent. `due_seconds`: the elapsed seconds they have for each answer; two working days if it is left out."""

    kind: SideKind
    to: Annotated[str, Meta(min_length=1, max_length=MAX_RECIPIENT)]
    subject: Annotated[Line, Meta(min_length=1)]
    message: Annotated[Text, Meta(min_length=1)]
    due_seconds: Seconds | None = None
    task: Name | None = None


class SideMessageIn(Input, frozen=True):
    """The body of `POST …/side-conversations/{side}/messages`. `author`: `us` writes to them; `them` records what they
    answered in another way than by email."""

    body: Annotated[Text, Meta(min_length=1)]
    author: Literal["us", "them"] = "us"


class CloseSide(Input, frozen=True):
    """The body of `POST …/side-conversations/{side}/close`."""

    may_be_missing: ClassVar[bool] = True
    reason: Line | None = None

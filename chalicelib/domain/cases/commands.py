"""The bodies of the requests by which agents work on a case."""

from typing import Annotated

from msgspec import Meta

from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.validation import Input, Line, Name, Text
from chalicelib.domain.sla.policies import Email

MOST_COPIED = 20


class Message(Input, frozen=True):
    """The body of `POST …/messages`."""

    body: Annotated[Text, Meta(min_length=1)]
    public: bool = True
    copy: bool | Annotated[tuple[Email, ...], Meta(max_length=MOST_COPIED)] = False
    """Who else gets a public message: all whom the customer's newest letter was sent to, too, or these of them."""


class Assignment(Input, frozen=True):
    """The body of `POST …/assign`."""

    assignee: Name | None = None
    team: Name | None = None


class StatusChange(Input, frozen=True):
    """The body of `POST …/status`."""

    status: Status
    reason: Line | None = None


class Escalate(Input, frozen=True):
    """The body of `POST …/escalate`."""

    reason: Annotated[Line, Meta(min_length=1)]

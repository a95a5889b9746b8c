"""The mails customers get: their names, and what a shop's own words for them may speak of."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.kernel.validation import ONE_LINE, Input, Text

MailName = Literal["flow", "help", "survey", "export", "received", "reply"]
Spoken = Literal["zh", "en"]
ALWAYS = ("shop", "name", "link")
NAMES: dict[MailName, tuple[str, ...]] = {
    "flow": (*ALWAYS, "number", "kind", "state", "next", "until", "reason", "amount", "tracking", "reminder"),
    "help": (*ALWAYS, "order"),
    "survey": (*ALWAYS, "number", "unsubscribe"),
    "export": ALWAYS,
    "received": (*ALWAYS, "number", "subject"),
    "reply": (*ALWAYS, "number", "subject", "message"),
}
"""What each mail's template may name. A value that does not apply is empty."""


class TemplateIn(Input, frozen=True, kw_only=True):
    """The body of `PUT /v1/shops/{shop}/templates/{name}`: one mail in one language, in the shop's words."""

    language: Spoken
    subject: Annotated[str, Meta(min_length=1, max_length=500, extra={ONE_LINE: True})]
    text: Annotated[Text, Meta(min_length=1)]
    html: Annotated[Text, Meta(min_length=1)] | None = None


class MailTemplate(Struct, frozen=True, omit_defaults=True):
    """A shop's own words for a mail."""

    subject: str
    text: str
    html: str | None = None

"""The emails that customers get: their names, and the values that a shop's own templates may use."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.kernel.validation import ONE_LINE, Input, Text

MailName = Literal["flow", "help", "survey", "export", "received", "reply"]
Spoken = Literal["zh", "en"]
ALWAYS = ("shop", "name", "link")
TEMPLATE_VALUES: dict[MailName, tuple[str, ...]] = {
    "flow": (*ALWAYS, "number", "kind", "state", "next", "until", "reason", "amount", "tracking", "reminder"),
    "help": (*ALWAYS, "order"),
    "survey": (*ALWAYS, "number", "unsubscribe"),
    "export": ALWAYS,
    "received": (*ALWAYS, "number", "subject"),
    "reply": (*ALWAYS, "number", "subject", "message"),
}
"""The values that the template of each email may use. A value that does not apply is an empty string."""


class TemplateIn(Input, frozen=True, kw_only=True):
    """The body of `PUT /v1/shops/{shop}/templates/{name}`: the shop's own template of one email in one language."""

    language: Spoken
    subject: Annotated[str, Meta(min_length=1, max_length=500, extra={ONE_LINE: True})]
    text: Annotated[Text, Meta(min_length=1)]
    html: Annotated[Text, Meta(min_length=1)] | None = None


class MailTemplate(Struct, frozen=True, omit_defaults=True):
    """A shop's own template of an email."""

    subject: str
    text: str
    html: str | None = None

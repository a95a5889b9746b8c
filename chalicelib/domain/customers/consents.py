"""What a person allows us to do with what we know of them: for which purpose, by which text, told where and when."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.kernel.validation import Input, Time

Purpose = Literal["surveys", "profiling", "care"]
"""Asking for answers; counting a person into segments; keeping that they need special care."""
ConsentState = Literal["given", "withdrawn"]
Told = Literal["web", "mail", "phone", "store", "chat", "link"]


class Consent(Struct, frozen=True, kw_only=True):
    """The last word on one purpose."""

    state: ConsentState
    at: Instant
    source: Told
    text_version: str


class ConsentIn(Input, frozen=True, kw_only=True):
    """The body of `PUT /v1/customers/{customer}/consents`."""

    purpose: Purpose
    state: ConsentState
    source: Told
    text_version: Annotated[str, Meta(min_length=1, max_length=100)]
    occurred_at: Time | None = None

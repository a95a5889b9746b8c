"""A customer's consents: for which purpose we may use their data, by which text, and where and when they said so."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.kernel.validation import Input, Time

Purpose = Literal["surveys", "profiling", "care"]
"""Sending surveys; computing segments; storing that the customer needs special care."""
ConsentState = Literal["given", "withdrawn"]
ConsentSource = Literal["web", "mail", "phone", "store", "chat", "link"]


class Consent(Struct, frozen=True, kw_only=True):
    """The latest decision for one purpose."""

    state: ConsentState
    at: Instant
    source: ConsentSource
    text_version: str


class ConsentIn(Input, frozen=True, kw_only=True):
    """The body of `PUT /v1/customers/{customer}/consents`."""

    purpose: Purpose
    state: ConsentState
    source: ConsentSource
    text_version: Annotated[str, Meta(min_length=1, max_length=100)]
    occurred_at: Time | None = None

"""The bodies of requests that type a text and correct the type of a case."""

from typing import Annotated

from msgspec import Meta

from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.kernel.validation import Input, Line


class TypeCorrection(Input, frozen=True):
    """The body of `POST …/type`. `reason`: the name of a reason, or why in the agent's words."""

    type: CaseType
    reason: Annotated[Line, Meta(min_length=1)] | None = None


MAX_TEXT = 200_000
"""Characters of a text to be typed; only its beginning is read."""
MAX_BODY = 1024 * 1024
"""Bytes of the body: four for each character, and some more."""


class TriageText(Input, frozen=True):
    """The body of `POST /v1/shops/{shop}/triage`."""

    text: Annotated[str, Meta(max_length=MAX_TEXT)]
    language: Annotated[str, Meta(max_length=35)] | None = None

"""The body of a search."""

from typing import Annotated

from msgspec import Meta

from chalicelib.domain.kernel.validation import Input
from chalicelib.domain.search.question import MAX_QUERY

Query = Annotated[str, Meta(min_length=1, max_length=MAX_QUERY, pattern=r"^[^\x00]*\Z")]


class SearchCases(Input, frozen=True):
    """The body of `POST /v1/cases/search`."""

    shop: str
    q: Query
    limit: Annotated[int, Meta(ge=1, le=100)] = 25
    next: str | None = None

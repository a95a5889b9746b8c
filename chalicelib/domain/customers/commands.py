"""The bodies of requests that change customers."""

from chalicelib.domain.kernel.validation import Input, Line, Name


class MergeIn(Input, frozen=True):
    """The body of `POST /v1/customers/{customer}/merge` and `…/unmerge`: the other record, and the reason."""

    customer: Name
    reason: Line | None = None
